namespace Sluice.Tests.Architecture;

public sealed class WallsTests
{
    [Fact]
    public void No_source_file_breaks_a_wall()
    {
        var files = SourceFile.All();

        Assert.NotEmpty(files);
        var breaches = files.SelectMany(Walls.Breaches).ToArray();
        Assert.True(breaches.Length == 0, string.Join(Environment.NewLine, breaches));
    }

    [Theory]
    [InlineData("src/Sluice.DataPlane/Routing/X.cs", "using Sluice.DataPlane.Pipeline;\nnamespace Sluice.DataPlane.Routing;",
        "src/Sluice.DataPlane/Routing/X.cs:1: Routing may use only the rooms before it, not Pipeline")]
    [InlineData("src/Sluice.DataPlane/Routing/X.cs", "namespace Sluice.DataPlane.Routing;\nclass X(Sluice.DataPlane.Pipeline.Snapshot s);",
        "src/Sluice.DataPlane/Routing/X.cs:2: Routing may use only the rooms before it, not Pipeline")]
    [InlineData("src/Sluice.DataPlane/Kitchen/X.cs", "namespace Sluice.DataPlane.Kitchen;",
        "src/Sluice.DataPlane/Kitchen/X.cs:1: Kitchen is not a room of the data plane")]
    [InlineData("src/Sluice.DataPlane/Routing/X.cs", "using Sluice.Api.Networking;",
        "src/Sluice.DataPlane/Routing/X.cs:1: Sluice.DataPlane may not use Sluice.Api")]
    [InlineData("src/Sluice.DataPlane/Routing/X.cs", "var x = File.ReadAllText(path);",
        "src/Sluice.DataPlane/Routing/X.cs:1: the data plane reads no files")]
    [InlineData("src/Sluice.DataPlane/Routing/X.cs", "class X(IServiceProvider services);",
        "src/Sluice.DataPlane/Routing/X.cs:1: the data plane gets what it needs from constructors")]
    [InlineData("src/Sluice.DataPlane/Routing/X.cs", "\nvar now = DateTime.UtcNow;",
        "src/Sluice.DataPlane/Routing/X.cs:2: the data plane's only clock is TimeProvider")]
    [InlineData("src/Sluice.DataPlane/Clusters/Balancers/X.cs", "\nlock (this) { }",
        "src/Sluice.DataPlane/Clusters/Balancers/X.cs:2: picking an endpoint waits for no other thread")]
    [InlineData("src/Sluice.ControlPlane/Reload/X.cs", "using Microsoft.AspNetCore.Http;",
        "src/Sluice.ControlPlane/Reload/X.cs:1: Sluice.ControlPlane may not use Microsoft.AspNetCore")]
    [InlineData("src/Sluice.Transport/Hub/X.cs", "global using Sluice.DataPlane.Routing;",
        "src/Sluice.Transport/Hub/X.cs:1: Sluice.Transport may not use Sluice.DataPlane")]
    [InlineData("src/Sluice.Api/X.cs", "namespace Sluice.Api;",
        "src/Sluice.Api/X.cs:1: no type lives in a project's root namespace")]
    [InlineData("src/Sluice.Api/Networking/X.cs", "namespace Sluice.Api.Security;",
        "src/Sluice.Api/Networking/X.cs:1: the namespace is Sluice.Api.Security, the folder says Sluice.Api.Networking")]
    public void A_breach_is_reported_with_file_and_line(string path, string text, string expected)
    {
        var breach = Assert.Single(Walls.Breaches(SourceFile.Of(path, text)));

        Assert.StartsWith(expected, breach, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("src/Sluice.DataPlane/Pipeline/X.cs", "using Sluice.DataPlane.Routing;\nnamespace Sluice.DataPlane.Pipeline;")]
    [InlineData("src/Sluice.DataPlane/Routing/X.cs", "// what Sluice.DataPlane.Pipeline does with DateTime.Now is not our concern")]
    [InlineData("src/Sluice.DataPlane/Routing/X.cs", "var text = \"File.Open at DateTime.Now\";")]
    [InlineData("src/Sluice/Program.cs", "namespace Sluice;")]
    public void What_is_allowed_is_not_reported(string path, string text) =>
        Assert.Empty(Walls.Breaches(SourceFile.Of(path, text)));
}
