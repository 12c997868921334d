using System.Globalization;
using Sluice.Load;

// What wrk can't do: know which answer is the right one, keep to a rate, and reload meanwhile. See bench/README.md.
const string Usage = """
    sluice-load origin PORT [ANSWER]                         answers every request with its path, or with the same words
    sluice-load rate PORT HOST RATE SECONDS                  sends GET / at a rate, prints latencies
    sluice-load reloads SLUICE COUNT SECONDS RATE            runs the gateway, reloads it under load, exit 1 if a request went wrong
    sluice-load pods SLUICE RATE                             runs the gateway, kills one of three pods under load, exit 1 if too many noticed
    sluice-load soak SLUICE REQUESTS                         runs the gateway, prints what it holds after each tenth of the requests
    """;

switch (args)
{
    case ["origin", var port]:
        await using (await Origin.StartAsync(Number(port)))
            await Task.Delay(Timeout.Infinite);
        return 0;
    case ["origin", var port, var answer]:
        await using (await Origin.StartAsync(Number(port), answer))
            await Task.Delay(Timeout.Infinite);
        return 0;
    case ["rate", var port, var host, var rate, var seconds]:
        using (var load = new RateLoad(Number(port), Number(rate)))
        {
            var plan = new Plan(host, _ => true);
            await load.RunAsync(() => plan, TimeSpan.FromSeconds(Number(seconds)), CancellationToken.None);
            Console.WriteLine(load.Report());
            return load.Failed > 0 ? 1 : 0;
        }
    case ["reloads", var sluice, var count, var seconds, var rate]:
        return await ReloadRun.RunAsync(sluice, Number(count), TimeSpan.FromSeconds(Number(seconds)), Number(rate));
    case ["pods", var sluice, var rate]:
        return await PodsRun.RunAsync(sluice, Number(rate));
    case ["soak", var sluice, var requests]:
        return await SoakRun.RunAsync(sluice, long.Parse(requests, CultureInfo.InvariantCulture));
    default:
        Console.Error.WriteLine(Usage);
        return 64;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
