using Sluice.Api.Mesh;
using Sluice.ControlPlane.Sources.Schema;
using Sluice.ControlPlane.Sources.Yaml;

namespace Sluice.ControlPlane.Sources;

/// <summary>Recognises files that are something else than Kubernetes objects.</summary>
internal static class NotAnObjectHints
{
    /// <summary>What the document seems to be, and what to do with it.</summary>
    public static string Of(YamlNode root)
    {
        if (root.Find("static_resources") is not null || root.Find("dynamic_resources") is not null)
            return "it looks like a configuration of Envoy, which is not read; move it elsewhere";
        if (root.Find("apiVersion") is null && root.Find("kind") is null && IsMeshConfig(root))
            return "it looks like a MeshConfig; name it with --mesh-config and move it elsewhere";
        if (root.Find("kind") is { Kind: YamlKind.Scalar } kind && KnownKinds.ApiVersionOf(kind.Text) is { } apiVersion)
            return $"write apiVersion: {apiVersion}";
        return "every object begins with apiVersion and kind, e.g. networking.istio.io/v1 and VirtualService";
    }

    private static bool IsMeshConfig(YamlNode root)
    {
        var shape = Shape.Of(typeof(MeshConfig));
        return root.Entries.Any(entry => shape.Find(entry.Key.Text) is not null);
    }
}
