using Sluice.Api.Networking;
using Sluice.DataPlane.Routing;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Finds the key by which a route's destination binds clients to endpoints.</summary>
/// <remarks>The innermost <c>consistentHash</c> holds: of the subset's entry for the port, the subset, the rule's entry for the port, the rule. An
/// entry for a port counts only where the destination states that port.
/// https://istio.io/latest/docs/reference/config/networking/destination-rule/#LoadBalancerSettings-ConsistentHashLB.</remarks>
internal sealed class HashCompiler
{
    // Thousands of routes lead to one service.
    private readonly Dictionary<ConsistentHash, HashPolicy?> _compiled = new(ReferenceEqualityComparer.Instance);

    /// <summary>The key of a destination; null for none.</summary>
    /// <param name="rule">The rule of its service; null without.</param>
    /// <param name="subset">The subset it names; null or empty for none.</param>
    /// <param name="statedPort">The port it states; null when it states none.</param>
    public HashPolicy? Find(MergedRule? rule, string? subset, int? statedPort)
    {
        if (rule is null)
            return null;
        var own = string.IsNullOrEmpty(subset) ? null : rule.Subsets.FirstOrDefault(s => s.Subset.Name == subset).Subset?.TrafficPolicy;
        var hash = AtPort(own, statedPort) ?? own?.LoadBalancer?.ConsistentHash
            ?? AtPort(rule.Policy, statedPort) ?? rule.Policy?.LoadBalancer?.ConsistentHash;
        if (hash is null)
            return null;
        if (!_compiled.TryGetValue(hash, out var policy))
            _compiled[hash] = policy = Compile(hash);
        return policy;
    }

    private static ConsistentHash? AtPort(TrafficPolicy? policy, int? port) => port is { } number
        ? policy?.PortLevelSettings?.FirstOrDefault(entry => entry.Port?.Number == number)?.LoadBalancer?.ConsistentHash
        : null;

    private static HashPolicy? Compile(ConsistentHash hash)
    {
        if (hash.HttpHeaderName is { Length: > 0 } header)
            return HashPolicy.ByHeader(header);
        if (hash.HttpCookie is { Name: { Length: > 0 } name } cookie)
        {
            var attributes = (cookie.Attributes ?? []).Select(a => KeyValuePair.Create(a.Name ?? "", a.Value ?? ""));
            return HashPolicy.ByCookie(name, cookie.Ttl, cookie.Path, attributes);
        }
        if (hash.UseSourceIp == true)
            return HashPolicy.ByAddress;
        return hash.HttpQueryParameterName is { Length: > 0 } parameter ? HashPolicy.ByQuery(parameter) : null;
    }
}
