using Sluice.Api.Findings;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>Servers of different Gateways that claim the same host on the same port of the same workload.</summary>
internal sealed class GatewayConflicts
{
    /// <summary>A host of a server.</summary>
    private sealed record Claim(Resource<GatewaySpec> Gateway, string Scope, string Host, string Bind);

    private const int MaxNamed = 3;

    private readonly ConfigIndex _index;
    private readonly Dictionary<uint, List<Claim>> _byPort = [];
    private readonly Dictionary<(uint Port, string Host), List<Claim>> _byHost = [];
    private readonly Dictionary<(uint Port, string Suffix), List<Claim>> _bySuffix = [];

    private GatewayConflicts(ConfigIndex index)
    {
        _index = index;
        foreach (var gateway in index.Set.Gateways)
        {
            foreach (var server in gateway.Spec.Servers ?? [])
            {
                if (server.Port?.Number is > 0) Add(gateway, server, server.Port.Number.Value);
            }
        }
    }

    /// <summary>Looks at all Gateways.</summary>
    public static void Run(ConfigIndex index, List<Finding> findings)
    {
        if (index.Set.Gateways.Count < 2) return;
        var analysis = new GatewayConflicts(index);
        foreach (var (gateway, root) in ConfigIndex.Whole(index.Set.Gateways, findings))
        {
            foreach (var (server, at) in root["spec"]["servers"].Each(gateway.Spec.Servers)) analysis.Check(at, gateway, server);
        }
    }

    private void Add(Resource<GatewaySpec> gateway, Server server, uint port)
    {
        foreach (var text in server.Hosts ?? [])
        {
            var (scope, host) = Split(text, gateway.Namespace);
            var claim = new Claim(gateway, scope, host, server.Bind ?? "");
            Append(_byPort, port, claim);
            Append(_byHost, (port, host), claim);
            for (var dot = host.IndexOf('.'); dot >= 0; dot = host.IndexOf('.', dot + 1))
                Append(_bySuffix, (port, host[dot..]), claim);
        }
    }

    private void Check(Field at, Resource<GatewaySpec> gateway, Server server)
    {
        if (server.Port?.Number is not { } port) return;
        var others = new List<string>();
        foreach (var text in server.Hosts ?? [])
        {
            var (scope, host) = Split(text, gateway.Namespace);
            var claim = new Claim(gateway, scope, host, server.Bind ?? "");
            foreach (var other in Candidates(port, host))
            {
                if (others.Count == MaxNamed) break;
                var name = $"{other.Gateway.Namespace}/{other.Gateway.Name}";
                if (!others.Contains(name) && Conflict(claim, other)) others.Add(name);
            }
        }

        if (others.Count == 0) return;
        at.Error(Codes.ConflictingGateways,
            $"{at.Path} shares port {port} and hosts ({string.Join(", ", server.Hosts!.Take(MaxNamed))}) with "
                + $"{string.Join(", ", others)}",
            "of servers that can't be merged, the one of the Gateway that comes first by name is served");
    }

    private IEnumerable<Claim> Candidates(uint port, string host)
    {
        if (host == "*") return _byPort[port];
        var found = ListOf(_byHost, (port, host)).Concat(ListOf(_byHost, (port, "*")));
        for (var dot = host.IndexOf('.'); dot >= 0; dot = host.IndexOf('.', dot + 1))
            found = found.Concat(ListOf(_byHost, (port, "*" + host[dot..])));
        return host.StartsWith('*') ? found.Concat(ListOf(_bySuffix, (port, host[1..]))) : found;
    }

    private bool Conflict(Claim claim, Claim other) =>
        other.Gateway != claim.Gateway
        && other.Bind == claim.Bind
        && (claim.Scope == "*" || other.Scope == "*" || claim.Scope == other.Scope)
        && MayMeet(claim.Gateway.Spec.Selector, other.Gateway.Spec.Selector);

    /// <summary>Whether both select the same workload: one known by name, or whatever the narrower one selects.</summary>
    private bool MayMeet(IReadOnlyDictionary<string, string>? a, IReadOnlyDictionary<string, string>? b)
    {
        if (a is null or { Count: 0 } || b is null or { Count: 0 } || Labels.Select(a, b) || Labels.Select(b, a)) return true;
        if (Labels.Select(a, _index.Identity.Labels) && Labels.Select(b, _index.Identity.Labels)) return true;
        return _index.Workloads.SelectAnywhere(a).Any(workload => Labels.Select(b, workload.Labels));
    }

    private static (string Scope, string Host) Split(string text, string place)
    {
        var slash = text.IndexOf('/');
        if (slash < 0) return ("*", text);
        return (text[..slash] is "." ? place : text[..slash], text[(slash + 1)..]);
    }

    private static void Append<TKey>(Dictionary<TKey, List<Claim>> lists, TKey key, Claim claim) where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list)) lists[key] = list = [];
        list.Add(claim);
    }

    private static List<Claim> ListOf<TKey>(Dictionary<TKey, List<Claim>> lists, TKey key) where TKey : notnull =>
        lists.TryGetValue(key, out var list) ? list : [];
}
