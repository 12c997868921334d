using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Listeners;

/// <summary>What a listener does with a connection.</summary>
public enum ListenerKind
{
    /// <summary>Plain HTTP/1.1 and HTTP/2.</summary>
    Http,

    /// <summary>TLS: servers are told apart by the name in the ClientHello.</summary>
    Tls,

    /// <summary>Opaque TCP.</summary>
    Tcp,
}

/// <summary>One port that the gateway listens on, and what is served there. Immutable.</summary>
public sealed class Listener
{
    /// <summary>Istio's name, <c>BIND_PORT</c> (<c>0.0.0.0_8080</c> for the default bind).</summary>
    public required string Name { get; init; }

    /// <summary>Address of the Gateway server's <c>bind</c>; null for the gateway's default.</summary>
    public required string? Bind { get; init; }

    /// <summary>The port to bind, after port translation and <c>--port-map</c>.</summary>
    public required int Port { get; init; }

    /// <summary>The port that the Gateway server declares.</summary>
    public required int ServerPort { get; init; }

    /// <summary>What is spoken.</summary>
    public required ListenerKind Kind { get; init; }

    /// <summary>One for a plain HTTP listener; for TLS one a server (or a passthrough route), in order.</summary>
    public required FilterChain[] FilterChains { get; init; }

    /// <summary>Whether callers are other services of ours, whose <c>x-request-id</c> and <c>x-forwarded-*</c> are believed
    /// (the <c>--mesh</c> listener).</summary>
    public bool TrustsCallers { get; init; }

    /// <summary>The chain for a server name: exact, longest wildcard, then the chain for any name; null closes the connection.</summary>
    public FilterChain? Choose(string? sni)
    {
        FilterChain? best = null;
        var bestLength = -1;
        foreach (var chain in FilterChains)
        {
            var length = chain.Covers(sni);
            if (length > bestLength)
                (best, bestLength) = (chain, length);
        }
        return best;
    }
}

/// <summary>How a Gateway server treats TLS.</summary>
public enum TlsMode
{
    /// <summary>No TLS on this listener.</summary>
    None,

    /// <summary>SIMPLE: the server shows a certificate.</summary>
    Simple,

    /// <summary>MUTUAL: the client must show one, too.</summary>
    Mutual,

    /// <summary>OPTIONAL_MUTUAL: the client's is verified when shown.</summary>
    OptionalMutual,

    /// <summary>ISTIO_MUTUAL: mutual, with the mesh's certificates.</summary>
    IstioMutual,

    /// <summary>PASSTHROUGH: not terminated, routed by server name.</summary>
    Passthrough,

    /// <summary>AUTO_PASSTHROUGH: not terminated, the server name says the cluster.</summary>
    AutoPassthrough,
}

/// <summary>What serves a connection once its server name is known: HTTP routes, or the clusters of a TCP proxy.</summary>
public sealed class FilterChain
{
    /// <summary>Server names, exact or <c>*.suffix</c>, in lower case; empty for any, also for none.</summary>
    public required string[] Sni { get; init; }

    /// <summary>TLS mode of the Gateway server.</summary>
    public required TlsMode Tls { get; init; }

    /// <summary>HTTP routes; null for a TCP proxy.</summary>
    public RouteConfig? Routes { get; init; }

    /// <summary>Clusters of a TCP proxy; null for HTTP.</summary>
    public WeightedClusters? Clusters { get; init; }

    /// <summary><c>file:line</c> of the server.</summary>
    public required string At { get; init; }

    /// <summary>Id of the Gateway, or of the VirtualService for a passthrough route.</summary>
    public required string Source { get; init; }

    /// <summary>How specifically the chain covers a server name: -1 not at all, 0 as any name, else the length of the covering name.</summary>
    internal int Covers(string? sni)
    {
        if (Sni.Length == 0)
            return 0;
        if (string.IsNullOrEmpty(sni))
            return -1;
        var best = -1;
        foreach (var name in Sni)
        {
            if (name == "*")
                best = Math.Max(best, 0);
            else if (name.StartsWith('*'))
                best = sni.Length >= name.Length && sni.EndsWith(name[1..], StringComparison.OrdinalIgnoreCase) ? Math.Max(best, name.Length) : best;
            else if (name.Equals(sni, StringComparison.OrdinalIgnoreCase))
                return int.MaxValue;
        }
        return best;
    }
}
