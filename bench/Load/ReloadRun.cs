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

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("sluice-load-").FullName;
    private readonly Versions _file = new("file");
    private readonly Versions _mounted = new("mounted");
    private readonly Process _sluice;
    private readonly List<double> _delays = [];
    private TaskCompletionSource _inForce = New();
    private int _turn;

    private ReloadRun(string sluice)
    {
        Write("base.yaml", ReloadFiles.Gateway("edge", 80) + "---\n" + ReloadFiles.Origin(OriginPort));
        Write("file.yaml", ReloadFiles.Route(_file));
        Mount(ReloadFiles.Route(_mounted));
        string[] arguments =
        [
            "run", "--config", _folder, "--bind", "127.0.0.1", "--port-map", $"80={Port}", "--port-map", $"81={ExtraPort}",
            "--admin", "off", "--status", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--drain-delay", "0s",
        ];
        _sluice = new Process { StartInfo = new ProcessStartInfo(sluice, arguments) { RedirectStandardError = true } };
        _sluice.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("is in force", StringComparison.Ordinal) == true)
                _inForce.TrySetResult();
            else if (line.Data is { } text && !text.Contains(" info ", StringComparison.Ordinal))
                Console.Error.WriteLine(text);
        };
    }

    public static async Task<int> RunAsync(string sluice, int reloads, TimeSpan length, int perSecond)
    {
        await using var origin = await Origin.StartAsync(OriginPort);
        using var run = new ReloadRun(sluice);
        run._sluice.Start();
        run._sluice.BeginErrorReadLine();
        await run._inForce.Task.WaitAsync(Patience);
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

    public void Dispose()
    {
        _sluice.Kill();
        _sluice.WaitForExit();
        _sluice.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Plan Next() => (Interlocked.Increment(ref _turn) % 2 == 0 ? _file : _mounted).Plan();

    private async Task ReloadAsync(int number)
    {
        _inForce = New();
        var start = Stopwatch.GetTimestamp();
        switch (number % 3)
        {
            case 0:
                _file.Begin();
                Write("file.yaml", ReloadFiles.Route(_file));
                break;
            case 1:
                _mounted.Begin();
                Mount(ReloadFiles.Route(_mounted));
                break;
            case 2 when number % 2 == 0:
                Write("extra.yaml", ReloadFiles.Gateway("extra", 81));
                break;
            default:
                File.Delete(Path.Combine(_folder, "extra.yaml"));
                break;
        }
        await _inForce.Task.WaitAsync(Patience);
        _delays.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        _file.End();
        _mounted.End();
    }

    private void Write(string name, string text)
    {
        var draft = Path.Combine(_folder, "." + name);
        File.WriteAllText(draft, text);
        File.Move(draft, Path.Combine(_folder, name), overwrite: true);
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
