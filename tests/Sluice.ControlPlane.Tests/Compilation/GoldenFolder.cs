using System.Net;
using Sluice.ControlPlane.Compilation;

namespace Sluice.ControlPlane.Tests.Compilation;

/// <summary>A folder of <c>tests/Golden</c>: a configuration, and the flags it is compiled with.</summary>
internal sealed class GoldenFolder
{
    private const string FlagsComment = "# flags:";

    private static readonly string Root = Path.Combine(Repository.Root, "tests", "Golden");

    private readonly string _path;

    private GoldenFolder(string name)
    {
        _path = Path.Combine(Root, name);
        Name = name;
        Yaml = File.ReadAllText(PathOf("in.yaml"));
        Identity = IdentityOf(Yaml);
    }

    /// <summary>Name of the folder.</summary>
    public string Name { get; }

    /// <summary>The configuration.</summary>
    public string Yaml { get; }

    /// <summary>The gateway that the flags describe.</summary>
    public GatewayIdentity Identity { get; }

    /// <summary>Names of all of them.</summary>
    public static IEnumerable<string> Names => Directory.GetDirectories(Root).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal);

    /// <summary>The folder of that name.</summary>
    public static GoldenFolder Of(string name) => new(name);

    /// <summary>Path of a file in it.</summary>
    public string PathOf(string file) => Path.Combine(_path, file);

    // The first line may hold flags of `sluice run`: # flags: --mesh 127.0.0.1:15001 --port-map 80=8080
    private static GatewayIdentity IdentityOf(string yaml)
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
                "--certs" => identity with { Certs = value },
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
