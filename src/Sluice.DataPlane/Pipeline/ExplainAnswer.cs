namespace Sluice.DataPlane.Pipeline;

/// <summary>What the gateway would do with a call, and why. Names are Istio's; null where the way ended before.</summary>
public sealed record ExplainAnswer
{
    /// <summary>Name of the listener.</summary>
    public string? Listener { get; init; }

    /// <summary>Server names of the filter chain, <c>*</c> for any; null where connections are not told apart by them.</summary>
    public string? FilterChain { get; init; }

    /// <summary>Name of the route configuration.</summary>
    public string? RouteConfig { get; init; }

    /// <summary>Name of the virtual host.</summary>
    public string? VirtualHost { get; init; }

    /// <summary>Name of the route; null when none matched, or it has none.</summary>
    public string? Route { get; init; }

    /// <summary>The cluster, when there is only one to choose.</summary>
    public string? Cluster { get; init; }

    /// <summary>All clusters to choose from.</summary>
    public IReadOnlyList<ExplainedCluster> Clusters { get; init; } = [];

    /// <summary>Why no route was reached: one of the values in <see cref="ExplainErrors"/>; null when one was.</summary>
    public string? Error { get; init; }

    /// <summary>Status that a client sees when the gateway answers by itself; null when an upstream answers, or nobody.</summary>
    public int? Status { get; init; }

    /// <summary>Each decision, in order.</summary>
    public IReadOnlyList<ExplainStep> Why { get; init; } = [];

    /// <summary>Addresses of the endpoints to choose from.</summary>
    public IReadOnlyList<string> Endpoints { get; init; } = [];
}

/// <summary>A cluster with its share of the requests, relative to its neighbours; 100 when it has none.</summary>
/// <param name="Cluster">Name.</param>
/// <param name="Weight">Weight.</param>
public sealed record ExplainedCluster(string Cluster, int Weight);

/// <summary>One decision.</summary>
/// <param name="Step">What was decided: <c>listener</c>, <c>filter chain</c>, <c>path</c>, <c>virtual host</c>, <c>https redirect</c>,
/// <c>route</c>, <c>fault</c>, <c>cors</c>, <c>action</c>, <c>cluster</c>.</param>
/// <param name="Verdict">How: <c>matched</c>, <c>not matched</c>, <c>applies</c>, <c>refused</c>.</param>
/// <param name="Detail">In words.</param>
/// <param name="At"><c>file:line</c> of the rule; null when no rule has a part in it.</param>
public sealed record ExplainStep(string Step, string Verdict, string Detail, string? At);

/// <summary>The values of <see cref="ExplainAnswer.Error"/>.</summary>
public static class ExplainErrors
{
    /// <summary>Nobody listens on the port: the connection is refused.</summary>
    public const string NoListener = "no_listener";

    /// <summary>No server has the name of the TLS handshake: the connection is closed.</summary>
    public const string NoFilterChain = "no_filter_chain";

    /// <summary>No virtual host has the Host: 404.</summary>
    public const string NoVirtualHost = "no_virtual_host";

    /// <summary>No route of the virtual host matches: 404.</summary>
    public const string NoRoute = "no_route";

    /// <summary>Plain HTTP where https is wanted: 301.</summary>
    public const string TlsRedirect = "tls_redirect";

    /// <summary>Opaque bytes where HTTP is spoken.</summary>
    public const string ProtocolError = "protocol_error";

    /// <summary>TLS where there is none, or none where there is.</summary>
    public const string TlsError = "tls_error";

    /// <summary>The server wants a client certificate, and there is none.</summary>
    public const string MtlsError = "mtls_error";
}
