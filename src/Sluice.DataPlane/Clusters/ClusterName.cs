namespace Sluice.DataPlane.Clusters;

/// <summary>Istio's name of a cluster, <c>outbound|PORT|SUBSET|HOST</c>: one service port, or one subset of it.</summary>
/// <param name="Port">The service's port number.</param>
/// <param name="Subset">Subset of a DestinationRule; empty for the whole service.</param>
/// <param name="Host">Host name of the service, fully qualified.</param>
public readonly record struct ClusterName(int Port, string Subset, string Host)
{
    /// <summary>The name as it appears in metrics, logs and the admin API.</summary>
    public override string ToString() => $"outbound|{Port}|{Subset}|{Host}";
}
