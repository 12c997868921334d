using System.Buffers;
using System.Net.Security;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Sluice.Transport.Server;
using Sluice.Transport.Tasks;
using Sluice.Transport.Upstream;

namespace Sluice.Transport.Http1;

/// <summary>How reading an answer's head ended.</summary>
public enum HeadOutcome
{
    /// <summary>A head is there, interim (1xx) or final.</summary>
    Received,

    /// <summary>The upstream closed the connection before it sent a byte of it.</summary>
    Closed,

    /// <summary>The upstream closed the connection in the middle of it.</summary>
    Truncated,

    /// <summary>It breaks the protocol; see <see cref="Http1Connection.Defect"/>.</summary>
    Malformed,
}

/// <summary>The client's side of an HTTP/1.1 connection: requests out, answers in, one after the other. Strict: what is ambiguous is
/// malformed, and the connection is then not used again.</summary>
public sealed class Http1Connection : IDisposable
{
    private readonly UpstreamSocket _socket;
    private readonly ReceiveBuffer _received;
    private readonly ChunkedDecoder _chunks = new();
    private string? _localAddress;
    private BodyFraming _framing;
    private long _remaining;
    private bool _persistent;

    private enum BodyFraming
    {
        None,
        Length,
        Chunked,
        UntilClose,
    }

    /// <summary>Takes over a connected socket.</summary>
    public Http1Connection(UpstreamSocket socket) => (_socket, _received) = (socket, new ReceiveBuffer(socket));

    /// <summary>The TLS settings that it was made with; null for plain text.</summary>
    public SslClientAuthenticationOptions? Tls { get; init; }

    /// <summary>The PROXY header that it was opened with; null for none.</summary>
    public ProxyHeader? Proxy { get; init; }

    /// <summary>The head received last.</summary>
    public ResponseHead Head { get; } = new();

    /// <summary>What is wrong with the answer, as a sentence without a full stop; null as long as nothing is.</summary>
    public string? Defect { get; private set; }

    /// <summary>Buffers of the place that the connection lives in.</summary>
    public MemoryPool<byte> Buffers => _socket.Buffers;

    /// <summary>Our end of the connection.</summary>
    public string LocalAddress => _localAddress ??= _socket.LocalEndPoint?.ToString() ?? "-";

    /// <summary>Whether bytes of the body have been received and not read.</summary>
    public bool HasBufferedBody => _received.Count > 0;

    /// <summary>Timestamp of its beginning.</summary>
    public long Opened { get; init; }

    /// <summary>How many requests it has carried.</summary>
    public int Requests { get; private set; }

    /// <summary>Bytes of body that are known to come; null when only the end will tell.</summary>
    public long? BodyLength => _framing switch
    {
        BodyFraming.None => 0,
        BodyFraming.Length => _remaining,
        _ => null,
    };

    /// <summary>Trailer fields of a chunked answer, once its body has been read.</summary>
    public IReadOnlyList<(string Name, string Value)> Trailers => _chunks.Trailers;

    /// <summary>Whether the answer has been read to its end and the connection can carry another request. Bytes behind the answer make
    /// it unusable: they must never be taken for an answer to somebody else.</summary>
    public bool Reusable => _persistent && BodyDone && _received.Count == 0 && Defect is null;

    /// <summary>Whether the other side has left, or has sent something unasked; to be looked at before a request is sent.</summary>
    public bool IsStale => _socket.IsStale;

    private bool BodyDone => _framing switch
    {
        BodyFraming.None => true,
        BodyFraming.Length => _remaining == 0,
        BodyFraming.Chunked => _chunks.Done,
        _ => false,
    };

    /// <summary>Counts a request.</summary>
    public void BeginRequest()
    {
        Requests++;
        _framing = BodyFraming.None;
        _persistent = false;
        _chunks.Reset();
        Defect = null;
    }

    /// <summary>Sends bytes of a request.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="ConnectionAbortedException">It was aborted by this side.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => _socket.SendAsync(bytes);

    /// <summary>Receives the head of an answer.</summary>
    /// <param name="answersHead">Whether the request was a HEAD, whose answer has no body whatever its header says.</param>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="ConnectionAbortedException">It was aborted by this side.</exception>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    public async ValueTask<HeadOutcome> ReceiveHeadAsync(bool answersHead)
    {
        var searched = 0;
        while (true)
        {
            var length = FindEnd(ref searched);
            if (length > 0)
                return Read(length, answersHead);
            // Nobody waits for the end of what can't become a head: the upstream may be waiting, too.
            if (ResponseHead.RefuteBeginning(_received.Unread) is { } wrong)
                return Malformed(wrong);
            if (_received.Count >= ResponseLimits.HeadBytes)
                return Malformed($"a head of more than {ResponseLimits.HeadBytes} bytes");
            var received = await _socket.ReceiveAsync(_received.MakeRoom());
            _received.Add(received);
            if (received == 0)
                return _received.Count == 0 ? HeadOutcome.Closed : HeadOutcome.Truncated;
        }
    }

    /// <summary>Receives bytes of the body, as many as are there.</summary>
    /// <returns>The number of bytes; 0 at the proper end of the body.</returns>
    /// <exception cref="EndOfStreamException">The upstream closed the connection in the middle of it.</exception>
    /// <exception cref="InvalidDataException">It breaks the protocol.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="ConnectionAbortedException">It was aborted by this side.</exception>
    public ValueTask<int> ReceiveBodyAsync(Memory<byte> destination)
    {
        if (BodyDone)
            return new ValueTask<int>(0);
        if (_framing == BodyFraming.Chunked)
            return ReceiveChunkedAsync(destination);
        if (_received.Count > 0)
            return new ValueTask<int>(TakeBuffered(destination));
        return ReceiveDirectAsync(destination);
    }

    /// <summary>Gives the bytes of the body that have been received to a writer, together with the block they lie in.</summary>
    /// <returns>How many; 0 when they are too few for that, chunked, or not the writer's kind: then they are to be received.</returns>
    public int GiveBody(IBlockTaker writer)
    {
        var count = _received.Count;
        if (_framing is not (BodyFraming.Length or BodyFraming.UntilClose)
            || (_framing == BodyFraming.Length && count > _remaining) || !_received.TryGive(writer))
            return 0;
        if (_framing == BodyFraming.Length)
            _remaining -= count;
        return count;
    }

    /// <summary>Gives up, from any thread: the upstream sees a reset.</summary>
    public void Abort() => _socket.Abort();

    /// <summary>Closes the connection. Nobody may be reading or writing.</summary>
    public void Dispose()
    {
        _received.Dispose();
        _socket.Dispose();
    }

    /// <summary>The length of the head in the buffer, its empty line included; 0 when that has not come yet.</summary>
    private int FindEnd(ref int searched)
    {
        var unread = _received.Unread;
        var from = Math.Max(0, searched - 3);
        var at = unread[from..].IndexOf("\r\n\r\n"u8);
        searched = unread.Length;
        return at < 0 ? 0 : from + at + 4;
    }

    private HeadOutcome Read(int length, bool answersHead)
    {
        if (length > ResponseLimits.HeadBytes)
            return Malformed($"a head of more than {ResponseLimits.HeadBytes} bytes");
        if (Head.Parse(_received.Unread[..length]) is { } wrong)
            return Malformed(wrong);
        _received.Consume(length);
        if (Head.Status is >= 100 and < 200 and not 101)
            return HeadOutcome.Received;

        _persistent = !Head.Close;
        if (answersHead || Head.Status is 101 or 204 or 304)
        {
            _framing = BodyFraming.None;
            _persistent &= Head.Status != 101;
        }
        else if (Head.Chunked)
        {
            _framing = BodyFraming.Chunked;
        }
        else if (Head.ContentLength is { } declared)
        {
            _framing = BodyFraming.Length;
            _remaining = declared;
        }
        else
        {
            _framing = BodyFraming.UntilClose;
            _persistent = false;
        }
        return HeadOutcome.Received;
    }

    private HeadOutcome Malformed(string defect)
    {
        Defect = defect;
        return HeadOutcome.Malformed;
    }

    private int TakeBuffered(Memory<byte> destination)
    {
        var count = Math.Min(_received.Count, destination.Length);
        if (_framing == BodyFraming.Length)
        {
            count = (int)Math.Min(count, _remaining);
            _remaining -= count;
        }
        _received.Unread[..count].CopyTo(destination.Span);
        _received.Consume(count);
        return count;
    }

    /// <summary>The buffer is empty: what comes now goes where it is wanted without a copy.</summary>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private async ValueTask<int> ReceiveDirectAsync(Memory<byte> destination)
    {
        var received = await _socket.ReceiveAsync(destination);
        // More room than the body needs saves the question whether there is more; what is more was not asked for.
        if (_framing == BodyFraming.Length && received > _remaining)
        {
            Defect = "bytes behind the answer";
            received = (int)_remaining;
        }
        if (received == 0)
        {
            if (_framing == BodyFraming.Length)
                throw new EndOfStreamException("The upstream closed the connection in the middle of a body.");
            _framing = BodyFraming.None;
        }
        _remaining -= received;
        return received;
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private async ValueTask<int> ReceiveChunkedAsync(Memory<byte> destination)
    {
        while (true)
        {
            var written = _chunks.Decode(_received.Unread, destination.Span, out var consumed);
            _received.Consume(consumed);
            if (_chunks.Error is { } wrong)
            {
                Defect = wrong;
                throw new InvalidDataException($"The upstream sent {wrong}.");
            }
            if (written > 0 || _chunks.Done)
                return written;
            var received = await _socket.ReceiveAsync(_received.MakeRoom());
            _received.Add(received);
            if (received == 0)
                throw new EndOfStreamException("The upstream closed the connection in the middle of a chunked body.");
        }
    }
}
