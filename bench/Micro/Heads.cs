using System.Buffers;
using BenchmarkDotNet.Attributes;
using Sluice.DataPlane.Forwarding;
using Sluice.Transport.Http1;

namespace Sluice.Micro;

/// <summary>The heads of the native carrier: writing a browser's request, reading an origin's answer.</summary>
[MemoryDiagnoser, MinColumn]
public class Heads
{
    private static readonly byte[] Answer =
        "HTTP/1.1 200 OK\r\nServer: origin/1.0\r\nDate: Tue, 24 Nov 2026 10:11:12 GMT\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 1024\r\nCache-Control: private, max-age=60\r\nVary: accept-encoding\r\nETag: \"33a64df551425fcc55e\"\r\nX-Envoy-Upstream-Service-Time: 3\r\n\r\n"u8.ToArray();

    private static readonly byte[] Other =
        "HTTP/1.1 404 Not Found\r\nDate: Tue, 24 Nov 2026 10:11:13 GMT\r\nServer: origin/1.0\r\nContent-Length: 17\r\nContent-Type: text/plain\r\nX-Request-Took: 12\r\nX-Trace: 6d2f0a\r\nConnection: keep-alive\r\n\r\n"u8.ToArray();

    private static readonly Block Pool = new();

    private readonly ResponseHead _head = new();
    private readonly Exchange _exchange = new(static () => false);

    [GlobalSetup]
    public void Setup()
    {
        _exchange.Info.Method = "GET";
        _exchange.Info.Target = "/api/v2/items/4711?page=2&size=50";
        var headers = _exchange.Http.Request.Headers;
        headers.Host = "shop.example.com";
        headers.UserAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        headers.Accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        headers.AcceptLanguage = "en-US,en;q=0.5";
        headers.AcceptEncoding = "gzip, deflate, br, zstd";
        headers.Cookie = "session=5f2b8c1e9d7a4b30; theme=dark";
        headers["x-forwarded-for"] = "203.0.113.7";
        headers["x-forwarded-proto"] = "https";
        headers["x-request-id"] = "6d2f0a4e-7d1c-4f53-9a3e-0a7c1b9d5e11";
        headers["x-envoy-attempt-count"] = "1";
        if (_head.Parse(Answer) is { } wrong || (wrong = _head.Parse(Other)) is not null)
            throw new InvalidOperationException(wrong);
    }

    [Benchmark]
    public int WriteRequest()
    {
        using var owner = RequestHeadWriter.Write(_exchange, Pool, chunked: false, out var length);
        return length;
    }

    /// <summary>The same answer as before on the connection: its strings are taken over.</summary>
    [Benchmark]
    public int ParseSameAnswer()
    {
        _head.Parse(Answer);
        return _head.Count;
    }

    /// <summary>Two answers that have little in common.</summary>
    [Benchmark(OperationsPerInvoke = 2)]
    public int ParseOtherAnswer()
    {
        _head.Parse(Answer);
        _head.Parse(Other);
        return _head.Count;
    }

    /// <summary>One block for all, as an event loop has them at hand.</summary>
    private sealed class Block : MemoryPool<byte>, IMemoryOwner<byte>
    {
        private readonly byte[] _bytes = new byte[4096];

        public override int MaxBufferSize => _bytes.Length;

        public Memory<byte> Memory => _bytes;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => this;

        protected override void Dispose(bool disposing)
        {
        }
    }
}
