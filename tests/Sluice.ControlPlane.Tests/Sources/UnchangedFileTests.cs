using Sluice.ControlPlane.Sources;

namespace Sluice.ControlPlane.Tests.Sources;

public sealed class UnchangedFileTests
{
    private static readonly DateTime LongAgo = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private static string Service(string name) => $"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\n";

    [Fact]
    public void Are_not_read_again()
    {
        using var folder = new TemporaryFolder();
        File.SetLastWriteTimeUtc(folder.Write("a.yaml", Service("a")), LongAgo);
        folder.Write("b.yaml", Service("b"));
        var reader = new ConfigReader(TimeProvider.System);
        var first = reader.Read([folder.Path], null, CancellationToken.None);
        folder.Write("b.yaml", Service("c"));
        var second = reader.Read([folder.Path], null, CancellationToken.None);

        Assert.Same(first.All[0], second.All[0]);
        Assert.Equal(["a", "c"], second.All.Select(resource => resource.Name));
        Assert.NotEqual(first.Hash, second.Hash);
    }

    [Fact]
    public void Are_told_by_their_content_when_their_time_says_nothing()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("a.yaml", Service("a"));
        var now = new ManualTime(LongAgo);
        File.SetLastWriteTimeUtc(file, LongAgo);
        var reader = new ConfigReader(now);
        var first = reader.Read([folder.Path], null, CancellationToken.None);
        // Written within the same tick of the file system's clock, with the same length.
        folder.Write("a.yaml", Service("b"));
        File.SetLastWriteTimeUtc(file, LongAgo);
        var second = reader.Read([folder.Path], null, CancellationToken.None);
        File.SetLastWriteTimeUtc(file, LongAgo.AddHours(1));
        var third = reader.Read([folder.Path], null, CancellationToken.None);

        Assert.Equal(["a", "b"], new[] { first, second }.Select(read => read.All[0].Name));
        Assert.Same(second.All[0], third.All[0]);
    }

    [Fact]
    public void Give_the_same_hash_wherever_they_lie()
    {
        using var here = new TemporaryFolder();
        using var there = new TemporaryFolder();
        foreach (var folder in new[] { here, there }) folder.Write("a.yaml", Service("a"));
        Assert.Equal(here.Read().Hash, there.Read().Hash);
    }

    [Fact]
    public void Keep_their_findings()
    {
        using var folder = new TemporaryFolder();
        File.SetLastWriteTimeUtc(folder.Write("a.yaml", "kind: Service"), LongAgo);
        var reader = new ConfigReader(TimeProvider.System);
        var first = reader.Read([folder.Path], null, CancellationToken.None);
        var second = reader.Read([folder.Path], null, CancellationToken.None);
        Assert.Same(Assert.Single(first.Findings), Assert.Single(second.Findings));
    }

    private sealed class ManualTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
