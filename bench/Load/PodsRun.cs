using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Sluice.Load;

/// <summary>Kills one of three pods under load and starts it again while it is ejected: how many clients see an error until the gateway knows,
/// how many afterwards, and when does the pod get requests again.</summary>
/// <remarks>A pod is a process, killed without a word: its listener is gone, and its connections are reset. The VirtualService asks for no
/// retries, which would hide every error, or says nothing about them, which means Istio's two.</remarks>
internal sealed class PodsRun : IDisposable
{
    private const int FirstPod = 19321;
    private const int Pods = 3;
    private const int Port = 19324;

    // At most one request in a hundred may fail in the time of detection, and none later.
    private const double MostErrors = 0.01;

    private static readonly TimeSpan Detection = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan EjectionTime = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan MostDelay = TimeSpan.FromSeconds(5);

    private readonly Process[] _pods = new Process[Pods];
    private readonly Gateway _gateway;
    private readonly string _victim = $"{FirstPod}";
    private long _killed;
    private long _ejected;
    private long _back;

    private PodsRun(string sluice, bool retries)
    {
        _gateway = new Gateway(sluice, Port, "--metrics", "127.0.0.1:0");
        _gateway.Write("pods.yaml", string.Join("---\n",
            Objects.Gateway("edge", 80), Objects.Service("pods", Enumerable.Range(FirstPod, Pods)), PodFiles.Rule(EjectionTime), PodFiles.Route(retries)));
        _gateway.Said += line =>
        {
            if (line.Contains("is ejected", StringComparison.Ordinal))
                Interlocked.CompareExchange(ref _ejected, Stopwatch.GetTimestamp(), 0);
        };
    }

    /// <summary>Prints a line of JSON for a run without retries, and one for a run with the default ones.</summary>
    /// <param name="sluice">Path of the executable.</param>
    /// <param name="perSecond">Requests a second.</param>
    /// <returns>1 when a bound was missed.</returns>
    public static async Task<int> RunAsync(string sluice, int perSecond)
    {
        var met = true;
        foreach (var retries in (bool[])[false, true])
        {
            using var run = new PodsRun(sluice, retries);
            met &= await run.RunAsync(perSecond, retries);
        }
        return met ? 0 : 1;
    }

    public void Dispose()
    {
        _gateway.Dispose();
        foreach (var pod in _pods.OfType<Process>())
            End(pod);
    }

    private async Task<bool> RunAsync(int perSecond, bool retries)
    {
        for (var i = 0; i < Pods; i++)
            _pods[i] = Start(i);
        for (var i = 0; i < Pods; i++)
            await WhenServing(i);
        await _gateway.StartAsync();
        using var load = new RateLoad(Port, perSecond);
        using var stop = new CancellationTokenSource();
        var plan = new Plan("pods.example.com", Note);
        var sending = load.RunAsync(() => plan, TimeSpan.FromHours(1), stop.Token);
        await Task.Delay(WarmUp);

        var before = (load.Answered, load.Failed);
        Volatile.Write(ref _killed, Stopwatch.GetTimestamp());
        End(_pods[0]);
        await Task.Delay(Detection);
        var detected = (load.Answered, load.Failed);
        _pods[0] = Start(0);
        var limit = EjectionTime + MostDelay;
        while (Volatile.Read(ref _back) == 0 && Stopwatch.GetElapsedTime(_killed) < limit + Detection)
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        await Task.Delay(Detection);
        await stop.CancelAsync();
        await sending;

        var share = (detected.Failed - before.Failed) / (double)(detected.Answered - before.Answered);
        var later = load.Failed - detected.Failed;
        var back = _back == 0 ? TimeSpan.MaxValue : Stopwatch.GetElapsedTime(_killed, _back);
        Console.WriteLine(load.Report());
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $$"""
            {"retries":{{(retries ? "true" : "false")}},"errors_before":{{before.Failed}},"errors_in_2_s":{{detected.Failed - before.Failed}},"percent_in_2_s":{{100 * share:f3}},
            """ + $$"""
            "errors_later":{{later}},"ejected_after_ms":{{After(_ejected)}},"ejection_time_ms":{{EjectionTime.TotalMilliseconds:f0}},"back_after_ms":{{After(_back)}}}
            """));
        return before.Failed == 0 && share <= MostErrors && later == 0 && back <= limit;
    }

    private string After(long timestamp) =>
        timestamp == 0 ? "null" : Stopwatch.GetElapsedTime(_killed, timestamp).TotalMilliseconds.ToString("f0", CultureInfo.InvariantCulture);

    // Every answer is right; one of the pod that was killed says that it is back.
    private bool Note(string body)
    {
        if (body == _victim && Volatile.Read(ref _ejected) is not 0)
            Interlocked.CompareExchange(ref _back, Stopwatch.GetTimestamp(), 0);
        return true;
    }

    private static Process Start(int pod)
    {
        var port = $"{FirstPod + pod}";
        return Process.Start(Environment.ProcessPath!, ["origin", port, port]);
    }

    private static async Task WhenServing(int pod)
    {
        while (true)
        {
            using var probe = new TcpClient();
            try
            {
                await probe.ConnectAsync(IPAddress.Loopback, FirstPod + pod);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    private static void End(Process pod)
    {
        pod.Kill();
        pod.WaitForExit();
        pod.Dispose();
    }
}
