using System.Collections.Frozen;

namespace Sluice.DataPlane.Clusters;

/// <summary>Tells from the answers and failures of a cluster's endpoints which are to be left out for a while (DestinationRule
/// <c>trafficPolicy.outlierDetection</c>), as Envoy does
/// (https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/outlier).</summary>
/// <remarks>Counts in a row, for each endpoint: errors, gateway errors among them, and, only if they are counted apart, failures of this side,
/// which otherwise count as answers 503 and 504. Reaching a threshold is reported once; whether an ejection follows is for
/// <see cref="Ejections"/> to say. Observing takes no lock and allocates nothing.</remarks>
public sealed class OutlierDetector
{
    private const int InternalServerError = 500;
    private const int BadGateway = 502;
    private const int GatewayTimeout = 504;

    private static readonly TimeSpan LongestEjection = TimeSpan.FromSeconds(300);

    /// <summary>Errors in a row that eject; 0 for never (<c>consecutive5xxErrors</c>).</summary>
    public int Consecutive5xxErrors { get; init; } = 5;

    /// <summary>Gateway errors in a row that eject; 0 for never (<c>consecutiveGatewayErrors</c>).</summary>
    public int ConsecutiveGatewayErrors { get; init; }

    /// <summary>Whether failures of this side are counted apart (<c>splitExternalLocalOriginErrors</c>).</summary>
    public bool SplitsLocalOrigin { get; init; }

    /// <summary>Failures of this side in a row that eject, if they are counted apart (<c>consecutiveLocalOriginFailures</c>).</summary>
    public int ConsecutiveLocalOriginFailures { get; init; } = 5;

    /// <summary>Time between two looks at who may come back, more than zero (<c>interval</c>).</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time out for a first ejection; the second takes twice as long, and so on (<c>baseEjectionTime</c>).</summary>
    public TimeSpan BaseEjectionTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most endpoints out at once, in percent of all (<c>maxEjectionPercent</c>). There is no exception for a first one: with the
    /// default, clusters of less than ten endpoints eject none.</summary>
    public int MaxEjectionPercent { get; init; } = 10;

    /// <summary>Statuses that count as errors in place of those from 500 on; null without (<c>outlierDetectionHttpErrorCodes</c>).</summary>
    public FrozenSet<int>? ErrorStatuses { get; init; }

    /// <summary>The longest time out.</summary>
    internal TimeSpan MaxEjectionTime => BaseEjectionTime > LongestEjection ? BaseEjectionTime : LongestEjection;

    /// <summary>Takes note of what an attempt showed.</summary>
    /// <returns>The thresholds that were reached by it; almost always none.</returns>
    public EjectionCause Observe(EndpointHealth health, in UpstreamEvent attempt)
    {
        var reached = EjectionCause.None;
        if (SplitsLocalOrigin && attempt.HadConnection)
            health.CountConnection();
        if (attempt.Status > 0)
            reached = ObserveAnswer(health, attempt.Status);
        if (attempt.Failed)
            reached |= SplitsLocalOrigin ? health.CountLocalFailure(this) : health.CountError(isGatewayError: true, this);
        return reached;
    }

    /// <summary>How long an endpoint stays out.</summary>
    internal TimeSpan EjectionTime(int multiplier)
    {
        var time = BaseEjectionTime * multiplier;
        return time < MaxEjectionTime ? time : MaxEjectionTime;
    }

    private EjectionCause ObserveAnswer(EndpointHealth health, int status)
    {
        if (ErrorStatuses?.Contains(status) ?? status is >= InternalServerError and < 600)
            // A list of statuses of one's own makes errors of them, and not gateway errors.
            return health.CountError(ErrorStatuses is null && status is >= BadGateway and <= GatewayTimeout, this);
        health.CountSuccess();
        return EjectionCause.None;
    }
}

/// <summary>What an attempt showed about its endpoint.</summary>
/// <param name="HadConnection">Whether it had a connection.</param>
/// <param name="Status">Status of the answer, for gRPC the one that its status in the head maps to; 0 without an answer.</param>
/// <param name="Failed">Whether it failed on this side, whoever is to blame: no connection, a broken one, no answer in time.</param>
public readonly record struct UpstreamEvent(bool HadConnection, int Status, bool Failed);
