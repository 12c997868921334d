using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Sluice.DataPlane.Telemetry;
using Sluice.Transport.Server;

namespace Sluice.DataPlane.Forwarding;

/// <summary>Writes the head of an HTTP/1.1 request in one go into one buffer: names in lower case, one framing, one Host, values byte for
/// byte as they came.</summary>
internal ref struct RequestHeadWriter
{
    private readonly MemoryPool<byte> _pool;
    private IMemoryOwner<byte> _owner;
    private Span<byte> _free;
    private int _written;

    private RequestHeadWriter(MemoryPool<byte> pool)
    {
        _pool = pool;
        _owner = pool.Rent(InitialSize);
        _free = _owner.Memory.Span;
    }

    // Most heads fit, and a small body behind them.
    private const int InitialSize = 4096;

    /// <summary>Writes the head of the exchange's request.</summary>
    /// <param name="exchange">Its head must be the upstream's already.</param>
    /// <param name="pool">Where the buffer comes from.</param>
    /// <param name="chunked">Whether the body is to be sent in chunks, for want of a length.</param>
    /// <param name="length">Bytes of the head.</param>
    public static IMemoryOwner<byte> Write(Exchange exchange, MemoryPool<byte> pool, bool chunked, out int length)
    {
        var writer = new RequestHeadWriter(pool);
        writer.WriteHead(exchange.Info, exchange.Request.Headers, chunked);
        length = writer._written;
        return writer._owner;
    }

    private void WriteHead(RequestInfo info, IHeaderDictionary headers, bool chunked)
    {
        Append(info.Method);
        Append(" "u8);
        Append(info.RewrittenTarget ?? info.Target);
        Append(" HTTP/1.1\r\nhost: "u8);
        Append(headers.Host.ToString());
        Append("\r\n"u8);
        if (headers is FieldList list)
        {
            for (var i = 0; i < list.Count; i++)
            {
                if (list.TryGetIdAt(i, out var id))
                    Id(list.NameAt(i), id);
                else if (!IsFramingOrHost(list.NameAt(i)))
                    Fields(list.NameAt(i), list.ValuesAt(i));
            }
        }
        else
        {
            foreach (var (name, values) in headers)
            {
                if (!IsFramingOrHost(name))
                    Fields(name, values);
            }
        }
        if (chunked)
            Append("transfer-encoding: chunked\r\n"u8);
        else if (headers.ContentLength is { } length)
            Field("content-length", length.ToString(CultureInfo.InvariantCulture));
        Append("\r\n"u8);
    }

    /// <summary>Whether we write the field ourselves, or it is none of HTTP/1.1's.</summary>
    private static bool IsFramingOrHost(string name) =>
        name.StartsWith(':')
        || name.Equals("Host", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
        || HopByHop.IsOfRequest(name);

    private void Fields(string name, StringValues values)
    {
        // HTTP/2 may split it over several fields, HTTP/1.1 wants one (RFC 9113 §8.2.3).
        if (values.Count > 1 && name.Equals("Cookie", StringComparison.OrdinalIgnoreCase))
            values = string.Join("; ", values.AsEnumerable());
        for (var i = 0; i < values.Count; i++)
            Field(name, values[i] ?? "");
    }

    private void Id(string name, Guid id)
    {
        const int Length = 36;
        Reserve(name.Length + Length + 4);
        Ascii.ToLower(name, _free, out _);
        ": "u8.CopyTo(_free[name.Length..]);
        id.TryFormat(_free[(name.Length + 2)..], out _);
        "\r\n"u8.CopyTo(_free[(name.Length + 2 + Length)..]);
        Advance(name.Length + Length + 4);
    }

    private void Field(string name, string value)
    {
        Reserve(name.Length + value.Length + 4);
        Ascii.ToLower(name, _free, out _);
        _free[name.Length] = (byte)':';
        _free[name.Length + 1] = (byte)' ';
        Encoding.Latin1.GetBytes(value, _free[(name.Length + 2)..]);
        "\r\n"u8.CopyTo(_free[(name.Length + 2 + value.Length)..]);
        Advance(name.Length + value.Length + 4);
    }

    private void Append(string text)
    {
        Reserve(text.Length);
        Advance(Encoding.Latin1.GetBytes(text, _free));
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_free);
        Advance(bytes.Length);
    }

    private void Advance(int count)
    {
        _written += count;
        _free = _free[count..];
    }

    private void Reserve(int count)
    {
        if (count <= _free.Length)
            return;
        var wanted = Math.Max(_owner.Memory.Length * 2, _written + count);
        // Heads are bounded by the limit on what clients may send; what we add to the largest can still exceed the largest block.
        var larger = wanted <= _pool.MaxBufferSize ? _pool.Rent(wanted) : MemoryPool<byte>.Shared.Rent(wanted);
        _owner.Memory.Span[.._written].CopyTo(larger.Memory.Span);
        _owner.Dispose();
        _owner = larger;
        _free = larger.Memory.Span[_written..];
    }
}
