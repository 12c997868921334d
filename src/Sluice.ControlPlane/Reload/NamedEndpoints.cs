using Sluice.Api.Findings;
using Sluice.ControlPlane.Compilation;
using Sluice.ControlPlane.Discovery;
using Sluice.ControlPlane.Discovery.Names;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Pipeline;

namespace Sluice.ControlPlane.Reload;

/// <summary>Keeps the endpoints that are written as names at the addresses that the names have: when a snapshot is put in force, and whenever
/// an answer changes. A change gives the clusters concerned other members, by one write each; nothing is read or compiled again.</summary>
/// <remarks>The last answers are the other side of a reload: a new snapshot begins with them, and a name that is new is waited for a
/// little.</remarks>
public sealed class NamedEndpoints
{
    private readonly NameTable _names;
    private readonly LiveSnapshot _live;
    private readonly TimeProvider _time;

    // Held while members are made and put in force, so that a snapshot never takes over from one that changes.
    private readonly Lock _gate = new();
    private IReadOnlyList<NamedCluster> _inForce = [];

    /// <param name="names">Knows the addresses of names.</param>
    /// <param name="live">The snapshot in force.</param>
    /// <param name="time">The clock.</param>
    public NamedEndpoints(NameTable names, LiveSnapshot live, TimeProvider time)
    {
        (_names, _live, _time) = (names, live, time);
        names.Changed += Apply;
    }

    /// <summary>Asks for the names of a configuration that nobody asked for yet.</summary>
    /// <param name="config">About to be put in force.</param>
    /// <param name="patience">How long to wait for the answers. What comes later is put in force when it comes.</param>
    /// <param name="cancel">Gives up.</param>
    internal async Task PrepareAsync(CompiledConfig config, TimeSpan patience, CancellationToken cancel)
    {
        try
        {
            await _names.FollowAsync(NamesOf(config.Named), config.NameInterval).WaitAsync(patience, _time, cancel);
        }
        catch (TimeoutException)
        {
            // Findings says which names have no answer.
        }
    }

    /// <summary>What there is to say about the names of a configuration: each that has no address, or an old one.</summary>
    internal IEnumerable<Finding> Findings(CompiledConfig config)
    {
        var told = new HashSet<(string, string)>();
        foreach (var (cluster, plan, source) in config.Named)
        {
            foreach (var name in plan.Names)
            {
                var state = _names.Find(name);
                if (state is { IsKnown: true, Error: null } || !told.Add((source.Id, name)))
                    continue;
                var meanwhile = state.Addresses.Count > 0
                    ? $"its addresses of {state.ResolvedAt:u} are used meanwhile: {string.Join(", ", state.Addresses)}"
                    : $"there is nothing to use meanwhile, and {cluster.Name.Host} is served without it";
                yield return Finding.At(source, "spec", Severity.Warning, FindingCodes.NameUnresolved,
                    $"{name} does not resolve ({state.Error ?? "no answer yet"}); {meanwhile}",
                    "check the name, and the resolver of this machine");
            }
        }
    }

    /// <summary>Puts a configuration in force, with the addresses that its names have now.</summary>
    internal void Publish(CompiledConfig config)
    {
        lock (_gate)
        {
            var carryOver = new CarryOver(_live.Current, _time);
            foreach (var (cluster, plan, _) in config.Named)
                cluster.Publish(plan.Resolved(carryOver.Of(cluster.Text), AddressesOf));
            _live.Publish(config.Snapshot);
            _inForce = config.Named;
        }
        Forget();
    }

    /// <summary>Forgets the names that only a refused configuration had, or one that is no more.</summary>
    internal void Forget() => _names.Keep(NamesOf(_inForce).ToHashSet(StringComparer.OrdinalIgnoreCase));

    private void Apply(string name)
    {
        lock (_gate)
        {
            foreach (var (cluster, plan, _) in _inForce)
            {
                if (plan.Names.Contains(name, StringComparer.OrdinalIgnoreCase))
                    Update(cluster, plan);
            }
        }
    }

    private void Update(Cluster cluster, MemberPlan plan)
    {
        var now = cluster.Members;
        var members = plan.Resolved(new Predecessors(cluster, _time.GetTimestamp(), isSame: true), AddressesOf);
        // Resolvers rotate their answers; that changes nobody's endpoints but those of names with a single one.
        if (!members.Endpoints.SequenceEqual(now.Endpoints) || !members.Resting.SequenceEqual(now.Resting))
            cluster.Publish(members);
    }

    private IReadOnlyList<System.Net.IPAddress> AddressesOf(string name) => _names.Find(name).Addresses;

    private static IEnumerable<string> NamesOf(IEnumerable<NamedCluster> clusters) => clusters.SelectMany(c => c.Plan.Names).Distinct(StringComparer.OrdinalIgnoreCase);
}
