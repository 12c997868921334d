using Sluice.Api.Findings;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>Servers of different Gateways that claim the same host on the same port of the same workload.</summary>
internal sealed class GatewayConflicts
{
    /// <summary>What a Gateway selects; Gateways with the same selector share one.</summary>
    private sealed record Selection(IReadOnlyDictionary<string, string>? Selector, bool IsOurs, IReadOnlyList<Workload> Workloads)
    {
        public bool IsEverything => Selector is null or { Count: 0 };
    }

    /// <summary>A host of a server.</summary>
    private sealed record Claim(Resource<GatewaySpec> Gateway, Selection Selection, string Scope, string Host, string Bind);

    private const int MaxNamed = 3;
    private const string Public = "*";

    /// <summary>The scope under which the claims for all namespaces are kept.</summary>
    private const string Anyone = "";

    private readonly ConfigIndex _index;
    private readonly Dictionary<string, Selection> _selections = new(StringComparer.Ordinal);
    private readonly Dictionary<(uint Port, string Scope), List<Claim>> _byPort = [];
    private readonly Dictionary<(uint Port, string Scope, string Host), List<Claim>> _byHost = [];
    private readonly Dictionary<(uint Port, string Scope, string Suffix), List<Claim>> _bySuffix = [];

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
        foreach (var claim in ClaimsOf(gateway, server))
        {
            foreach (var scope in (ReadOnlySpan<string>)[claim.Scope, Anyone])
            {
                Append(_byPort, (port, scope), claim);
                Append(_byHost, (port, scope, claim.Host), claim);
                for (var dot = claim.Host.IndexOf('.'); dot >= 0; dot = claim.Host.IndexOf('.', dot + 1))
                    Append(_bySuffix, (port, scope, claim.Host[dot..]), claim);
            }
        }
    }

    private IEnumerable<Claim> ClaimsOf(Resource<GatewaySpec> gateway, Server server)
    {
        var selection = SelectionOf(gateway.Spec.Selector);
        foreach (var text in server.Hosts ?? [])
        {
            var (scope, host) = Split(text, gateway.Namespace);
            yield return new Claim(gateway, selection, scope, host, server.Bind ?? "");
        }
    }

    private Selection SelectionOf(IReadOnlyDictionary<string, string>? selector)
    {
        var key = Labels.Text(selector);
        if (!_selections.TryGetValue(key, out var known))
        {
            _selections[key] = known = new Selection(
                selector, Labels.Select(selector, _index.Identity.Labels),
                selector is { Count: > 0 } ? [.. _index.Workloads.SelectAnywhere(selector)] : []);
        }

        return known;
    }

    private void Check(Field at, Resource<GatewaySpec> gateway, Server server)
    {
        if (server.Port?.Number is not { } port) return;
        var others = new List<string>();
        foreach (var claim in ClaimsOf(gateway, server))
        {
            foreach (var other in Candidates(port, claim))
            {
                if (others.Count == MaxNamed) break;
                if (!Conflict(claim, other)) continue;
                var name = $"{other.Gateway.Namespace}/{other.Gateway.Name}";
                if (!others.Contains(name)) others.Add(name);
            }
        }

        if (others.Count == 0) return;
        at.Error(Codes.ConflictingGateways,
            $"{at.Path} shares port {port} and hosts ({string.Join(", ", server.Hosts!.Take(MaxNamed))}) with "
                + $"{string.Join(", ", others)}",
            "of servers that can't be merged, the one of the Gateway that comes first by name is served");
    }

    /// <summary>Claims that overlap in hosts, and in the namespaces that they are for.</summary>
    private IEnumerable<Claim> Candidates(uint port, Claim claim) => claim.Scope == Public
        ? Overlapping(port, Anyone, claim.Host)
        : Overlapping(port, claim.Scope, claim.Host).Concat(Overlapping(port, Public, claim.Host));

    private IEnumerable<Claim> Overlapping(uint port, string scope, string host)
    {
        if (host == "*") return ListOf(_byPort, (port, scope));
        var found = ListOf(_byHost, (port, scope, host)).Concat(ListOf(_byHost, (port, scope, "*")));
        for (var dot = host.IndexOf('.'); dot >= 0; dot = host.IndexOf('.', dot + 1))
            found = found.Concat(ListOf(_byHost, (port, scope, "*" + host[dot..])));
        return host.StartsWith('*') ? found.Concat(ListOf(_bySuffix, (port, scope, host[1..]))) : found;
    }

    private static bool Conflict(Claim claim, Claim other) =>
        other.Gateway != claim.Gateway && other.Bind == claim.Bind && MayMeet(claim.Selection, other.Selection);

    /// <summary>Whether both select the same workload: one known by name, or whatever the narrower one selects.</summary>
    private static bool MayMeet(Selection a, Selection b) =>
        ReferenceEquals(a, b) || a.IsEverything || b.IsEverything || (a.IsOurs && b.IsOurs)
        || Labels.Select(a.Selector, b.Selector!) || Labels.Select(b.Selector, a.Selector!)
        || a.Workloads.Any(workload => Labels.Select(b.Selector, workload.Labels));

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
