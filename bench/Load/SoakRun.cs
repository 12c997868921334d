using System.Diagnostics;
using System.Globalization;

namespace Sluice.Load;

/// <summary>Sends millions of requests through one gateway over kept connections, and looks at what it holds at the beginning, on the way and
/// at the end: what grows with the requests is a leak.</summary>
internal sealed class SoakRun : IDisposable
{
    private const int Port = 19312;
    private const int MetricsPort = 19313;
    private const int Connections = 16;
    private const int Samples = 10;

    private readonly Gateway _gateway;
    private readonly RawOrigin _origin = new();
    private readonly HttpClient _metrics = new();

    private SoakRun(string sluice)
    {
        var route = new Versions("soak");
        _gateway = new Gateway(sluice, Port, "--metrics", $"127.0.0.1:{MetricsPort}");
        _gateway.Write("soak.yaml", string.Join("---\n", Objects.Gateway("edge", 80), Objects.Service("origin", _origin.Port), ReloadFiles.Route(route)));
    }

    /// <summary>Prints a line of JSON for each sample.</summary>
    /// <param name="sluice">Path of the executable.</param>
    /// <param name="requests">How many are sent, after a tenth of them to warm up.</param>
    /// <returns>1 when a request went wrong.</returns>
    public static async Task<int> RunAsync(string sluice, long requests)
    {
        using var run = new SoakRun(sluice);
        await run._gateway.StartAsync();
        try
        {
            var clients = Enumerable.Range(0, Connections).Select(_ => new RawLoad(Port, "soak.example.com")).ToArray();
            var start = Stopwatch.GetTimestamp();
            var each = Math.Max(1, requests / Samples / Connections);
            for (var sample = 0; sample <= Samples; sample++)
            {
                await Task.WhenAll(clients.Select(c => Task.Factory.StartNew(
                    () => c.Ask(each), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
                await run.PrintAsync((sample + 1) * each * Connections, Stopwatch.GetElapsedTime(start));
            }
            foreach (var client in clients)
                client.Dispose();
            return 0;
        }
        catch (InvalidDataException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    public void Dispose()
    {
        _gateway.Dispose();
        _origin.Dispose();
        _metrics.Dispose();
    }

    private async Task PrintAsync(long requests, TimeSpan elapsed)
    {
        var text = await _metrics.GetStringAsync(new Uri($"http://127.0.0.1:{MetricsPort}/stats/prometheus"));
        var heap = double.Parse(Value(text.Split('\n'), "envoy_server_memory_allocated "), CultureInfo.InvariantCulture);
        var status = await File.ReadAllLinesAsync($"/proc/{_gateway.Id}/status");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""
            {"requests":{{requests}},"seconds":{{elapsed.TotalSeconds:f0}},"rss_kib":{{Value(status, "VmRSS:").Split(' ')[0]}},"heap_kib":{{heap / 1024:f0}},
            """ + $$"""
            "handles":{{Directory.EnumerateFileSystemEntries($"/proc/{_gateway.Id}/fd").Count()}},"threads":{{Value(status, "Threads:")}}}
            """));
    }

    private static string Value(string[] lines, string name) =>
        lines.First(l => l.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim();
}
