using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.DataPlane.Listeners;
using ApiTlsMode = Sluice.Api.Networking.TlsMode;
using TlsMode = Sluice.DataPlane.Listeners.TlsMode;

namespace Sluice.ControlPlane.Compilation;

/// <summary>How a Gateway server's connections are served.</summary>
internal enum ServerKind
{
    /// <summary>Plain HTTP.</summary>
    Http,

    /// <summary>HTTP after the termination of TLS.</summary>
    Https,

    /// <summary>A TCP proxy after the termination of TLS.</summary>
    TlsTerminate,

    /// <summary>TLS passed on, routed by server name.</summary>
    TlsPassthrough,

    /// <summary>TLS passed on, the server name says the cluster.</summary>
    TlsAutoPassthrough,

    /// <summary>A TCP proxy.</summary>
    Tcp,
}

/// <summary>One server of a Gateway, on the port that it is bound to.</summary>
/// <param name="Gateway">The Gateway.</param>
/// <param name="Index">Index of the server.</param>
/// <param name="Kind">How it is served.</param>
/// <param name="Port">The port to bind.</param>
/// <param name="Hosts">Its hosts as <c>namespace/host</c> or <c>host</c> for any namespace.</param>
internal sealed record ServerPlan(Resource<GatewaySpec> Gateway, int Index, ServerKind Kind, int Port, string[] Hosts)
{
    /// <summary>The server.</summary>
    public Server Server { get; } = Gateway.Spec.Servers![Index];

    /// <summary>The Gateway as <c>namespace/name</c>.</summary>
    public string GatewayName { get; } = $"{Gateway.Namespace}/{Gateway.Name}";

    /// <summary>The port that the server declares.</summary>
    public int DeclaredPort => (int)(Server.Port?.Number ?? 0);

    /// <summary>Address of <c>bind</c>; null for the default.</summary>
    public string? Bind => string.IsNullOrEmpty(Server.Bind) ? null : Server.Bind;

    /// <summary>Where the server stands in the Gateway.</summary>
    public string Path => $"spec.servers[{Index}]";

    /// <summary><c>file:line</c> of the server.</summary>
    public string At => Gateway.Locate(Path).ToString();

    /// <summary>Whether plain requests are sent to https.</summary>
    public bool RedirectsToHttps => Kind == ServerKind.Http && Server.Tls?.HttpsRedirect == true;

    /// <summary>What the listener speaks that the server needs.</summary>
    public ListenerKind Listener => Kind switch
    {
        ServerKind.Http => ListenerKind.Http,
        ServerKind.Tcp => ListenerKind.Tcp,
        _ => ListenerKind.Tls,
    };

    /// <summary>The TLS mode at run time.</summary>
    public TlsMode Tls => Listener != ListenerKind.Tls ? TlsMode.None : Server.Tls?.Mode switch
    {
        ApiTlsMode.Simple => TlsMode.Simple,
        ApiTlsMode.Mutual => TlsMode.Mutual,
        ApiTlsMode.OptionalMutual => TlsMode.OptionalMutual,
        ApiTlsMode.IstioMutual => TlsMode.IstioMutual,
        ApiTlsMode.AutoPassthrough => TlsMode.AutoPassthrough,
        _ => TlsMode.Passthrough,
    };

    /// <summary>Istio's name of the server's route configuration; null where there are no HTTP routes.</summary>
    public string? RouteConfigName
    {
        get
        {
            var bind = Bind is null ? "" : $".{Bind}";
            return Kind switch
            {
                ServerKind.Http => $"http.{Port}{bind}",
                ServerKind.Https => $"https.{DeclaredPort}.{Server.Port?.Name}.{Gateway.Name}.{Gateway.Namespace}{bind}",
                _ => null,
            };
        }
    }

    /// <summary>The hosts that VirtualServices of a namespace may use.</summary>
    public List<string> HostsFor(string ns)
    {
        var hosts = new List<string>(Hosts.Length);
        foreach (var host in Hosts)
        {
            var slash = host.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0 || host.AsSpan(0, slash).SequenceEqual(ns))
                hosts.Add(host[(slash + 1)..]);
        }
        return hosts;
    }

    /// <summary>The hosts without their namespaces.</summary>
    public IEnumerable<string> BareHosts => Hosts.Select(h => h[(h.IndexOf('/', StringComparison.Ordinal) + 1)..]).Distinct();

    /// <summary>How a server is served; null when its protocol and TLS settings don't go together, which validation refuses.</summary>
    public static ServerKind? KindOf(Server server)
    {
        var mode = server.Tls?.Mode ?? ApiTlsMode.Passthrough;
        return (server.Port?.Protocol ?? "").ToUpperInvariant() switch
        {
            "HTTP" or "HTTP2" or "GRPC" or "GRPC-WEB" => ServerKind.Http,
            "TCP" or "MONGO" or "MYSQL" or "REDIS" => ServerKind.Tcp,
            "HTTPS" or "TLS" when server.Tls is null => null,
            "HTTPS" or "TLS" when mode == ApiTlsMode.Passthrough => ServerKind.TlsPassthrough,
            "HTTPS" or "TLS" when mode == ApiTlsMode.AutoPassthrough => ServerKind.TlsAutoPassthrough,
            "HTTPS" => ServerKind.Https,
            "TLS" => ServerKind.TlsTerminate,
            _ => null,
        };
    }
}

/// <summary>The servers that share a port and an address.</summary>
/// <param name="Bind">Address; null for the default.</param>
/// <param name="Port">Port.</param>
/// <param name="Kind">What is spoken there.</param>
/// <param name="Servers">In order.</param>
internal sealed record ListenerPlan(string? Bind, int Port, ListenerKind Kind, List<ServerPlan> Servers)
{
    /// <summary>Istio's name.</summary>
    public string Name => $"{Bind ?? "0.0.0.0"}_{Port}";
}
