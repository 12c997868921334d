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
}
