using System.Globalization;
using System.Text;

namespace Sluice.DataPlane.Tests.Pipeline.Harness;

/// <summary>Reads HTTP/1.1 messages from a stream without interpreting more than their framing.</summary>
internal sealed class WireReader(Stream stream)
{
    private readonly byte[] _buffer = new byte[64 << 10];
    private int _start;
    private int _end;

    /// <summary>A head up to and with its empty line; null when the connection ended before one began.</summary>
    public async Task<string?> ReadHeadAsync(CancellationToken cancellation)
    {
        var head = new List<byte>();
        while (true)
        {
            var b = await ReadByteAsync(cancellation);
            if (b < 0)
            {
                return head.Count == 0 ? null : throw new IOException("the connection ended inside a head");
            }
            head.Add((byte)b);
            if (head.Count >= 4 && head[^1] == '\n' && head[^2] == '\r' && head[^3] == '\n' && head[^4] == '\r')
                return Encoding.Latin1.GetString([.. head]);
        }
    }

    /// <summary>The body behind a head; throws when it is cut off.</summary>
    public async Task<byte[]> ReadBodyAsync(string head, bool isResponse, CancellationToken cancellation)
    {
        var body = new MemoryStream();
        await CopyBodyAsync(head, body, keepChunks: false, cancellation, untilClose: isResponse);
        return body.ToArray();
    }

    /// <summary>Copies the body behind a head to a stream as it comes; throws when it is cut off.</summary>
    /// <param name="head">Tells the framing.</param>
    /// <param name="to">Takes the bytes.</param>
    /// <param name="keepChunks">Whether chunks stay chunks.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="untilClose">Whether a body without a framing of its own ends with the connection.</param>
    public async Task CopyBodyAsync(string head, Stream to, bool keepChunks, CancellationToken cancellation, bool untilClose = false)
    {
        if (Values(head, "transfer-encoding") is ["chunked"])
        {
            while (true)
            {
                var line = await ReadLineAsync(cancellation);
                var size = int.Parse(line.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                if (keepChunks)
                    await to.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), cancellation);
                if (size == 0)
                    break;
                await CopyAsync(to, size, cancellation);
                await ReadLineAsync(cancellation);
                if (keepChunks)
                    await to.WriteAsync("\r\n"u8.ToArray(), cancellation);
            }
            Trailers = "";
            for (var line = await ReadLineAsync(cancellation); line.Length > 0; line = await ReadLineAsync(cancellation))
                Trailers += line + "\r\n";
            if (keepChunks)
                await to.WriteAsync("\r\n"u8.ToArray(), cancellation);
        }
        else if (Values(head, "content-length") is [var length])
        {
            await CopyAsync(to, long.Parse(length, CultureInfo.InvariantCulture), cancellation);
        }
        else if (untilClose)
        {
            for (var some = await ReadSomeAsync(cancellation); some.Length > 0; some = await ReadSomeAsync(cancellation))
                await to.WriteAsync(some, cancellation);
        }
    }

    /// <summary>Trailer fields of the chunked body that was read last.</summary>
    public string Trailers { get; private set; } = "";

    /// <summary>Some bytes; empty at the end.</summary>
    public async Task<byte[]> ReadSomeAsync(CancellationToken cancellation)
    {
        var b = await ReadByteAsync(cancellation);
        if (b < 0)
            return [];
        var some = _buffer[(_start - 1).._end];
        _start = _end;
        return some;
    }

    public static string[] Values(string head, string name) =>
        [.. head.Split("\r\n").Skip(1).Where(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(l => l[(name.Length + 1)..].Trim())];

    private async Task<string> ReadLineAsync(CancellationToken cancellation)
    {
        var line = new StringBuilder();
        while (true)
        {
            var b = await ReadByteAsync(cancellation);
            if (b < 0)
                throw new IOException("the connection ended inside a line");
            if (b == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append((char)b);
        }
    }

    private async Task CopyAsync(Stream body, long length, CancellationToken cancellation)
    {
        while (length > 0)
        {
            if (_start == _end && !await FillAsync(cancellation))
                throw new IOException("the connection ended inside a body");
            var count = (int)Math.Min(length, _end - _start);
            await body.WriteAsync(_buffer.AsMemory(_start, count), cancellation);
            _start += count;
            length -= count;
        }
    }

    private async ValueTask<int> ReadByteAsync(CancellationToken cancellation)
    {
        if (_start == _end && !await FillAsync(cancellation))
            return -1;
        return _buffer[_start++];
    }

    private async Task<bool> FillAsync(CancellationToken cancellation)
    {
        _start = _end = 0;
        _end = await stream.ReadAsync(_buffer, cancellation);
        return _end > 0;
    }
}
