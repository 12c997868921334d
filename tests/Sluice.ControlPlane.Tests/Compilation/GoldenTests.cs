namespace Sluice.ControlPlane.Tests.Compilation;

/// <summary>Compares what is compiled out of <c>tests/Golden/NAME/in.yaml</c> with <c>out.txt</c> beside it. With
/// <c>SLUICE_UPDATE_GOLDEN=1</c> the latter is written anew; see <c>tests/Golden/README.md</c>.</summary>
public class GoldenTests
{
    public static TheoryData<string> Names => [.. GoldenFolder.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Compiles_to_the_golden_routing_table(string name)
    {
        var folder = GoldenFolder.Of(name);
        GoldenFile.AssertHolds(folder.PathOf("out.txt"), RoutingTableText.Of(Compiled.From(folder.Yaml, folder.Identity)));
    }
}
