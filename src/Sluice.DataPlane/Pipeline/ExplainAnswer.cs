namespace Sluice.DataPlane.Pipeline;

/// <summary>What the gateway would do with a request, and why. Names are Istio's; null where the request does not come that far.</summary>
public sealed class ExplainAnswer
{
    /// <summary><c>BIND_PORT</c>.</summary>
    public string? Listener { get; set; }

    /// <summary>Server names of the chosen filter chain, or the listener's name where TLS does not choose.</summary>
    public string? FilterChain { get; set; }

    /// <summary>Route configuration.</summary>
    public string? RouteConfig { get; set; }

    /// <summary><c>HOST:PORT</c>.</summary>
    public string? VirtualHost { get; set; }

    /// <summary>Name of the HTTP rule; null when it has none.</summary>
    public string? Route { get; set; }

    /// <summary>The one cluster; null when there are several, or none.</summary>
    public string? Cluster { get; set; }

    /// <summary>The clusters and their weights.</summary>
    public IReadOnlyList<ExplainCluster> Clusters { get; set; } = [];

    /// <summary><c>no_listener</c>, <c>no_filter_chain</c>, <c>no_virtual_host</c>, <c>no_route</c>, <c>tls_redirect</c>,
    /// <c>protocol_error</c>, <c>tls_error</c>, <c>mtls_error</c>, or null.</summary>
    public string? Error { get; set; }

    /// <summary>Status of an answer that the gateway gives by itself; null when an upstream answers, or nobody.</summary>
    public int? Status { get; set; }

    /// <summary>Each decision in order.</summary>
    public IReadOnlyList<ExplainStep> Why { get; set; } = [];

    /// <summary>Endpoints of all clusters.</summary>
    public IReadOnlyList<string> Endpoints { get; set; } = [];
}

/// <summary>A destination.</summary>
/// <param name="Cluster">Name of the cluster.</param>
/// <param name="Weight">Its weight.</param>
public sealed record ExplainCluster(string Cluster, int Weight);

/// <summary>A decision.</summary>
/// <param name="Step">What was decided: <c>listener</c>, <c>filter chain</c>, <c>virtual host</c>, <c>route</c>, <c>fault</c>, ...</param>
/// <param name="Verdict"><c>matched</c>, <c>not matched</c>, <c>applies</c>, <c>answers</c>, <c>fails</c>.</param>
/// <param name="Detail">In words.</param>
/// <param name="At"><c>file:line</c>; null where no file says so.</param>
public sealed record ExplainStep(string Step, string Verdict, string Detail, string? At);
