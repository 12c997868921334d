using System.Buffers;

namespace Sluice.Transport.Hub;

/// <summary>What the first bytes of a connection say.</summary>
internal enum DetectedProtocol
{
    /// <summary>Too few bytes to tell.</summary>
    Undecided,

    /// <summary>HTTP/1.x, or something that its parser will refuse.</summary>
    Http1,

    /// <summary>HTTP/2 with prior knowledge (RFC 9113 §3.3): the whole connection preface is there.</summary>
    Http2,

    /// <summary>A TLS record with a ClientHello.</summary>
    Tls,
}

/// <summary>Tells protocols apart by the bytes that a client sends first, as Envoy's codec AUTO does on plaintext ports.</summary>
internal static class ProtocolDetector
{
    private const byte TlsHandshakeRecord = 0x16;
    private const byte TlsMajorVersion = 0x03;

    private static ReadOnlySpan<byte> Http2Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Looks at the bytes so far. HTTP/2 is decided only on its whole preface: a client that sends a part of it and stops
    /// must still be under the time limit of the hub, for the HTTP/2 layer would grant it the idle time.</summary>
    public static DetectedProtocol Detect(in ReadOnlySequence<byte> bytes)
    {
        Span<byte> copy = stackalloc byte[Http2Preface.Length];
        var length = (int)Math.Min(bytes.Length, copy.Length);
        bytes.Slice(0, length).CopyTo(copy);
        var first = copy[..length];

        if (first.IsEmpty)
            return DetectedProtocol.Undecided;
        if (first[0] == TlsHandshakeRecord)
            return DetectTls(first);
        if (!Http2Preface.StartsWith(first))
            return DetectedProtocol.Http1;
        return length == Http2Preface.Length ? DetectedProtocol.Http2 : DetectedProtocol.Undecided;
    }

    private static DetectedProtocol DetectTls(ReadOnlySpan<byte> first)
    {
        if (first.Length == 1)
            return DetectedProtocol.Undecided;
        return first[1] == TlsMajorVersion ? DetectedProtocol.Tls : DetectedProtocol.Http1;
    }
}
