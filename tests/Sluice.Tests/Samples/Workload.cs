using YamlDotNet.RepresentationModel;

namespace Sluice.Tests.Samples;

/// <summary>What a Deployment of a sample runs: the labels of its pods, and its name and version as its stand-in tells them.</summary>
/// <param name="Name">The Deployment's name.</param>
/// <param name="Labels">Labels of its pod template.</param>
internal sealed record Workload(string Name, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>What its stand-in answers: <c>webapp original</c>, or <c>webapp</c> where there is no version.</summary>
    public string Answer => Labels.TryGetValue("version", out var version) ? $"{Labels["app"]} {version}" : Labels["app"];

    /// <summary>The Deployments that a file has.</summary>
    public static IEnumerable<Workload> In(string file)
    {
        using var reader = new StreamReader(file);
        var stream = new YamlStream();
        stream.Load(reader);
        foreach (var root in stream.Documents.Select(d => d.RootNode).OfType<YamlMappingNode>())
        {
            if (root["kind"].ToString() != "Deployment")
                continue;
            var labels = (YamlMappingNode)root["spec"]["template"]["metadata"]["labels"];
            yield return new Workload(root["metadata"]["name"].ToString(), labels.ToDictionary(l => l.Key.ToString(), l => l.Value.ToString()));
        }
    }

    /// <summary>The object that says where it runs, which in a cluster the scheduler would know.</summary>
    public string AsWorkloadEntry(int port) => $$"""
        apiVersion: networking.istio.io/v1
        kind: WorkloadEntry
        metadata:
          name: {{Name}}
        spec:
          address: 127.0.0.1
          ports: {http: {{port}}}
          labels: { {{string.Join(", ", Labels.Select(l => $"{l.Key}: {l.Value}"))}} }
        """;
}
