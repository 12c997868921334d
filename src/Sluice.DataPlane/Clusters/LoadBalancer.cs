using Sluice.DataPlane.Clusters.Balancers;

namespace Sluice.DataPlane.Clusters;

/// <summary>What a balancer may look at when it picks.</summary>
/// <param name="Hash">Hash of the request's key (consistentHash), null without one.</param>
/// <param name="Avoid">The endpoint of the attempt before, not to be picked again when there is another; null on a first attempt.</param>
public readonly record struct PickContext(ulong? Hash, Endpoint? Avoid)
{
    /// <summary>Levels that are to be passed over as long as others can take the request, a bit for each; 0 for none.</summary>
    public uint PassedLevels { get; init; }
}

/// <summary>Chooses the endpoint of an attempt. Picking allocates nothing and takes no lock; what depends on the health of the endpoints is
/// in a view that is made anew when the health of one has changed.</summary>
/// <remarks>The endpoints stand in levels: the first takes the traffic as long as enough of it is available, then the next shares it
/// (DestinationRule <c>localityLbSetting</c>; see <see cref="BalancerView"/>).</remarks>
public sealed class LoadBalancer
{
    private readonly ClusterStats _stats;
    private readonly EndpointGroup[][] _levels;
    private readonly HashTable?[] _tables;
    private readonly Func<uint> _random;
    private readonly TimeProvider _time;
    private BalancerView? _view;
    private BalancerView? _beyond;

    /// <summary>A balancer of endpoints that nobody ejects.</summary>
    /// <param name="policy">How to pick.</param>
    /// <param name="endpoints">In a stable order.</param>
    public LoadBalancer(BalancingPolicy policy, Endpoint[] endpoints)
        : this(policy, [[new EndpointGroup(endpoints, 1)]], new ClusterStats(), TimeProvider.System)
    {
    }

    /// <param name="policy">How to pick.</param>
    /// <param name="levels">The groups of each level, the nearest level first.</param>
    /// <param name="stats">Knows when the health of an endpoint changed.</param>
    /// <param name="time">The clock of warm-ups.</param>
    /// <param name="random">32 random bits a call, on any thread; null for the built-in source.</param>
    public LoadBalancer(BalancingPolicy policy, EndpointGroup[][] levels, ClusterStats stats, TimeProvider time, Func<uint>? random = null)
    {
        Policy = policy;
        _levels = levels;
        _stats = stats;
        _tables = new HashTable?[levels.Length];
        _time = time;
        _random = random ?? ThreadRandom.Next;
    }

    /// <summary>How it picks.</summary>
    public BalancingPolicy Policy { get; }

    /// <summary>The groups of each level, the nearest level first.</summary>
    public IReadOnlyList<IReadOnlyList<EndpointGroup>> Levels => _levels;

    /// <summary>The endpoint to try, or null when no available one exists (503, flag UH).</summary>
    public Endpoint? Pick(in PickContext context)
    {
        var view = Volatile.Read(ref _view);
        if (view is null || view.HealthVersion != _stats.HealthVersion)
            view = Refresh();
        return (context.PassedLevels == 0 ? null : Beyond(context.PassedLevels, view.HealthVersion).Pick(context)) ?? view.Pick(context);
    }

    /// <summary>The level of an endpoint as a bit of <see cref="PickContext.PassedLevels"/>; 0 for those beyond the thirty-second, and for
    /// endpoints that are not among the balancer's any more.</summary>
    public uint LevelOf(Endpoint endpoint)
    {
        for (var level = 0; level < Math.Min(_levels.Length, sizeof(uint) * 8); level++)
        {
            foreach (var group in _levels[level])
            {
                if (Array.IndexOf(group.Endpoints, endpoint) >= 0)
                    return 1u << level;
            }
        }
        return 0;
    }

    /// <summary>Takes over the tables of a predecessor where they would come out the same, because making them takes its time.</summary>
    public void Inherit(LoadBalancer predecessor)
    {
        if (predecessor.Policy.Algorithm != Policy.Algorithm || predecessor.Policy.TableSize != Policy.TableSize)
            return;
        for (var level = 0; level < Math.Min(_levels.Length, predecessor._levels.Length); level++)
        {
            if (Volatile.Read(ref predecessor._tables[level]) is { } table && HashTable.AreAlike(_levels[level], predecessor._levels[level]))
                _tables[level] = table;
        }
    }

    // Several threads may come here at once: each makes a view that is right for the version it read before it looked, and all take the first
    // one of a version, so that turns are counted once.
    private BalancerView Refresh()
    {
        var old = Volatile.Read(ref _view);
        var version = _stats.HealthVersion;
        var view = new BalancerView(Policy, _levels, TableOf, _random, _time) { HealthVersion = version };
        var found = Interlocked.CompareExchange(ref _view, view, old);
        return found is not null && !ReferenceEquals(found, old) && found.HealthVersion == version ? found : view;
    }

    // How the levels that are left share the traffic. While a level fails, retries ask for the same again and again, so one is kept.
    private BalancerView Beyond(uint passed, int version)
    {
        if (Volatile.Read(ref _beyond) is { } kept && kept.HealthVersion == version && kept.PassedLevels == passed)
            return kept;
        var left = new EndpointGroup[_levels.Length][];
        for (var level = 0; level < left.Length; level++)
            left[level] = level < sizeof(uint) * 8 && (passed & (1u << level)) != 0 ? [] : _levels[level];
        var view = new BalancerView(Policy, left, TableOf, _random, _time) { HealthVersion = version, PassedLevels = passed };
        Volatile.Write(ref _beyond, view);
        return view;
    }

    // Made when it is first needed: most clusters of a large configuration are never asked.
    private HashTable TableOf(int level)
    {
        if (Volatile.Read(ref _tables[level]) is not { } table)
            Volatile.Write(ref _tables[level], table = HashTable.Of(Policy, _levels[level]));
        return table;
    }
}
