using System.Net;
using Sluice.ControlPlane.Discovery;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Clusters.Balancers;

namespace Sluice.ControlPlane.Compilation;

/// <summary>What the members of a cluster are made of: the endpoints as they are written, and how requests are spread over them. Kept for
/// clusters whose endpoints have names: a new answer makes new members out of it, and nothing else is compiled again.</summary>
/// <param name="written">The endpoints, some of them perhaps names.</param>
/// <param name="balancing">How one is picked.</param>
/// <param name="levels">Puts endpoints into levels by what is known about them.</param>
/// <param name="time">The clock of warm-ups.</param>
internal sealed class MemberPlan(
    ServiceEndpoint[] written, BalancingPolicy balancing, Func<Endpoint[], ServiceEndpoint[], EndpointGroup[][]> levels, TimeProvider time)
{
    /// <summary>The names among the endpoints.</summary>
    public string[] Names { get; } =
        [.. written.Where(e => !e.IsResting).Select(e => e.Workload.Address).Where(IsName).Distinct()];

    /// <summary>The members with the names as they are written, for those who only look.</summary>
    public ClusterMembers AsWritten(Predecessors before)
    {
        var members = new MemberList(before);
        foreach (var endpoint in written)
            members.Add(endpoint, endpoint.Workload.Address, isResting: endpoint.IsResting);
        return Balanced(members, before);
    }

    /// <summary>The members with the addresses that the names have now. Endpoints of the cluster itself that stay are the same
    /// objects.</summary>
    /// <param name="before">The members so far.</param>
    /// <param name="addressesOf">The addresses of a name, in the resolver's order; none when it has none.</param>
    public ClusterMembers Resolved(Predecessors before, Func<string, IReadOnlyList<IPAddress>> addressesOf)
    {
        var members = new MemberList(before);
        foreach (var endpoint in written)
        {
            var host = endpoint.Workload.Address;
            if (endpoint.IsResting || !IsName(host))
            {
                members.Add(endpoint, host, endpoint.IsResting);
                continue;
            }
            var addresses = addressesOf(host);
            if (addresses.Count == 0)
                members.Add(endpoint, host, isResting: true);
            else if (endpoint.IsOneOfName)
                members.Add(endpoint, addresses[0].ToString(), isResting: false, key: Endpoint.AddressOf(host, endpoint.Port));
            else
                // Resolvers rotate what they answer; the order must not look like a change.
                foreach (var address in addresses.Select(a => a.ToString()).Order(StringComparer.Ordinal))
                    members.Add(endpoint, address, isResting: false);
        }
        return Balanced(members, before);
    }

    private static bool IsName(string host) => !IPAddress.TryParse(host, out _) && !Endpoint.IsUnix(host);

    private ClusterMembers Balanced(MemberList members, Predecessors before)
    {
        Endpoint[] endpoints = [.. members.Endpoints];
        var balancer = new LoadBalancer(balancing, levels(endpoints, [.. members.Sources]), before.Stats, time);
        if (balancing.IsHashing && before.Balancer is { } predecessor)
            balancer.Inherit(predecessor);
        return new ClusterMembers(endpoints, balancer)
        {
            Resting = [.. members.Resting],
            Leaving = before.Leaving(members.Endpoints.Concat(members.Resting)),
        };
    }

    /// <summary>Collects endpoints, each key once.</summary>
    private sealed class MemberList(Predecessors before)
    {
        private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

        /// <summary>Those that take requests.</summary>
        public List<Endpoint> Endpoints { get; } = [];

        /// <summary>What each of <see cref="Endpoints"/> is made of.</summary>
        public List<ServiceEndpoint> Sources { get; } = [];

        /// <summary>Those that take none.</summary>
        public List<Endpoint> Resting { get; } = [];

        public void Add(ServiceEndpoint source, string host, bool isResting, string? key = null)
        {
            key ??= Endpoint.AddressOf(host, source.Port);
            if (!_keys.Add(key))
                return;
            var endpoint = Make(source, host, key);
            if (isResting)
            {
                Resting.Add(endpoint);
                return;
            }
            Endpoints.Add(endpoint);
            Sources.Add(source);
        }

        private Endpoint Make(ServiceEndpoint source, string host, string key)
        {
            var workload = source.Workload;
            if (before.IsSame && before.Find(key) is { } same && same.Host == host)
                return same;
            return new Endpoint(host, source.Port, workload.Weight, before.StatsOf(key)) { Key = key, Workload = workload.Identity };
        }
    }
}

/// <summary>A cluster that routes lead to and whose endpoints have names.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Plan">What its members are made of.</param>
/// <param name="Source">The object that the names are written in.</param>
internal sealed record NamedCluster(Cluster Cluster, MemberPlan Plan, Sluice.Api.Resources.Resource Source);
