using Sluice.ControlPlane.Sources;

namespace Sluice.ControlPlane.Tests.Sources;

public sealed class PathTests
{
    private static string Service(string name) => $"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\n";

    [Fact]
    public void Reads_folders_by_name_and_leaves_out_hidden_entries_and_other_files()
    {
        using var folder = new TemporaryFolder();
        folder.Write("b.yaml", Service("b"));
        folder.Write("a/z.yml", Service("z"));
        folder.Write("a/y.JSON", """{"apiVersion":"v1","kind":"Service","metadata":{"name":"y"}}""");
        folder.Write("c.txt", "not read");
        folder.Write(".hidden.yaml", Service("hidden"));
        folder.Write(".git/d.yaml", Service("hidden"));
        var read = folder.Read();
        Assert.Empty(read.Findings);
        Assert.Equal(["y", "z", "b"], read.All.Select(resource => resource.Name));
        Assert.Equal(["a/y.JSON", "a/z.yml", "b.yaml"], read.Files.Select(file => Path.GetRelativePath(folder.Path, file)));
    }

    [Fact]
    public void Reads_a_folder_that_kubernetes_mounts_and_notices_that_it_was_swapped()
    {
        using var folder = new TemporaryFolder();
        folder.Write("..2024_1/a.yaml", Service("old"));
        folder.Write("..2024_2/a.yaml", Service("new"));
        Directory.CreateSymbolicLink(folder.PathOf("..data"), "..2024_1");
        File.CreateSymbolicLink(folder.PathOf("a.yaml"), "..data/a.yaml");
        var reader = new ConfigReader(TimeProvider.System);

        var before = reader.Read([folder.Path], null, CancellationToken.None);
        File.Delete(folder.PathOf("..data"));
        Directory.CreateSymbolicLink(folder.PathOf("..data"), "..2024_2");
        var after = reader.Read([folder.Path], null, CancellationToken.None);

        Assert.Equal(["old", "new"], new[] { before, after }.Select(read => Assert.Single(read.All).Name));
        Assert.Equal(folder.PathOf("a.yaml"), after.All[0].Position.File);
        Assert.NotEqual(before.Hash, after.Hash);
    }

    [Fact]
    public void Reads_each_file_once_whatever_leads_to_it()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("real/a.yaml", Service("a"));
        Directory.CreateSymbolicLink(folder.PathOf("real/self"), ".");
        Directory.CreateSymbolicLink(folder.PathOf("real/up"), "..");
        Directory.CreateSymbolicLink(folder.PathOf("twin"), "real");
        File.CreateSymbolicLink(folder.PathOf("b.yaml"), "twin/a.yaml");
        File.CreateSymbolicLink(folder.PathOf("circle"), "circle");
        var read = new ConfigReader(TimeProvider.System).Read([folder.Path, file, folder.PathOf("twin")], null, CancellationToken.None);
        Assert.Empty(read.Findings);
        Assert.Single(read.All);
        Assert.Single(read.Files);
    }

    [Fact]
    public void Reports_paths_that_are_missing_or_empty()
    {
        using var folder = new TemporaryFolder();
        var emptied = folder.Write("emptied.yaml", "");
        var good = folder.Write("good.yaml", Service("a"));
        var comments = folder.Write("comments.yaml", "# nothing yet\n");
        var empty = Directory.CreateDirectory(folder.PathOf("empty")).FullName;
        var missing = folder.PathOf("missing");
        File.CreateSymbolicLink(folder.PathOf("loop.yaml"), "loop.yaml");
        var read = new ConfigReader(TimeProvider.System)
            .Read([good, comments, emptied, empty, missing, folder.PathOf("loop.yaml")], null, CancellationToken.None);

        Assert.All(read.Findings, finding => Assert.Equal("SLU0001", finding.Code));
        Assert.Equal(
            [
                (empty, "no .yaml, .yml or .json file in this folder"),
                (missing, "no such file or folder"),
                (folder.PathOf("loop.yaml"), "can't be read: its links lead in a circle"),
                (emptied, "no objects in it"),
            ],
            read.Findings.Select(finding => (finding.Position.File, finding.Message)));
    }

    [Fact]
    public void Reports_a_configuration_in_which_nothing_is_left()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.yaml", "# all gone\n---\n");
        var finding = Assert.Single(folder.Read().Findings);
        Assert.Equal((folder.Path, "SLU0001", true), (finding.Position.File, finding.Code, finding.StopsLoad));
    }

    [Fact]
    public void Reports_a_link_that_leads_nowhere()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.yaml", Service("a"));
        File.CreateSymbolicLink(folder.PathOf("b.yaml"), "gone.yaml");
        File.CreateSymbolicLink(folder.PathOf("c.lock"), "gone");
        var finding = Assert.Single(folder.Read().Findings);
        Assert.Equal((folder.PathOf("b.yaml"), "no such file or folder"), (finding.Position.File, finding.Message));
    }

    [Fact]
    public void Reports_what_may_not_be_read()
    {
        Assert.SkipWhen(Environment.UserName == "root", "root may read everything");
        using var folder = new TemporaryFolder();
        var file = folder.Write("a.yaml", Service("a"));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.None);
        Assert.Equal(["0:0 error SLU0001 can't be read: permission denied"], TemporaryFolder.Lines(folder.Read().Findings));
    }

    [Fact]
    public void Names_both_places_of_an_object_that_is_written_twice()
    {
        using var folder = new TemporaryFolder();
        var first = folder.Write("a.yaml", Service("a"));
        var second = folder.Write("b.yaml", Service("a"));
        var finding = Assert.Single(folder.Read().Findings);
        Assert.Equal(("SLU0013", second, 3), (finding.Code, finding.Position.File, finding.Position.Line));
        Assert.Contains($"{first}:1", finding.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { (byte)'a', (byte)'\n', 0xC3, 0x28 }, "2:1 error SLU0002 bytes that are not UTF-8 (save the file as UTF-8)")]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'a', 0 }, "1:1 error SLU0002 the file is UTF-16 (save the file as UTF-8)")]
    public void Reports_other_encodings(byte[] content, string expected)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.PathOf("a.yaml"), content);
        Assert.Equal([expected], TemporaryFolder.Lines(folder.Read().Findings));
    }
}
