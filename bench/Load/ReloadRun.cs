using System.Diagnostics;
using System.Globalization;

namespace Sluice.Load;

/// <summary>Reloads a gateway while requests run at a rate. Three things change in turn: a file of its own, a mounted ConfigMap (through
/// <c>..data</c>), a file that adds or removes a listener. Each of the first two has a host of its own, whose answer names its version.</summary>
internal sealed class ReloadRun : IDisposable
{
    private const int OriginPort = 19301;
    private const int Port = 19302;
    private const int ExtraPort = 19303;

    private readonly Gateway _gateway;
    private readonly string _folder;
    private readonly Versions _file = new("file");
    private readonly Versions _mounted = new("mounted");
    private readonly List<double> _delays = [];
    private int _turn;

    private ReloadRun(string sluice)
    {
        _gateway = new Gateway(sluice, Port, "--port-map", $"81={ExtraPort}", "--metrics", "127.0.0.1:0");
        _folder = _gateway.Folder;
        _gateway.Write("base.yaml", Objects.Gateway("edge", 80) + "---\n" + Objects.Service("origin", OriginPort));
        _gateway.Write("file.yaml", ReloadFiles.Route(_file));
        Mount(ReloadFiles.Route(_mounted));
    }

    public static async Task<int> RunAsync(string sluice, int reloads, TimeSpan length, int perSecond)
    {
        await using var origin = await Origin.StartAsync(OriginPort);
        using var run = new ReloadRun(sluice);
        await run._gateway.StartAsync();
        using var load = new RateLoad(Port, perSecond);
        using var stop = new CancellationTokenSource();
        var sending = load.RunAsync(run.Next, TimeSpan.FromHours(1), stop.Token);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < reloads; i++)
        {
            var rest = length * i / reloads - Stopwatch.GetElapsedTime(start);
            if (rest > TimeSpan.Zero)
                await Task.Delay(rest);
            await run.ReloadAsync(i);
        }
        var took = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await stop.CancelAsync();
        await sending;

        run._delays.Sort();
        Console.WriteLine(load.Report());
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{{\"reloads\":{reloads},\"seconds\":{took:f1},\"in_force_p50_ms\":{run._delays[reloads / 2]:f0},\"in_force_max_ms\":{run._delays[^1]:f0}}}"));
        return load.Failed + load.Misrouted > 0 ? 1 : 0;
    }

    public void Dispose() => _gateway.Dispose();

    private Plan Next() => (Interlocked.Increment(ref _turn) % 2 == 0 ? _file : _mounted).Plan();

    private async Task ReloadAsync(int number)
    {
        var inForce = _gateway.When("is in force");
        var start = Stopwatch.GetTimestamp();
        switch (number % 3)
        {
            case 0:
                _file.Begin();
                _gateway.Write("file.yaml", ReloadFiles.Route(_file));
                break;
            case 1:
                _mounted.Begin();
                Mount(ReloadFiles.Route(_mounted));
                break;
            case 2 when number % 2 == 0:
                _gateway.Write("extra.yaml", Objects.Gateway("extra", 81));
                break;
            default:
                File.Delete(Path.Combine(_folder, "extra.yaml"));
                break;
        }
        await inForce;
        _delays.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        _file.End();
        _mounted.End();
    }

    /// <summary>As the kubelet does: a new folder, and one rename of the link to it.</summary>
    private void Mount(string text)
    {
        var home = Directory.CreateDirectory(Path.Combine(_folder, "mounted")).FullName;
        var data = $"..{_mounted.Newest}";
        Directory.CreateDirectory(Path.Combine(home, data));
        File.WriteAllText(Path.Combine(home, data, "route.yaml"), text);
        File.CreateSymbolicLink(Path.Combine(home, "..data_tmp"), data);
        // File.Move follows a link to a folder; rename(2) does not.
        using (var move = Process.Start("mv", ["-T", Path.Combine(home, "..data_tmp"), Path.Combine(home, "..data")]))
            move.WaitForExit();
        var route = new FileInfo(Path.Combine(home, "route.yaml"));
        if (route.LinkTarget is null)
            route.CreateAsSymbolicLink(Path.Combine("..data", "route.yaml"));
        if (_mounted.Newest > 2)
            Directory.Delete(Path.Combine(home, $"..{_mounted.Newest - 2}"), recursive: true);
    }
}
