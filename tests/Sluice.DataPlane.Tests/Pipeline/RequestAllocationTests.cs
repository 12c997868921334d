using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Forwarding;
using Sluice.DataPlane.Pipeline;
using Sluice.DataPlane.Telemetry;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using Sluice.Transport.Upstream;
using Yarp.ReverseProxy.Forwarder;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Pipeline;

/// <summary>What our code allocates for a request, from its head to its line in the log. The server and the sockets are stand-ins that
/// allocate nothing themselves, and answer at once, so that all happens on one thread.</summary>
public sealed class RequestAllocationTests
{
    private const int Rounds = 2_000;
    private const int Measurements = 10;

    // The id (96 bytes), and an enumerator for each walk over header fields. To be lowered, and not raised without a reason.
#if DEBUG
    // Where the compiler does not optimise, the state of each async method is an object.
    private const int BytesOfAProxiedGet = 2_900;
#else
    private const int BytesOfAProxiedGet = 400;
#endif

    [Fact]
    public async Task A_proxied_GET_allocates_little()
    {
        var cluster = ClusterOf("a", 80);
        var snapshot = new SnapshotBuilder { Settings = new EdgeSettings { AccessLogFile = "/dev/stdout" } }
            .Host("example.com", Route(To(cluster))).Build();
        await AssertAllocatesAtMostAsync(BytesOfAProxiedGet, snapshot);
    }

    private static async Task AssertAllocatesAtMostAsync(int bytes, Snapshot snapshot)
    {
        var live = new LiveSnapshot();
        live.Publish(snapshot);
        using var pools = new UpstreamPools(new Transport(), TimeProvider.System);
        using var clients = new UpstreamClients();
        var registry = Metrics.NewCustomRegistry();
        using var ejections = new Ejections(() => live.Current.Clusters.Values, registry, TimeProvider.System, NullLogger.Instance);
        await using var log = new AccessLog(_ => Stream.Null, (_, e) => Assert.Fail(e.Message), registry, new ManualTime());
        var pipeline = new RequestPipeline(new PipelineParts
        {
            Live = live,
            ListenerOf = _ => new ListenerKey(null, SnapshotBuilder.Port),
            Forwarder = new NoForwarder(),
            Clients = clients,
            Pools = pools,
            Ejections = ejections,
            Metrics = new RequestMetrics(registry, GatewayLabels.Default),
            AccessLog = log,
            Registry = registry,
            Time = TimeProvider.System,
            Logger = NullLogger.Instance,
        });
        using var server = new Server(pipeline);

        // Code that is not optimised yet allocates where optimised code does not, so the lowest of several measurements counts.
        var each = long.MaxValue;
        for (var measurement = 0; measurement < Measurements; measurement++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Rounds; i++)
                server.Serve();
            each = Math.Min(each, (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds);
        }

        TestContext.Current.SendDiagnosticMessage("{0} bytes a request", each);
        Assert.InRange(each, 0, bytes);
    }

    /// <summary>A connection of a client, as Kestrel shows it to the pipeline: one object for all its requests.</summary>
    private sealed class Server : IHttpRequestFeature, IHttpResponseFeature, IHttpResponseBodyFeature, IHttpRequestLifetimeFeature,
        IHttpConnectionFeature, IHttpRequestBodyDetectionFeature, IDisposable
    {
        private readonly RequestPipeline _pipeline;
        private readonly FeatureCollection _features = new();
        private readonly Exchange _exchange;
        private readonly Sink _sink = new();
        private readonly CancellationTokenSource _aborted = new();

        public Server(RequestPipeline pipeline)
        {
            _pipeline = pipeline;
            _exchange = new Exchange(static () => false);
        }

        public void Dispose() => _aborted.Dispose();

        public void Serve()
        {
            Headers.Clear();
            Headers.Host = "example.com";
            Headers.UserAgent = "test";
            Headers.Accept = "*/*";
            ((IHttpResponseFeature)this).Headers.Clear();
            HasStarted = false;
            StatusCode = 200;
            _features.Set<IHttpRequestFeature>(this);
            _features.Set<IHttpResponseFeature>(this);
            _features.Set<IHttpResponseBodyFeature>(this);
            _features.Set<IHttpRequestLifetimeFeature>(this);
            _features.Set<IHttpConnectionFeature>(this);
            _features.Set<IHttpRequestBodyDetectionFeature>(this);

            _exchange.Open(_features, TimeProvider.System);
            var task = _pipeline.AnswerAsync(_exchange);
            if (!task.IsCompletedSuccessfully)
                throw new InvalidOperationException("a request waited");
            task.GetAwaiter().GetResult();
            _pipeline.Close(_exchange, exception: null);
            if (StatusCode != 200 || _sink.Written != 5)
                throw new InvalidOperationException($"answered {StatusCode} with {_sink.Written} bytes");
            _sink.Written = 0;
        }

        public string Protocol { get; set; } = "HTTP/1.1";

        public string Scheme { get; set; } = "http";

        public string Method { get; set; } = "GET";

        public string PathBase { get; set; } = "";

        public string Path { get; set; } = "/api/items";

        public string QueryString { get; set; } = "?page=2";

        public string RawTarget { get; set; } = "/api/items?page=2";

        public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

        public Stream Body { get; set; } = System.IO.Stream.Null;

        public int StatusCode { get; set; }

        public string? ReasonPhrase { get; set; }

        IHeaderDictionary IHttpResponseFeature.Headers { get; set; } = new HeaderDictionary();

        public bool HasStarted { get; private set; }

        public void OnStarting(Func<object, Task> callback, object state) => throw new NotSupportedException();

        public void OnCompleted(Func<object, Task> callback, object state) => throw new NotSupportedException();

        public Stream Stream => throw new NotSupportedException();

        public PipeWriter Writer => _sink;

        public void DisableBuffering()
        {
        }

        public Task StartAsync(CancellationToken cancellationToken = default)
        {
            HasStarted = true;
            return Task.CompletedTask;
        }

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public Task CompleteAsync() => Task.CompletedTask;

        public CancellationToken RequestAborted
        {
            get => _aborted.Token;
            set => throw new NotSupportedException();
        }

        public void Abort() => throw new NotSupportedException();

        public string ConnectionId { get; set; } = "1";

        public IPAddress? RemoteIpAddress { get; set; } = IPAddress.Parse("203.0.113.7");

        public IPAddress? LocalIpAddress { get; set; } = IPAddress.Loopback;

        public int RemotePort { get; set; } = 4711;

        public int LocalPort { get; set; } = 8080;

        public bool CanHaveBody => false;
    }

    private sealed class Sink : PipeWriter
    {
        private readonly byte[] _room = new byte[64 << 10];

        public int Written { get; set; }

        public override void Advance(int bytes) => Written += bytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _room;

        public override Span<byte> GetSpan(int sizeHint = 0) => _room;

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => new(new FlushResult(false, false));
    }

    /// <summary>An upstream that has answered before the request is out.</summary>
    private sealed class Transport : UpstreamTransport
    {
        public override int Places => 1;

        public override int PlaceOf(IFeatureCollection connection) => 0;

        public override ValueTask<UpstreamSocket> ConnectAsync(EndPoint address, int place, CancellationToken cancellationToken) => new(new Upstream());
    }

    private sealed class Upstream : UpstreamSocket
    {
        private static readonly byte[] Answer =
            "HTTP/1.1 200 OK\r\nServer: origin\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"u8.ToArray();

        private readonly OneBuffer _buffers = new();

        public override MemoryPool<byte> Buffers => _buffers;

        public override EndPoint? LocalEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 12345);

        public override bool IsStale => false;

        public override ValueTask<int> ReceiveAsync(Memory<byte> buffer)
        {
            Answer.CopyTo(buffer);
            return new(Answer.Length);
        }

        public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer) => default;

        public override void SetKeepalive(KeepaliveProbes probes)
        {
        }

        public override void Abort()
        {
        }

        public override void Dispose()
        {
        }
    }

    /// <summary>Lends the same two blocks over and over: a request's and an answer's.</summary>
    private sealed class OneBuffer : MemoryPool<byte>
    {
        private readonly Block[] _blocks = [new(), new()];
        private int _next;

        public override int MaxBufferSize => 64 << 10;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => _blocks[_next++ & 1];

        protected override void Dispose(bool disposing)
        {
        }

        private sealed class Block : IMemoryOwner<byte>
        {
            public Memory<byte> Memory { get; } = new byte[64 << 10];

            public void Dispose()
            {
            }
        }
    }

    private sealed class NoForwarder : IHttpForwarder
    {
        public ValueTask<ForwarderError> SendAsync(
            HttpContext context, string destinationPrefix, HttpMessageInvoker httpClient, ForwarderRequestConfig requestConfig, HttpTransformer transformer) =>
            throw new NotSupportedException("this is not YARP's to carry");
    }
}
