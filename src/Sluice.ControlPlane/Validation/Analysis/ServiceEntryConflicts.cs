using Sluice.Api.Findings;
using Sluice.Api.Networking;
using Sluice.Api.Resources;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>ServiceEntries that define the same host and port for the same namespaces.</summary>
internal sealed class ServiceEntryConflicts
{
    private const int MaxNamed = 3;

    /// <summary>The scope under which the claims of all namespaces are kept.</summary>
    private const string Anyone = "";

    private const string Public = "*";

    /// <summary>A port of a host.</summary>
    private sealed record Claim(Resource<ServiceEntrySpec> Entry, string Protocol);

    private readonly Dictionary<(string Host, uint Port, string Scope), List<Claim>> _claims = [];

    /// <summary>Looks at all ServiceEntries.</summary>
    public static void Run(ConfigIndex index, List<Finding> findings)
    {
        var analysis = new ServiceEntryConflicts();
        foreach (var entry in index.Set.ServiceEntries) analysis.Add(entry);
        foreach (var (entry, root) in ConfigIndex.Whole(index.Set.ServiceEntries, findings)) analysis.Check(entry, root["spec"]);
    }

    private void Add(Resource<ServiceEntrySpec> entry)
    {
        string[] scopes = [.. ScopesOf(entry), Anyone];
        foreach (var (host, port) in PortsOf(entry))
        {
            foreach (var scope in scopes) Add((host, port.Number ?? 0, scope), new Claim(entry, ProtocolOf(port)));
        }
    }

    /// <summary>Of a protocol no more is kept than is named beside one that asks.</summary>
    private void Add((string Host, uint Port, string Scope) key, Claim claim)
    {
        if (!_claims.TryGetValue(key, out var list)) _claims[key] = list = [];
        if (list.Count(other => other.Protocol == claim.Protocol) <= MaxNamed) list.Add(claim);
    }

    private void Check(Resource<ServiceEntrySpec> entry, Field at)
    {
        var conflicting = new List<Claim>();
        var repeated = new List<Claim>();
        string? where = null;
        foreach (var (host, port) in PortsOf(entry))
        {
            foreach (var other in Rivals(entry, host, port.Number ?? 0))
            {
                var list = other.Protocol == ProtocolOf(port) ? repeated : conflicting;
                if (list.Count == MaxNamed || list.Exists(known => known.Entry == other.Entry)) continue;
                list.Add(other);
                where ??= $"{host}:{port.Number}";
            }
        }

        if (conflicting.Count > 0)
        {
            at["ports"].Warning(Codes.ConflictingProtocols,
                $"{at.Path}.ports: {Names(conflicting)} says another protocol for {where} "
                    + $"({string.Join(", ", conflicting.Select(c => c.Protocol).Distinct())})", "agree on one");
        }
        else if (repeated.Count > 0)
        {
            at["hosts"].Warning(Codes.SeveralServiceEntries, $"{at.Path}.hosts: {where} is defined by {Names(repeated)}, too",
                "keep one ServiceEntry for it");
        }
    }

    /// <summary>Other entries with the port of the host, that some namespace sees together with this one.</summary>
    private IEnumerable<Claim> Rivals(Resource<ServiceEntrySpec> entry, string host, uint port)
    {
        IReadOnlyList<string> own = ScopesOf(entry);
        foreach (var scope in own.Contains(Public) ? [Anyone] : own.Append(Public))
        {
            foreach (var claim in _claims.GetValueOrDefault((host, port, scope)) ?? [])
            {
                if (claim.Entry != entry) yield return claim;
            }
        }
    }

    private static string Names(List<Claim> claims) => string.Join(", ", claims.Select(claim => claim.Entry.Id));

    private static string ProtocolOf(ServicePort port) => port.Protocol is { Length: > 0 } protocol ? protocol.ToUpperInvariant()
        : "none";

    private static IEnumerable<(string Host, ServicePort Port)> PortsOf(Resource<ServiceEntrySpec> entry) =>
        (entry.Spec.Hosts ?? []).SelectMany(_ => entry.Spec.Ports ?? [], (host, port) => (host, port));

    /// <summary>The namespaces that see an entry; <c>*</c> for all.</summary>
    private static IReadOnlyList<string> ScopesOf(Resource<ServiceEntrySpec> entry) =>
        entry.Spec.ExportTo is not { Count: > 0 } exports || exports.Contains(Public) ? [Public]
            : [.. exports.Select(scope => scope == "." ? entry.Namespace : scope).Distinct()];
}
