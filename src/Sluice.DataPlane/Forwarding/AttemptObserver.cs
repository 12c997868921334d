using Sluice.DataPlane.Clusters;

namespace Sluice.DataPlane.Forwarding;

/// <summary>Lets a cluster's detector see what attempts show about their endpoints, and has those ejected that reach a threshold.</summary>
/// <remarks>As in Envoy, an answer counts when its head is there and before the client gets it, a connection that breaks counts also behind
/// a head, and a timeout only before it. What the client did, and what the gateway answers by itself, is nobody's fault.</remarks>
/// <param name="ejections">Takes endpoints out.</param>
internal sealed class AttemptObserver(Ejections ejections)
{
    /// <summary>The head of an answer is about to become the client's.</summary>
    public void Answered(Attempt attempt)
    {
        if (attempt.Cluster.OutlierDetector is not { } detector)
            return;
        attempt.WasObserved = true;
        Observe(detector, attempt, new UpstreamEvent(HadConnection: true, StatusOf(attempt), Failed: false));
    }

    /// <summary>An attempt has ended.</summary>
    public void Ended(Attempt attempt, in AttemptOutcome outcome)
    {
        if (attempt.Cluster.OutlierDetector is not { } detector)
            return;
        var status = attempt.WasObserved || outcome.Progress == AttemptProgress.Malformed ? 0 : StatusOf(attempt);
        var failed = outcome.Error?.Kind switch
        {
            ProxyErrorKind.ConnectFailure or ProxyErrorKind.ConnectTimeout or ProxyErrorKind.ConnectionTermination
                or ProxyErrorKind.RemoteReset or ProxyErrorKind.RefusedStream or ProxyErrorKind.ProtocolError => true,
            // One that waited for its turn in vain says nothing about the endpoint.
            ProxyErrorKind.PerTryTimeout or ProxyErrorKind.RouteTimeout => attempt is { Status: 0, WasAdmitted: true },
            _ => false,
        };
        Observe(detector, attempt, new UpstreamEvent(attempt is { WasSent: true, WasObserved: false }, status, failed));
    }

    private void Observe(OutlierDetector detector, Attempt attempt, in UpstreamEvent happened)
    {
        var reached = detector.Observe(attempt.Endpoint.Stats.Health, happened);
        if (reached != EjectionCause.None)
            ejections.Eject(attempt.Cluster, attempt.Endpoint, reached);
    }

    private static int StatusOf(Attempt attempt) =>
        attempt.GrpcStatus == GrpcStatuses.None ? attempt.Status : GrpcStatuses.ToHttp(attempt.GrpcStatus);
}
