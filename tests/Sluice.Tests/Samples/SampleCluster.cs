using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Sluice.Tests.EndToEnd;

namespace Sluice.Tests.Samples;

/// <summary>A folder of published files, the addresses that a cluster would add to them, and the gateway on top.</summary>
internal sealed class SampleCluster : IAsyncDisposable
{
    private readonly List<Origin> _origins = [];
    private readonly TempFolder _folder = new();
    private SluiceProcess? _sluice;
    private int _mesh;

    /// <summary>Runs the gateway on files, with a workload for each application and version.</summary>
    /// <param name="workloads"><c>app</c> or <c>app/version</c>, as the pod templates of the files label them.</param>
    /// <param name="paths">Files and folders of the samples.</param>
    public static async Task<SampleCluster> StartAsync(string[] workloads, params string[] paths)
    {
        SampleFiles.Require();
        var cluster = new SampleCluster();
        SampleFiles.Copy(cluster._folder.Path, paths);
        cluster._folder.Write("workloads.yaml", await cluster.PlaceAsync(workloads));
        cluster._mesh = SluiceProcess.FreePort();
        cluster._bookinfo = SluiceProcess.FreePort();
        cluster._sluice = await SluiceProcess.RunAsync(
            cluster._folder.Path, "--mesh", $"127.0.0.1:{cluster._mesh}", "--port-map", $"8080={cluster._bookinfo}", "--drain-delay", "0s");
        return cluster;
    }

    private int _bookinfo;

    /// <summary>Asks through the gateway's port 80.</summary>
    public Task<(HttpStatusCode Status, string Body)> EdgeAsync(string host, string path = "/", params (string Name, string Value)[] headers) =>
        AskAsync(_sluice!.Port, host, path, headers);

    /// <summary>Asks through the gateway's port 8080.</summary>
    public Task<(HttpStatusCode Status, string Body)> Edge8080Async(string host, string path = "/", params (string Name, string Value)[] headers) =>
        AskAsync(_bookinfo, host, path, headers);

    /// <summary>Asks as another service would.</summary>
    public Task<(HttpStatusCode Status, string Body)> MeshAsync(string host, string path = "/", params (string Name, string Value)[] headers) =>
        AskAsync(_mesh, host, path, headers);

    public async ValueTask DisposeAsync()
    {
        if (_sluice is not null)
            await _sluice.DisposeAsync();
        foreach (var origin in _origins)
            await origin.DisposeAsync();
        _folder.Dispose();
    }

    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private static async Task<(HttpStatusCode Status, string Body)> AskAsync(
        int port, string host, string path, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}{path}");
        request.Headers.Host = host;
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private async Task<string> PlaceAsync(string[] workloads)
    {
        var yaml = new StringBuilder();
        foreach (var workload in workloads)
        {
            var origin = await Origin.StartAsync(context => context.Response.WriteAsync(workload));
            _origins.Add(origin);
            var (app, version) = workload.Split('/') is [var name, var label] ? (name, label) : (workload, null);
            yaml.Append($$"""
                ---
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: "{{workload.Replace('/', '-')}}"}
                spec:
                  address: 127.0.0.1
                  ports: {http: {{origin.Port}}}
                  labels: {app: {{app}}{{(version is null ? "" : $", version: {version}")}}}

                """);
        }
        return yaml.ToString();
    }
}
