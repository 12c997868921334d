using CsCheck;
using Sluice.DataPlane.Clusters.Balancers;
using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Tests.Routing;

public sealed class StickyWeightsTests
{
    private const int Clients = 20_000;

    private static readonly ulong[] Hashes = [.. Enumerable.Range(0, Clients).Select(client => Hashing.Of($"client {client}"))];

    [Fact]
    public void Shares_are_those_of_the_weights() => Gen.Int[1, 100].Array[2, 6].Sample(weights =>
    {
        var placement = Placement(weights).CountBy(entry => entry).ToDictionary();
        for (var i = 0; i < weights.Length; i++)
            Assert.InRange(placement.GetValueOrDefault(i) / (double)Clients - (double)weights[i] / weights.Sum(), -0.02, 0.02);
    }, iter: 30);

    [Fact]
    public void Each_step_of_a_canary_moves_only_those_who_must_move()
    {
        var before = Placement(100, 0);
        foreach (var canary in new[] { 1, 5, 10, 20, 50, 80, 99, 100 })
        {
            var after = Placement(100 - canary, canary);
            Assert.All(before.Zip(after), pair => Assert.True(pair.First == pair.Second || (pair.First, pair.Second) == (0, 1)));
            before = after;
        }
        Assert.All(before, entry => Assert.Equal(1, entry));
    }

    [Fact]
    public void The_sum_of_the_weights_does_not_matter() => Assert.Equal(Placement(90, 10), Placement(9, 1));

    [Fact]
    public void Either_of_two_canaries_grows_at_the_expense_of_the_first_alone() =>
        Gen.Select(Gen.Int[0, 40], Gen.Int[0, 40], Gen.Int[0, 20], Gen.Bool).Sample((one, two, more, growsOne) =>
        {
            var before = Placement(100 - one - two, one, two);
            var after = growsOne ? Placement(100 - one - two - more, one + more, two) : Placement(100 - one - two - more, one, two + more);
            var grown = growsOne ? 1 : 2;
            Assert.All(before.Zip(after), pair => Assert.True(pair.First == pair.Second || (pair.First, pair.Second) == (0, grown)));
        }, iter: 50);

    [Fact]
    public void Of_many_none_leaves_the_one_that_grows_and_only_borders_on_its_side_move() =>
        Gen.Select(Gen.Int[5, 20].Array[4, 6], Gen.Int[1, 5], Gen.Int[1, 3]).Sample((weights, more, grown) =>
        {
            var before = Placement(weights);
            int[] changed = [.. weights];
            changed[0] -= more;
            changed[grown] += more;
            var after = Placement(changed);
            Assert.DoesNotContain(before.Zip(after), pair => pair.First == grown && pair.Second != grown);
            var moved = before.Zip(after).Count(pair => pair.First != pair.Second) / (double)Clients;
            var borders = weights.Length / 2;
            Assert.InRange(moved, 0, (double)borders * more / weights.Sum() + 0.01);
        }, iter: 50);

    [Fact]
    public void Another_VirtualService_has_the_clients_in_another_order()
    {
        var one = Placement(Policy("shop"), 50, 50);
        var other = Placement(Policy("cart"), 50, 50);
        Assert.InRange(one.Zip(other).Count(pair => pair.First == pair.Second) / (double)Clients, 0.45, 0.55);
    }

    [Fact]
    public void Picking_allocates_nothing()
    {
        var sticky = Sticky(Policy("shop"), 90, 10);
        var head = Requests.Get("/");
        AllocationTests.AssertAllocatesNothing(() =>
        {
            sticky.Key.TryHash(head, "203.0.113.7", out var hash);
            sticky.Pick(hash);
        });
    }

    private static int[] Placement(params int[] weights) => Placement(Policy("shop"), weights);

    private static int[] Placement(string scope, params int[] weights)
    {
        var sticky = Sticky(scope, weights);
        return [.. Hashes.Select(hash => sticky.Pick(hash).Name[0] - '0')];
    }

    private static string Policy(string name) => $"default/{name}";

    private static StickyWeights Sticky(string scope, params int[] weights) => new(
        HashPolicy.ByAddress, scope, [.. weights.Select((weight, i) => weight == 0 ? null : Requests.Destination($"{i}", weight))]);
}
