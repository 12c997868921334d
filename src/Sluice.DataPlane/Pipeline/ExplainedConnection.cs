using Sluice.DataPlane.Listeners;

namespace Sluice.DataPlane.Pipeline;

/// <summary>Says which listener and which filter chain take a connection.</summary>
internal static class ExplainedConnection
{
    private const int Http = 80;
    private const int Https = 443;

    /// <summary>The filter chain; null when the connection ends before.</summary>
    public static (Listener Listener, FilterChain Chain)? Find(Snapshot snapshot, ExplainCall call, Explanation explanation) =>
        FindListener(snapshot, call, explanation) is { } listener && FindChain(listener, call, explanation) is { } chain
            ? (listener, chain)
            : null;

    private static Listener? FindListener(Snapshot snapshot, ExplainCall call, Explanation explanation)
    {
        var mesh = call.Gateway == "mesh";
        var port = call.Port ?? (ExplainedRequest.IsEncrypted(call) ? Https : Http);
        Listener? best = null;
        foreach (var listener in snapshot.Listeners)
        {
            if (listener.TrustsCallers == mesh && Rank(listener, call, port) > (best is null ? 0 : Rank(best, call, port)))
                best = listener;
        }
        if (best is null)
        {
            explanation.Fail("no_listener", "listener", mesh
                ? "there is no mesh listener"
                : $"no Gateway server of this gateway listens on port {port}, so the connection is refused", null);
            return null;
        }
        explanation.Answer.Listener = best.Name;
        explanation.Say("listener", "matched", $"port {(mesh ? best.Port : port)} is {best.Name}", best.FilterChains.FirstOrDefault()?.At);
        return best;
    }

    /// <summary>How well a listener fits: the port that a Gateway server declares goes before the bound one, then the address counts.
    /// 0 for not at all.</summary>
    private static int Rank(Listener listener, ExplainCall call, int port)
    {
        if (call.Address is not null && listener.Bind is not null && listener.Bind != call.Address && !listener.TrustsCallers)
            return 0;
        var address = listener.Bind == call.Address ? 1 : 0;
        return listener.TrustsCallers || listener.ServerPort == port ? 3 + address
            : listener.Port == port ? 1 + address
            : 0;
    }

    /// <summary>The names of the errors are those of Istio's simulator: who sends plain text to TLS has a TLS error, who sends TLS to plain
    /// HTTP a protocol error.</summary>
    private static FilterChain? FindChain(Listener listener, ExplainCall call, Explanation explanation)
    {
        var encrypted = ExplainedRequest.IsEncrypted(call);
        var name = listener.Kind == ListenerKind.Tls ? ExplainedRequest.ServerNameOf(call) : null;
        if (listener.Choose(name) is not { } chain)
        {
            explanation.Fail("no_filter_chain", "filter chain", (encrypted, name) switch
            {
                (false, null) => "the listener speaks TLS and the client does not, so it names no server",
                (true, null) => "the client names no server, and no server takes that",
                _ => $"no server has the name {name}",
            }, null);
            return null;
        }
        explanation.Answer.FilterChain = chain.Sni.Length == 0 ? listener.Name : string.Join(",", chain.Sni);
        var (error, reason) = Misfit(listener, chain, call, encrypted);
        if (error is not null)
        {
            explanation.Fail(error, "filter chain", reason, chain.At);
            return null;
        }
        if (listener.Kind == ListenerKind.Tls)
        {
            var names = chain.Sni.Length == 0 ? "any name" : string.Join(", ", chain.Sni);
            explanation.Say("filter chain", "matched",
                $"the server name {name ?? "(none)"} is covered by {names}, tls mode {ModeName(chain.Tls)}", chain.At);
        }
        return chain;
    }

    private static (string? Error, string Reason) Misfit(Listener listener, FilterChain chain, ExplainCall call, bool encrypted)
    {
        if (listener.Kind == ListenerKind.Tls && !encrypted)
            return ("tls_error", "the listener speaks TLS and the client does not");
        if (call.Tls != "mtls" && chain.Tls is TlsMode.Mutual or TlsMode.IstioMutual)
            return ("mtls_error", "the server demands a client certificate, and the client shows none");
        if (chain.Routes is null)
            return default;
        if (encrypted && chain.Tls == TlsMode.None)
            return ("protocol_error", "the client speaks TLS and the listener does not");
        if (call.Protocol == "tcp")
            return ("protocol_error", "the server speaks HTTP and the client does not");
        return default;
    }

    private static string ModeName(TlsMode mode) => mode switch
    {
        TlsMode.None => "none",
        TlsMode.Simple => "SIMPLE",
        TlsMode.Mutual => "MUTUAL",
        TlsMode.OptionalMutual => "OPTIONAL_MUTUAL",
        TlsMode.IstioMutual => "ISTIO_MUTUAL",
        TlsMode.Passthrough => "PASSTHROUGH",
        _ => "AUTO_PASSTHROUGH",
    };
}
