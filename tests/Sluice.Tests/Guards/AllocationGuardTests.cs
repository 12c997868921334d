using Sluice.Load;
using System.Buffers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Commands;
using Sluice.ControlPlane.Compilation;
using Sluice.Hosting;
using Sluice.Tests.EndToEnd;

namespace Sluice.Tests.Guards;

/// <summary>Runs alone: it counts what the whole process allocates.</summary>
[CollectionDefinition(nameof(AllocationGuardTests), DisableParallelization = true)]
public sealed class AllocationGuardTestsCollection;

/// <summary>How many bytes a kept connection's GET leaves on the heap, all threads and both sides included.</summary>
[Collection(nameof(AllocationGuardTests))]
public sealed class AllocationGuardTests : IDisposable
{
    // Bytes of a proxied request beyond those of a request that Kestrel answers by itself, which has none: less than the smallest object,
    // for what timers and counters leave meanwhile. Never to be raised.
    private const int BytesBeyondKestrel = 16;

    private const int MostRounds = 25;
    private const int RequestsOfARound = 4_000;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // What is kept for one request at a time looks free of objects until several wait at once.
    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    public async Task A_proxied_GET_allocates_no_more_than_one_that_Kestrel_answers_by_itself(int connections)
    {
#if DEBUG
        Assert.Skip("where the compiler does not optimise, the state of each async method is an object");
#endif
        var alone = await AnsweredByKestrelAsync(connections);
        var proxied = await ProxiedAsync(connections);

        TestContext.Current.SendDiagnosticMessage("{0} bytes a proxied request, {1} bytes one that Kestrel answers", proxied, alone);
        Assert.InRange(proxied, 0, alone + BytesBeyondKestrel);
    }

    private static async Task<long> AnsweredByKestrelAsync(int connections)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var host = builder.Build();
        var server = host.Services.GetRequiredService<IServer>();
        await server.StartAsync(new Hello(), TestContext.Current.CancellationToken);
        var bytes = BytesOfARequest(new Uri(server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single()).Port, connections);
        await server.StopAsync(TestContext.Current.CancellationToken);
        return bytes;
    }

    private async Task<long> ProxiedAsync(int connections)
    {
        using var origin = new RawOrigin();
        _folder.Write("edge.yaml", SampleConfig.Join(SampleConfig.Gateway, SampleConfig.Origin(origin.Port), SampleConfig.Route("/api")));
        var (port, admin) = (SluiceProcess.FreePort(), SluiceProcess.FreePort());
        var options = new RunOptions
        {
            Config = [_folder.Path],
            MeshConfig = null,
            Identity = new GatewayIdentity { PortMap = new Dictionary<int, int> { [80] = port }, Bind = "127.0.0.1" },
            Admin = new HostPort("127.0.0.1", admin),
            Status = new HostPort("127.0.0.1", 0),
            Metrics = new HostPort("127.0.0.1", 0),
            Drain = new DrainOptions { Delay = TimeSpan.Zero },
            Limits = new LimitOptions(),
            NativeCarrier = true,
            Transport = GatewayTransport.Default,
            LogLevel = LogLevel.Error,
        };
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var terminal = new Terminal(TextReader.Null, TextWriter.Null, TextWriter.Null, _ => null);
        var running = GatewayProcess.RunAsync(options, terminal, _ => ready.SetResult());
        await Task.WhenAny(ready.Task, running);
        Assert.False(running.IsCompleted, "the gateway did not start");

        var bytes = BytesOfARequest(port, connections);

        using var client = new HttpClient();
        using var quit = await client.PostAsync(new Uri($"http://127.0.0.1:{admin}/quitquitquit"), null, TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Ok, await running);
        return bytes;
    }

    /// <summary>The least of several rounds: what others do meanwhile, timers and the compiler above all, only adds, and code that is not
    /// optimised yet allocates where optimised code does not.</summary>
    private static long BytesOfARequest(int port, int connections)
    {
        using var client = new QuietClient(port, connections);
        var least = long.MaxValue;
        for (var round = 0; round < MostRounds && least > 0; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            client.Ask(RequestsOfARound / connections);
            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / RequestsOfARound);
        }
        return least;
    }

    /// <summary>The least that an application of Kestrel's can do to answer.</summary>
    private sealed class Hello : IHttpApplication<IFeatureCollection>
    {
        public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

        public Task ProcessRequestAsync(IFeatureCollection context)
        {
            var headers = context.GetRequiredFeature<IHttpResponseFeature>().Headers;
            headers.ContentLength = 5;
            headers.ContentType = "text/plain";
            var writer = context.GetRequiredFeature<IHttpResponseBodyFeature>().Writer;
            writer.Write("hello"u8);
            return Task.CompletedTask;
        }

        public void DisposeContext(IFeatureCollection context, Exception? exception)
        {
        }
    }
}
