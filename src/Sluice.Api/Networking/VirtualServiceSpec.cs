namespace Sluice.Api.Networking;

/// <summary>Where the requests for a set of hosts go (<c>networking.istio.io VirtualService</c>).</summary>
public sealed record VirtualServiceSpec
{
    /// <summary>Hosts that are routed: full names, <c>*.suffix</c> or <c>*</c>; none makes it a delegate.</summary>
    public IReadOnlyList<string>? Hosts { get; init; }

    /// <summary>Gateways it is bound to, as <c>name</c>, <c>namespace/name</c> or the reserved <c>mesh</c>; none means
    /// <c>mesh</c> alone.</summary>
    public IReadOnlyList<string>? Gateways { get; init; }

    /// <summary>Rules for HTTP, the first that matches wins.</summary>
    public IReadOnlyList<HttpRoute>? Http { get; init; }

    /// <summary>Rules for TLS that is passed through.</summary>
    public IReadOnlyList<TlsRoute>? Tls { get; init; }

    /// <summary>Rules for plain TCP.</summary>
    public IReadOnlyList<TcpRoute>? Tcp { get; init; }

    /// <summary>Namespaces that may use it: <c>.</c>, <c>*</c>, or names; none means all.</summary>
    public IReadOnlyList<string>? ExportTo { get; init; }
}
