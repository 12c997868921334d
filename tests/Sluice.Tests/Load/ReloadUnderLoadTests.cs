using System.Collections.Concurrent;
using System.Diagnostics;
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
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_request_fails_or_is_misrouted(bool symbolicLinks)
    {
        var write = symbolicLinks ? WriteMounted : (Action<int>)(version => _folder.Write("edge.yaml", Config(version)));
        write(1);
        await using var sluice = await SluiceProcess.RunAsync(_folder.Path);
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
            write(version);
            await sluice.Log.WhenAsync($"Configuration {version} is in force");
            Volatile.Write(ref oldest, version);
        }
        await stop.CancelAsync();
        await Task.WhenAll(load);

        Assert.Empty(wrong);
        Assert.True(requests > Reloads);
    }

    /// <summary>As Kubernetes mounts a ConfigMap: files are links through <c>..data</c>, which is swapped.</summary>
    private void WriteMounted(int version)
    {
        var data = $"..version_{version}";
        Directory.CreateDirectory(Path.Combine(_folder.Path, data));
        File.WriteAllText(Path.Combine(_folder.Path, data, "edge.yaml"), Config(version));
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

    private static string Config(int version) => SampleConfig.Join(SampleConfig.Gateway, $$$"""
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: www}
        spec:
          hosts: [www.example.com]
          gateways: [edge]
          http:
          - directResponse: {status: 200, body: {string: "{{{version}}}"}}
        """);
}
