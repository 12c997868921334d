using Microsoft.Extensions.Logging;
using Sluice.Transport.Hub;

namespace Sluice.Hosting;

/// <summary>How long a drain may take.</summary>
internal sealed record DrainOptions
{
    /// <summary><c>--drain-delay</c>: how long new connections are still accepted, so that those who choose a gateway can notice that
    /// it is not ready. Default 5 s.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>--drain-timeout</c>: how long requests in flight may take after that; what is left then is cut. Default 45 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(45);
}

/// <summary>Takes the gateway out of service without cutting a request: readiness fails, and connections close after their next request;
/// after the delay nothing is accepted and idle connections close; it ends with the last request, or at the timeout.</summary>
/// <remarks>The ports of side servers stay open throughout.</remarks>
internal sealed class Drain(GatewayServer server, Readiness readiness, DrainOptions options, TimeProvider time, ILogger logger)
    : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _hurry = new();
    private Task? _running;

    /// <summary>Starts the drain, once; further calls return the same task, which ends when no connection is left.</summary>
    public Task BeginAsync()
    {
        lock (_gate)
            return _running ??= RunAsync();
    }

    /// <summary>Cuts the drain short, also one that has yet to begin: no more waiting, what is open is cut.</summary>
    public void Hurry() => _hurry.Cancel();

    public void Dispose() => _hurry.Dispose();

    private async Task RunAsync()
    {
        readiness.MarkDraining();
        logger.DrainBegins(options.Delay, options.Timeout);
        server.CloseConnectionsAfterRequest();
        await Task.Delay(options.Delay, time, _hurry.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        var ports = server.Hub.Ports.Where(port => port.Spec.Key is not SideServer).ToList();
        foreach (var port in ports)
            await port.StopAcceptingAsync();
        foreach (var port in ports)
            port.RequestClose();

        var drained = Task.WhenAll(ports.Select(port => port.WhenEmptyAsync(_hurry.Token)));
        try
        {
            await drained.WaitAsync(options.Timeout, time, _hurry.Token);
            logger.DrainEnds();
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            logger.DrainCuts(ports.Sum(port => port.ConnectionCount));
            Cut(ports);
        }
    }

    private static void Cut(List<OpenPort> ports)
    {
        foreach (var port in ports)
            port.Abort();
    }
}
