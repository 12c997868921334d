using Sluice.Fuzz;

namespace Sluice.Tests.Fuzzing;

/// <summary>A bounded run of each target, always with the same inputs; see <c>fuzz/README.md</c> for longer ones.</summary>
public sealed class FuzzTests
{
    private const int Seed = 20_261_124;

    [Theory]
    [InlineData("answer", 20_000)]
    [InlineData("request", 20_000)]
    [InlineData("chunks", 20_000)]
    [InlineData("path", 50_000)]
    // Each is an expression to compile.
    [InlineData("pattern", 1_500)]
    public void Nothing_is_found_in_a_bounded_run(string target, int iterations)
    {
        var kinds = FuzzRun.Run(FuzzTarget.Find(target)!, iterations, Seed);

        Assert.True(kinds > 20, $"only {kinds} kinds of input");
    }

    [Fact]
    public void A_finding_tells_its_input()
    {
        var target = FuzzTarget.Find("path")! with { Run = input => input.Length > 40 ? throw new InvalidOperationException("too long") : "fine" };

        var finding = Assert.Throws<FuzzException>(() => FuzzRun.Run(target, 10_000, Seed));

        var input = Convert.FromBase64String(finding.Message.Split(' ', ':')[1]);
        Assert.Throws<InvalidOperationException>(() => target.Run(input));
    }

    [Fact]
    public void Runs_of_one_seed_are_the_same()
    {
        var inputs = new List<List<byte[]>> { new(), new() };
        foreach (var list in inputs)
        {
            var mutator = new Mutator(Seed);
            for (var i = 0; i < 100; i++)
                list.Add(mutator.Next(FuzzTarget.Find("answer")!.Corpus()));
        }

        Assert.Equal(inputs[0], inputs[1]);
    }
}
