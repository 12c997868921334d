namespace Sluice.DataPlane.Routing;

/// <summary>Delays and aborts a share of the requests of a route (HTTPRoute <c>fault</c>). Delay and abort are drawn independently,
/// the delay comes first.</summary>
public sealed record FaultInjector
{
    /// <summary>How long a delayed request waits.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Share of delayed requests, 0 to 1,000,000.</summary>
    public int DelayMillionths { get; init; }

    /// <summary>HTTP status of an aborted request, 200 to 599; 0 when <see cref="AbortGrpcStatus"/> counts.</summary>
    public int AbortStatus { get; init; }

    /// <summary>gRPC status of an aborted request; null when <see cref="AbortStatus"/> counts.</summary>
    public int? AbortGrpcStatus { get; init; }

    /// <summary>Share of aborted requests, 0 to 1,000,000.</summary>
    public int AbortMillionths { get; init; }

    /// <summary>What happens to one request.</summary>
    /// <param name="dice">Draws uniformly from 0 to below its argument.</param>
    public FaultDecision Decide(Func<int, int> dice) => new(
        Share.Takes(DelayMillionths, dice) ? Delay : TimeSpan.Zero,
        Share.Takes(AbortMillionths, dice),
        AbortStatus,
        AbortGrpcStatus);
}

/// <summary>What a <see cref="FaultInjector"/> does to a request.</summary>
/// <param name="Delay">Wait so long (flag DI); zero for no delay.</param>
/// <param name="Aborts">Whether the request is then answered with the status (flag FI).</param>
/// <param name="AbortStatus">HTTP status of the abort; 0 when there is a gRPC status.</param>
/// <param name="AbortGrpcStatus">gRPC status of the abort; null when the HTTP status counts.</param>
public readonly record struct FaultDecision(TimeSpan Delay, bool Aborts, int AbortStatus, int? AbortGrpcStatus);
