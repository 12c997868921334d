namespace Sluice.Api.Resources;

/// <summary>Chooses workloads by label (Istio's <c>type.v1beta1.WorkloadSelector</c>).</summary>
public sealed record LabelSelector
{
    /// <summary>Labels that a workload must all carry.</summary>
    public IReadOnlyDictionary<string, string>? MatchLabels { get; init; }
}

/// <summary>An object that a policy is attached to.</summary>
public sealed record PolicyTargetReference
{
    /// <summary>Its API group, e.g. <c>gateway.networking.k8s.io</c>.</summary>
    public string? Group { get; init; }

    /// <summary>Its kind, e.g. <c>Gateway</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Its namespace; only the policy's own is allowed.</summary>
    public string? Namespace { get; init; }
}
