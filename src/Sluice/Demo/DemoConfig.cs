using System.Globalization;
using System.Text.RegularExpressions;

namespace Sluice.Demo;

/// <summary>The built-in sample configuration, laid out in a folder of its own so that it can be edited while the demo runs.</summary>
internal sealed partial class DemoConfig : IDisposable
{
    private const string ResourcePrefix = "demo/";

    private DemoConfig(string folder) => Folder = folder;

    /// <summary>The folder; it goes with the demo.</summary>
    public string Folder { get; }

    /// <summary>Lays the files out.</summary>
    /// <param name="portOf">The local port of the upstream that stands in for a workload, by the port that the files name.</param>
    public static DemoConfig Unpack(IReadOnlyDictionary<int, int> portOf)
    {
        var config = new DemoConfig(Directory.CreateTempSubdirectory("sluice-demo-").FullName);
        foreach (var (name, text) in Files())
        {
            var path = Path.Combine(config.Folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, WorkloadPort().Replace(text, match => match.Groups[1].Value + portOf[PortIn(match)].ToString(CultureInfo.InvariantCulture)));
        }
        return config;
    }

    /// <summary>The ports on the loopback address at which the files expect workloads.</summary>
    public static IReadOnlyList<int> WorkloadPorts() =>
        [.. Files().SelectMany(f => WorkloadPort().Matches(f.Text)).Select(PortIn).Distinct()];

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static IEnumerable<(string Name, string Text)> Files()
    {
        var assembly = typeof(DemoConfig).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith(ResourcePrefix, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            yield return (resource[ResourcePrefix.Length..], reader.ReadToEnd());
        }
    }

    private static int PortIn(Match match) => int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);

    // A WorkloadEntry's ports: the name of a service port, and the number that the workload listens on.
    [GeneratedRegex(@"(address: 127\.0\.0\.1\n  ports:\n    \w+: )(\d+)")]
    private static partial Regex WorkloadPort();
}
