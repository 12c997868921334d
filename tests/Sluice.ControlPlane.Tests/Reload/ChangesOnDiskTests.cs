using Sluice.ControlPlane.Reload;

namespace Sluice.ControlPlane.Tests.Reload;

/// <summary>From a change on a real disk to a snapshot in force, with the notifications of the operating system and with the poll alone.</summary>
public sealed class ChangesOnDiskTests
{
    /// <summary>What is there, what is done, and the objects in force afterwards.</summary>
    private sealed record Case(Action<ChangingFolder> Before, Action<ChangingFolder> Change, string Objects);

    private static readonly Dictionary<string, Case> Cases = new()
    {
        ["edit in place"] = new(
            f => f.Write("conf/a.yaml", Documents.VirtualService("a")),
            f => f.Write("conf/a.yaml", Documents.VirtualService("b")),
            "b"),
        ["rename over it"] = new(
            f => f.Write("conf/a.yaml", Documents.VirtualService("a")),
            f => f.Replace("conf/a.yaml", Documents.VirtualService("b")),
            "b"),
        ["new file"] = new(
            f => f.Write("conf/a.yaml", Documents.VirtualService("a")),
            f => f.Write("conf/b.yaml", Documents.VirtualService("b")),
            "a b"),
        ["deleted file"] = new(
            f =>
            {
                f.Write("conf/a.yaml", Documents.VirtualService("a"));
                f.Write("conf/b.yaml", Documents.VirtualService("b"));
            },
            f => File.Delete(f.At("conf/b.yaml")),
            "a"),
        ["new sub-folder"] = new(
            f => f.Write("conf/a.yaml", Documents.VirtualService("a")),
            f => f.Write("conf/sub/deeper/b.yaml", Documents.VirtualService("b")),
            "a b"),
        ["swapped ..data"] = new(
            f => f.Mount("conf", ("a.yaml", Documents.VirtualService("a1")), ("b.yaml", Documents.VirtualService("b1"))),
            f => f.Mount("conf", ("a.yaml", Documents.VirtualService("a2")), ("b.yaml", Documents.VirtualService("b2"))),
            "a2 b2"),
        ["repointed link"] = new(
            f =>
            {
                f.Write("releases/1/a.yaml", Documents.VirtualService("a1"));
                f.Write("releases/2/a.yaml", Documents.VirtualService("a2"));
                f.Link("releases/current", "1");
                f.Link("conf/linked", f.At("releases/current"));
            },
            f => f.Link("releases/current", "2"),
            "a2"),
        ["MeshConfig"] = new(
            f =>
            {
                f.Write("mesh.yaml", "accessLogFile: /dev/stdout\n");
                f.Write("conf/a.yaml", Documents.VirtualService("a"));
            },
            f => f.Write("mesh.yaml", "accessLogFile: /dev/stderr\n"),
            "a"),
    };

    public static TheoryData<string, bool> Changes()
    {
        var data = new TheoryData<string, bool>();
        foreach (var name in Cases.Keys)
        {
            data.Add(name, true);
            data.Add(name, false);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Is_in_force_within_its_time(string change, bool notifications)
    {
        var (before, act, objects) = Cases[change];
        await using var gateway = new ReloadFixture(watch: true, notifications, mesh: change == "MeshConfig" ? "mesh.yaml" : null);
        before(gateway.Folder);
        Assert.Equal(ReloadOutcome.Published, (await gateway.StartAsync()).Outcome);
        await gateway.NextAsync(ReloadOutcome.Published);

        act(gateway.Folder);

        // A step of several system calls may be read halfway first.
        do
            await gateway.NextAsync(ReloadOutcome.Published);
        while (objects != string.Join(' ', gateway.Names));
        Assert.True(gateway.Status.Generation > 1);
        Assert.Equal(gateway.Status.Generation, gateway.Live.Current.Generation);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_written_in_two_halves_is_refused_and_then_in_force(bool notifications)
    {
        await using var gateway = new ReloadFixture(watch: true, notifications);
        gateway.Folder.Write("conf/a.yaml", Documents.VirtualService("a"));
        await gateway.StartAsync();
        var whole = Documents.VirtualService("b");
        var half = whole.IndexOf("prefix", StringComparison.Ordinal);

        gateway.Folder.Write("conf/a.yaml", whole[..half] + "pre");
        await gateway.NextAsync(ReloadOutcome.Refused);
        Assert.Equal(["a"], gateway.Names);
        File.AppendAllText(gateway.Folder.At("conf/a.yaml"), whole[(half + 3)..]);

        Assert.Equal(2, (await gateway.NextGenerationAsync(2)).Generation);
        Assert.Equal(["b"], gateway.Names);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_path_that_vanished_is_refused_until_it_is_back(bool notifications)
    {
        await using var gateway = new ReloadFixture(watch: true, notifications);
        gateway.Folder.Write("conf/a.yaml", Documents.VirtualService("a"));
        await gateway.StartAsync();

        Directory.Move(gateway.Folder.At("conf"), gateway.Folder.At("gone"));
        var refused = await gateway.NextAsync(ReloadOutcome.Refused);
        Assert.Equal((gateway.Folder.At("conf"), "SLU0001"), (refused.Findings[0].Position.File, refused.Findings[0].Code));
        Assert.Equal(["a"], gateway.Names);

        Directory.Move(gateway.Folder.At("gone"), gateway.Folder.At("conf"));
        await gateway.NextAsync(ReloadOutcome.Unchanged);
        gateway.Folder.Write("conf/a.yaml", Documents.VirtualService("b"));
        Assert.Equal(2, (await gateway.NextGenerationAsync(2)).Generation);
    }

    [Fact]
    public async Task A_path_that_became_empty_is_refused()
    {
        await using var gateway = new ReloadFixture(watch: true);
        gateway.Folder.Write("conf/a.yaml", Documents.VirtualService("a"));
        await gateway.StartAsync();

        File.Delete(gateway.Folder.At("conf/a.yaml"));

        await gateway.NextAsync(ReloadOutcome.Refused);
        Assert.Equal((1, 1), (gateway.Status.Generation, gateway.Live.Current.Generation));
    }

    [Fact]
    public async Task A_touched_file_is_no_change()
    {
        await using var gateway = new ReloadFixture(watch: true);
        var path = gateway.Folder.Write("conf/a.yaml", Documents.VirtualService("a"));
        await gateway.StartAsync();

        File.SetLastWriteTimeUtc(path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.Equal(1, (await gateway.NextAsync(ReloadOutcome.Unchanged)).Generation);
    }

    [Fact]
    public async Task Two_hundred_files_written_at_once_are_a_few_reloads_at_most()
    {
        await using var gateway = new ReloadFixture(watch: true);
        gateway.Folder.Write("conf/a.yaml", Documents.VirtualService("a"));
        await gateway.StartAsync();

        for (var i = 0; i < 200; i++)
            gateway.Folder.Write($"conf/{i}.yaml", Documents.VirtualService($"vs-{i}"));
        while (gateway.Names.Count() < 201)
            await gateway.NextAsync(ReloadOutcome.Published);

        Assert.InRange(gateway.Status.Generation, 2, 6);
    }

    [Fact]
    public async Task A_ConfigMap_swapped_while_it_is_read_is_never_served_half_old_half_new()
    {
        await using var gateway = new ReloadFixture();
        Mount(0);
        await gateway.StartAsync();
        for (var version = 1; version <= 40; version++)
        {
            var next = version;
            var swap = Task.Run(() => Mount(next), TestContext.Current.CancellationToken);
            while (!swap.IsCompleted)
            {
                await gateway.Loop.ReloadNow();
                Assert.Single(gateway.Names.Select(n => n.Split('-')[1]).Distinct());
            }
            await swap;
        }

        void Mount(int version) => gateway.Folder.Mount(
            "conf", [.. Enumerable.Range(0, 20).Select(i => ($"{i}.yaml", Documents.VirtualService($"vs{i}-{version}")))]);
    }
}
