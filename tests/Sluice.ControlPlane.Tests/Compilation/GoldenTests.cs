using System.Net;
using Sluice.ControlPlane.Compilation;

namespace Sluice.ControlPlane.Tests.Compilation;

/// <summary>Compares what is compiled out of <c>tests/Golden/NAME/in.yaml</c> with <c>out.txt</c> beside it. With
/// <c>SLUICE_UPDATE_GOLDEN=1</c> the latter is written anew; see <c>tests/Golden/README.md</c>.</summary>
public class GoldenTests
{
    private const string FlagsComment = "# flags:";

    private static readonly string Folder = Path.Combine(Repository.Root, "tests", "Golden");

    public static TheoryData<string> Names => [.. Directory.GetDirectories(Folder).Select(f => Path.GetFileName(f)!).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Compiles_to_the_golden_routing_table(string name)
    {
        var yaml = File.ReadAllText(Path.Combine(Folder, name, "in.yaml"));
        var got = RoutingTableText.Of(Compiled.From(yaml, Identity(yaml)));
        var file = Path.Combine(Folder, name, "out.txt");
        if (Environment.GetEnvironmentVariable("SLUICE_UPDATE_GOLDEN") == "1")
            File.WriteAllText(file, got);
        Assert.Equal(File.Exists(file) ? File.ReadAllText(file) : "", got);
    }

    // The first line may hold flags of `sluice run`: # flags: --mesh 127.0.0.1:15001 --port-map 80=8080
    private static GatewayIdentity Identity(string yaml)
    {
        var identity = new GatewayIdentity();
        var first = yaml[..yaml.IndexOf('\n', StringComparison.Ordinal)];
        if (!first.StartsWith(FlagsComment, StringComparison.Ordinal))
            return identity;
        var words = first[FlagsComment.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i + 1 < words.Length; i += 2)
        {
            var value = words[i + 1];
            identity = words[i] switch
            {
                "--mesh" => identity with { Mesh = IPEndPoint.Parse(value) },
                "--namespace" => identity with { Namespace = value },
                "--labels" => identity with { Labels = Pairs(value).ToDictionary(l => l[0], l => l[1]) },
                "--port-map" => identity with { PortMap = Pairs(value).ToDictionary(p => int.Parse(p[0]), p => int.Parse(p[1])) },
                _ => throw new InvalidOperationException($"{words[i]} is no flag that golden files know"),
            };
        }
        return identity;
    }

    private static IEnumerable<string[]> Pairs(string list) => list.Split(',').Select(p => p.Split('='));
}
