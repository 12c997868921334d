namespace Sluice.DataPlane.Clusters.Balancers;

/// <summary>How a balancer picks as long as the health of its endpoints stays what it is. Immutable.</summary>
/// <remarks>As in Envoy: a level takes 1.4 times its available share of the traffic, at most all that is left, and what remains goes to the
/// next; when all levels together can't take everything, shares are scaled up. A level whose available share is below
/// <see cref="BalancingPolicy.PanicPercent"/> then takes all its endpoints for available. Inside a level a group's share shrinks in the same
/// way when many of its endpoints are gone.</remarks>
internal sealed class BalancerView
{
    private const int Everything = 100;
    private const int Overprovisioning = 140;

    // Resolution of a group's part in its level.
    private const int Parts = 1_000_000;

    private readonly Picker[] _pickers;
    private readonly WeightTable? _shares;
    private readonly Func<uint> _random;

    public BalancerView(
        BalancingPolicy policy, EndpointGroup[][] levels, Func<int, HashTable> tableOf, Func<uint> random, TimeProvider time)
    {
        _random = random;
        var pickers = new List<Picker>();
        var shares = new List<int>();
        var loads = LevelLoad.Of(levels, policy.PanicPercent);
        for (var level = 0; level < levels.Length; level++)
        {
            if (loads[level].Percent == 0)
                continue;
            if (policy.IsHashing)
            {
                pickers.Add(new HashPicker(tableOf(level), Members(levels[level]), loads[level].IsPanic, random));
                shares.Add(loads[level].Percent);
            }
            else
            {
                AddGroups(pickers, shares, levels[level], loads[level], policy, time);
            }
        }
        _pickers = [.. pickers];
        _shares = pickers.Count > 1 ? new WeightTable([.. shares]) : null;
    }

    /// <summary>The <see cref="ClusterStats.HealthVersion"/> that it was made for.</summary>
    public required int HealthVersion { get; init; }

    /// <summary>The levels that it was made without, a bit for each.</summary>
    public uint PassedLevels { get; init; }

    /// <summary>The endpoint to try; null when there is none.</summary>
    public Endpoint? Pick(in PickContext context)
    {
        if (_shares is null)
            return _pickers.Length == 0 ? null : _pickers[0].Pick(context);
        // The same key meets the same level; its other bits find the endpoint there.
        var draw = context.Hash is { } hash ? Hashing.Other(hash) : _random();
        return _pickers[_shares.Find(WeightTable.Scale(draw, _shares.Total))].Pick(context);
    }

    private void AddGroups(
        List<Picker> pickers, List<int> shares, EndpointGroup[] level, LevelLoad load, BalancingPolicy policy, TimeProvider time)
    {
        var weights = Array.ConvertAll(level, group => Weight(group, load.IsPanic));
        var total = weights.Sum();
        for (var i = 0; i < level.Length; i++)
        {
            var candidates = Array.FindAll(level[i].Endpoints, e => load.IsPanic ? e.IsAvailableInPanic : e.IsAvailable);
            if (candidates.Length == 0)
                continue;
            pickers.Add(SelectingPicker.Of(policy, candidates, _random, time));
            shares.Add((int)Math.Max(1, Parts * load.Percent / Everything * weights[i] / total));
        }
    }

    private static double Weight(EndpointGroup group, bool isPanic) => isPanic
        ? group.Weight
        : group.Weight * Math.Min(1, Overprovisioning / (double)Everything * group.Endpoints.Count(e => e.IsAvailable) / group.Endpoints.Length);

    private static Endpoint[] Members(EndpointGroup[] level) =>
        level is [var only] ? only.Endpoints : [.. level.SelectMany(group => group.Endpoints)];
}
