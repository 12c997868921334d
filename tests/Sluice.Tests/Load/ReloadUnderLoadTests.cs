using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Sluice.Tests.EndToEnd;

namespace Sluice.Tests.Load;

/// <summary>Reloads while requests run: none may fail, none may land where neither the old nor the new configuration sends it.</summary>
public sealed class ReloadUnderLoadTests : IDisposable
{
    private const int Reloads = 20;
    private const int Connections = 16;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Change.File)]
    [InlineData(Change.Mount)]
    [InlineData(Change.Listener)]
    public async Task No_request_fails_or_is_misrouted(Change change)
    {
        await using var origin = await Origin.StartAsync(context => context.Response.WriteAsync(context.Request.Path.Value![1..]));
        var extra = SluiceProcess.FreePort();
        Write(change, origin.Port, 1);
        await using var sluice = await SluiceProcess.RunAsync(_folder.Path, "--port-map", $"81={extra}");
        using var stop = new CancellationTokenSource();
        // What a request may be answered with depends on what was in force when it began and when it ended.
        var (oldest, newest) = (1, 1);
        var wrong = new ConcurrentQueue<string>();
        var requests = 0;

        async Task LoadAsync()
        {
            while (!stop.IsCancellationRequested)
            {
                var least = Volatile.Read(ref oldest);
                using var response = await sluice.GetAsync("www.example.com", "/");
                var body = await response.Content.ReadAsStringAsync();
                if (!int.TryParse(body, out var version) || version < least || version > Volatile.Read(ref newest))
                    wrong.Enqueue($"{(int)response.StatusCode} {body}, not {least} to {newest}");
                Interlocked.Increment(ref requests);
            }
        }

        Task[] load = [.. Enumerable.Range(0, Connections).Select(_ => LoadAsync())];
        for (var version = 2; version <= Reloads + 1; version++)
        {
            Volatile.Write(ref newest, version);
            Write(change, origin.Port, version);
            await sluice.Log.WhenAsync($"Configuration {version} is in force");
            Volatile.Write(ref oldest, version);
            if (HasSecondListener(change, version))
                Assert.Equal(HttpStatusCode.OK, (await sluice.SendAsync(HttpMethod.Get, $"127.0.0.1:{extra}", "/", "www.example.com")).StatusCode);
        }
        await stop.CancelAsync();
        await Task.WhenAll(load);

        Assert.Empty(wrong);
        Assert.True(requests > Reloads);
    }

    private static bool HasSecondListener(Change change, int version) => change == Change.Listener && version % 2 == 0;

    private void Write(Change change, int originPort, int version)
    {
        var config = SampleConfig.Join(Gateway(HasSecondListener(change, version)), SampleConfig.Origin(originPort), Route(version));
        if (change == Change.Mount)
            WriteMounted(config, version);
        else
            _folder.Write("edge.yaml", config);
    }

    /// <summary>As Kubernetes mounts a ConfigMap: files are links through <c>..data</c>, which is swapped.</summary>
    private void WriteMounted(string config, int version)
    {
        var data = $"..version_{version}";
        Directory.CreateDirectory(Path.Combine(_folder.Path, data));
        File.WriteAllText(Path.Combine(_folder.Path, data, "edge.yaml"), config);
        var (link, next) = (Path.Combine(_folder.Path, "..data"), Path.Combine(_folder.Path, "..data_tmp"));
        File.CreateSymbolicLink(next, data);
        // File.Move follows a link to a folder; the kubelet's rename(2) does not.
        using var rename = Process.Start("mv", ["-T", next, link]);
        rename.WaitForExit();
        Assert.Equal(0, rename.ExitCode);
        var file = Path.Combine(_folder.Path, "edge.yaml");
        if (!File.Exists(file))
            File.CreateSymbolicLink(file, Path.Combine("..data", "edge.yaml"));
    }

    private static string Gateway(bool secondListener) => SampleConfig.Gateway + (secondListener ? """

          - port:
              number: 81
              name: http-extra
              protocol: HTTP
            hosts:
            - "*"
        """ : "");

    // The origin's answer is the path that it was asked for, and that names the version of the rule.
    private static string Route(int version) => $$$"""
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: www}
        spec:
          hosts: [www.example.com]
          gateways: [edge]
          http:
          - rewrite: {uri: "/{{{version}}}"}
            route:
            - destination: {host: origin.example.com, port: {number: 80}}
        """;

    /// <summary>What changes from one configuration to the next, besides the route.</summary>
    public enum Change
    {
        /// <summary>A file is replaced.</summary>
        File,

        /// <summary>A mounted ConfigMap is swapped.</summary>
        Mount,

        /// <summary>A listener comes and goes.</summary>
        Listener,
    }
}
