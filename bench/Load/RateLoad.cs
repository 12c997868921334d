using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Sluice.Load;

/// <summary>What to ask for next, and which answer is right.</summary>
/// <param name="Host">The Host header.</param>
/// <param name="IsRight">Whether a body is what the configuration at that time may answer; called when the answer is there.</param>
internal sealed record Plan(string Host, Func<string, bool> IsRight);

/// <summary>Requests at a constant rate over kept connections. Latency counts from when a request was due, when an earlier one held it up:
/// else a gateway that stalls would be asked less, and look better than it is.</summary>
internal sealed class RateLoad(int port, int perSecond) : IDisposable
{
    private const int Connections = 64;

    private readonly HttpClient _client = new(new SocketsHttpHandler { MaxConnectionsPerServer = Connections, UseProxy = false });
    private readonly ConcurrentQueue<double> _milliseconds = new();
    private readonly ConcurrentDictionary<string, int> _wrong = new();
    private double _seconds;
    private int _failed;
    private int _misrouted;

    /// <summary>Requests that ended, however they did.</summary>
    public int Answered => _milliseconds.Count;

    public int Failed => _failed;

    public int Misrouted => _misrouted;

    public async Task RunAsync(Func<Plan> next, TimeSpan length, CancellationToken stop)
    {
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(n => SendAsync(next, n, start, length, stop)));
        _seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>One line of JSON: requests, rate, failures, latencies in milliseconds.</summary>
    public string Report()
    {
        var sorted = _milliseconds.Order().ToArray();
        foreach (var (what, times) in _wrong)
            Console.Error.WriteLine($"{times} x {what}");
        return string.Create(CultureInfo.InvariantCulture, $$"""
            {"requests":{{sorted.Length}},"per_second":{{sorted.Length / _seconds:f0}},"failed":{{_failed}},"misrouted":{{_misrouted}},
            """ + $$"""
            "p50_ms":{{At(0.5):f2}},"p99_ms":{{At(0.99):f2}},"max_ms":{{At(1):f2}}}
            """);

        double At(double share) => sorted.Length == 0 ? 0 : sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];
    }

    public void Dispose() => _client.Dispose();

    private async Task SendAsync(Func<Plan> next, int worker, long start, TimeSpan length, CancellationToken stop)
    {
        var wasLate = false;
        for (long number = worker; ; number += Connections)
        {
            var due = start + number * Stopwatch.Frequency / perSecond;
            var now = Stopwatch.GetTimestamp();
            if (stop.IsCancellationRequested || Stopwatch.GetElapsedTime(start, Math.Max(due, now)) >= length)
                return;
            if (due > now)
                await Task.Delay(Stopwatch.GetElapsedTime(now, due), CancellationToken.None);
            // A timer that fires late is no fault of the gateway's.
            await SendAsync(next(), wasLate && due <= now ? due : Stopwatch.GetTimestamp());
            wasLate = true;
        }
    }

    private async Task SendAsync(Plan plan, long from)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/");
            request.Headers.Host = plan.Host;
            using var response = await _client.SendAsync(request);
            var body = await response.Content.ReadAsStringAsync();
            if (!response.IsSuccessStatusCode)
                Wrong(ref _failed, $"{(int)response.StatusCode} {body}");
            else if (!plan.IsRight(body))
                Wrong(ref _misrouted, $"{plan.Host} {body}");
        }
        catch (HttpRequestException e)
        {
            Wrong(ref _failed, e.Message);
        }
        _milliseconds.Enqueue(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
    }

    private void Wrong(ref int counter, string what)
    {
        Interlocked.Increment(ref counter);
        _wrong.AddOrUpdate(what, 1, (_, times) => times + 1);
    }
}
