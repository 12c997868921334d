using System.Collections;
using System.Reflection;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Clusters.Balancers;
using static Sluice.DataPlane.Tests.Clusters.Balancing;

namespace Sluice.DataPlane.Tests.Clusters;

/// <summary>While one thread holds every lock that it can find from a cluster, another one picks. A pick that takes any of them never ends.</summary>
public sealed class LocklessPickTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static TheoryData<BalancingAlgorithm> Algorithms => Balancing.Algorithms();

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void A_pick_waits_for_nobody(BalancingAlgorithm algorithm)
    {
        using var fixture = new OutlierFixture(6, new OutlierDetector { Consecutive5xxErrors = 1, MaxEjectionPercent = 100 });
        var endpoints = fixture.Cluster.Endpoints;
        var policy = PolicyOf(algorithm) with { Warmup = new Warmup(TimeSpan.FromDays(1), 0.5, 1) };
        var balancer = new LoadBalancer(
            policy, [[new EndpointGroup(endpoints[..3], 1)], [new EndpointGroup(endpoints[3..], 1)]], fixture.Cluster.Stats, TimeProvider.System);
        var retry = new PickContext(7, endpoints[0]) { PassedLevels = 1 };
        // What picks is made by the first of its kind.
        balancer.Pick(default);
        balancer.Pick(retry);
        var held = LocksFrom(balancer, fixture.Cluster, fixture.Ejections);
        Assert.Contains(held, h => h is Picker);
        Assert.Contains(held, h => h is Lock);

        Assert.True(EndsWhileHeld(held, () =>
        {
            balancer.Pick(default);
            // Also the first one after an ejection, which makes another view, and a retry's, which leaves a level out.
            fixture.Cluster.Stats.HealthChanged();
            for (var i = 0; i < 1_000; i++)
            {
                balancer.Pick(new PickContext((ulong)i * 0x9E3779B97F4A7C15, endpoints[0]));
                balancer.Pick(retry);
            }
        }));
    }

    [Fact]
    public void What_does_take_a_lock_is_found_out()
    {
        using var fixture = new OutlierFixture(2, new OutlierDetector());
        var held = LocksFrom(fixture.Cluster, fixture.Ejections);

        Assert.False(EndsWhileHeld(held, () => fixture.Ejections.EjectByOperator(fixture.Cluster, fixture.Cluster.Endpoints[0]), TimeSpan.FromMilliseconds(100)));
        Assert.False(EndsWhileHeld(held, () =>
        {
            lock (fixture.Cluster.Endpoints[1].Stats)
            {
            }
        }, TimeSpan.FromMilliseconds(100)));
    }

    /// <summary>Whether something ends although others hold the locks. They let go afterwards.</summary>
    private static bool EndsWhileHeld(HashSet<object> locks, Action action, TimeSpan? patience = null)
    {
        var working = new Thread(() => action());
        foreach (var held in locks)
            Enter(held);
        try
        {
            working.Start();
            return working.Join(patience ?? Patience);
        }
        finally
        {
            foreach (var held in locks)
                Exit(held);
            working.Join();
        }
    }

    private static void Enter(object held)
    {
        if (held is Lock gate)
            gate.Enter();
        else
            Monitor.Enter(held);
    }

    private static void Exit(object held)
    {
        if (held is Lock gate)
            gate.Exit();
        else
            Monitor.Exit(held);
    }

    /// <summary>Everything that can be locked and is reached from objects of ours, the objects themselves included.</summary>
    private static HashSet<object> LocksFrom(params object[] roots)
    {
        var found = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var waiting = new Stack<object?>(roots);
        while (waiting.TryPop(out var next))
        {
            if (next is null or string or Type or ValueType || !found.Add(next))
                continue;
            if (next is Delegate function)
                waiting.Push(function.Target);
            else if (next is IEnumerable many)
                PushAll(waiting, many.Cast<object?>());
            else if (next.GetType().Namespace?.StartsWith("Sluice.DataPlane", StringComparison.Ordinal) == true)
                PushAll(waiting, FieldsOf(next));
        }
        return found;
    }

    private static void PushAll(Stack<object?> waiting, IEnumerable<object?> more)
    {
        foreach (var one in more)
            waiting.Push(one);
    }

    private static IEnumerable<object?> FieldsOf(object owner)
    {
        const BindingFlags all = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        for (var type = owner.GetType(); type is not null && type != typeof(object); type = type.BaseType)
        {
            foreach (var field in type.GetFields(all).Where(f => !f.FieldType.IsByRefLike && !f.FieldType.IsPointer))
                yield return field.GetValue(owner);
        }
    }
}
