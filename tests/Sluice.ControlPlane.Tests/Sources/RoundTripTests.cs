using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Sluice.Api.Mesh;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Sources;
using Sluice.ControlPlane.Sources.Schema;

namespace Sluice.ControlPlane.Tests.Sources;

public sealed class RoundTripTests
{
    public static TheoryData<string, string> Kinds => new()
    {
        { "networking.istio.io", "Gateway" },
        { "networking.istio.io", "VirtualService" },
        { "networking.istio.io", "DestinationRule" },
        { "networking.istio.io", "ServiceEntry" },
        { "networking.istio.io", "WorkloadEntry" },
        { "security.istio.io", "PeerAuthentication" },
        { "security.istio.io", "RequestAuthentication" },
        { "security.istio.io", "AuthorizationPolicy" },
        { "telemetry.istio.io", "Telemetry" },
        { "", "Service" },
        { "", "Endpoints" },
        { "discovery.k8s.io", "EndpointSlice" },
        { "", "Pod" },
        { "", "Secret" },
        { "", "ConfigMap" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Reads_every_field_of_a_kind(string group, string name)
    {
        var kind = KnownKinds.Find(group, name)!;
        var content = SampleYaml.Of(kind.Content);
        var fields = kind.HasSpec ? $"\"spec\": {content}" : content[1..^1];
        var read = TemporaryFolder.ReadText(
            $$"""{"apiVersion": "{{kind.ApiVersions[0]}}", "kind": "{{name}}", "metadata": {"name": "all"}, {{fields}}}""");

        Assert.Empty(read.Findings);
        var resource = Assert.Single(read.All);
        Assert.Equal(($"{name} default/all", kind.ApiVersions[0]), (resource.Id, resource.ApiVersion));
        AssertSame(content, SpecOf(resource));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Reads_every_version_of_a_kind(string group, string name)
    {
        var kind = KnownKinds.Find(group, name)!;
        foreach (var version in kind.ApiVersions)
        {
            var read = TemporaryFolder.ReadText($"apiVersion: {version}\nkind: {name}\nmetadata: {{name: a, namespace: b}}\n");
            Assert.Empty(read.Findings);
            Assert.Equal((version, "b"), (Assert.Single(read.All).ApiVersion, read.All[0].Namespace));
        }
    }

    [Fact]
    public void Reads_every_field_of_the_mesh_configuration()
    {
        using var folder = new TemporaryFolder();
        var content = SampleYaml.Of(Shape.Of(typeof(MeshConfig)));
        folder.Write("config/a.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n");
        var mesh = folder.Write("mesh.yaml", content);
        var read = new ConfigReader(TimeProvider.System).Read([folder.PathOf("config")], mesh, CancellationToken.None);

        Assert.Empty(read.Findings);
        AssertSame(content, JsonSerializer.Serialize(read.Mesh, ApiJson.Default.MeshConfig));
    }

    private static string SpecOf(Resource resource)
    {
        var spec = resource.GetType().GetProperty("Spec")!.GetValue(resource)!;
        return JsonSerializer.Serialize(spec, (JsonTypeInfo)ApiJson.Default.GetTypeInfo(spec.GetType())!);
    }

    private static void AssertSame(string expected, string actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), $"{expected}\n{actual}");
}
