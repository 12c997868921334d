using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http;
using Sluice.Tests.EndToEnd;

namespace Sluice.Tests.Samples;

/// <summary>A sample in force: the gateway with the sample's own files, and behind it an origin for each of its Deployments that answers
/// with its name and version. Only the origins' addresses are added.</summary>
internal sealed class SampleCluster : IAsyncDisposable
{
    private const int Callers = 8;

    private readonly TempFolder _folder = new();
    private readonly List<Origin> _origins = [];
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly ConcurrentDictionary<string, int> _served = new();
    private readonly int _port = SluiceProcess.FreePort();
    private readonly int _mesh = SluiceProcess.FreePort();
    private SluiceProcess? _sluice;

    /// <summary>How many requests reached the workloads with this answer.</summary>
    public int Served(string answer) => _served.GetValueOrDefault(answer);

    /// <summary>Starts the origins and the gateway, and waits until it is ready.</summary>
    /// <param name="port">The port of the sample's Gateway.</param>
    /// <param name="files">The sample's files.</param>
    public static async Task<SampleCluster> StartAsync(int port, params string[] files)
    {
        var cluster = new SampleCluster();
        try
        {
            List<string> entries = [];
            foreach (var workload in files.SelectMany(Workload.In))
                entries.Add(workload.AsWorkloadEntry(await cluster.RunAsync(workload)));
            var addresses = cluster._folder.Write("addresses.yaml", SampleConfig.Join([.. entries]));
            var config = files.SelectMany(f => new[] { "--config", f });
            // The callers are in the applications' namespace: they call services by their short names.
            cluster._sluice = await SluiceProcess.RunAsync(
                addresses, [.. config, "--namespace", "default", "--port-map", $"{port}={cluster._port}", "--mesh", $"127.0.0.1:{cluster._mesh}"]);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client's request, through the Gateway.</summary>
    public Task<SampleAnswer> GetAsync(string host, string path, params (string Name, string Value)[] headers) =>
        SendAsync(_port, host, path, headers);

    /// <summary>A call from service to service, through the mesh listener.</summary>
    public Task<SampleAnswer> CallAsync(string service, params (string Name, string Value)[] headers) => SendAsync(_mesh, service, "/", headers);

    /// <summary>How often each answer comes when something is asked many times.</summary>
    public static async Task<Dictionary<string, int>> CountAsync(int requests, Func<Task<SampleAnswer>> ask)
    {
        var left = requests;
        var counts = new ConcurrentDictionary<string, int>();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var (status, body) = await ask();
                counts.AddOrUpdate(status == HttpStatusCode.OK ? body : $"{(int)status} {body}", 1, (_, count) => count + 1);
            }
        }));
        return new Dictionary<string, int>(counts);
    }

    public async ValueTask DisposeAsync()
    {
        if (_sluice is not null)
            await _sluice.DisposeAsync();
        foreach (var origin in _origins)
            await origin.DisposeAsync();
        _client.Dispose();
        _folder.Dispose();
    }

    private async Task<int> RunAsync(Workload workload)
    {
        var origin = await Origin.StartAsync(context =>
        {
            _served.AddOrUpdate(workload.Answer, 1, (_, count) => count + 1);
            return context.Response.WriteAsync(workload.Answer);
        });
        _origins.Add(origin);
        return origin.Port;
    }

    private async Task<SampleAnswer> SendAsync(int port, string host, string path, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}{path}");
        request.Headers.Host = host;
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return new SampleAnswer(response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}

/// <summary>What came back.</summary>
internal readonly record struct SampleAnswer(HttpStatusCode Status, string Body)
{
    /// <summary>A workload's own answer.</summary>
    public static SampleAnswer Of(string workload) => new(HttpStatusCode.OK, workload);
}
