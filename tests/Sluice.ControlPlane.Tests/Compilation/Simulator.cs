using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Listeners;
using Sluice.DataPlane.Pipeline;
using Sluice.DataPlane.Routing;

namespace Sluice.ControlPlane.Tests.Compilation;

/// <summary>Asks a snapshot what it does with a call, without any traffic.</summary>
internal static class Simulator
{
    public static Outcome Call(Snapshot snapshot, Call call)
    {
        var listener = Array.Find(snapshot.Listeners, l => l.Port == call.Port);
        if (listener is null)
            return new Outcome { Error = "no_listener" };
        var chain = listener.Choose(call.Sni);
        if (chain is null)
            return new Outcome { Listener = listener.Name, Error = "no_filter_chain" };
        if (chain.Clusters is { } clusters)
            return new Outcome { Listener = listener.Name, Clusters = [.. clusters.Entries.Select(e => e.Name)] };
        var host = chain.Routes!.Hosts.Find(call.Host);
        var outcome = new Outcome { Listener = listener.Name, RouteConfig = chain.Routes.Name, VirtualHost = host?.Name };
        if (host is null)
            return outcome with { Error = "no_virtual_host" };
        var head = new RequestHead(call.Method, listener.Kind == ListenerKind.Tls ? "https" : "http", call.Host, call.Path, call.Headers);
        if (host.RequireTls && head.Scheme == "http")
            return outcome with { Error = "tls_redirect" };
        if (host.Match(head) is not { } route)
            return outcome with { Error = "no_route" };
        return outcome with
        {
            Route = route,
            Clusters = route.Action is ForwardAction forward ? [.. forward.Clusters.Entries.Select(e => e.Name)] : [],
        };
    }

    public static Outcome Get(Snapshot snapshot, string host, string path = "/", int port = 80, string? sni = null) =>
        Call(snapshot, new Call { Port = port, Host = host, Path = path, Sni = sni });
}

internal sealed record Call
{
    public required int Port { get; init; }
    public string Host { get; init; } = "";
    public string Path { get; init; } = "/";
    public string Method { get; init; } = "GET";
    public string? Sni { get; init; }
    public IHeaderDictionary Headers { get; init; } = new HeaderDictionary();
}

internal sealed record Outcome
{
    public string? Listener { get; init; }
    public string? RouteConfig { get; init; }
    public string? VirtualHost { get; init; }
    public Route? Route { get; init; }
    public string[] Clusters { get; init; } = [];
    public string? Error { get; init; }
}
