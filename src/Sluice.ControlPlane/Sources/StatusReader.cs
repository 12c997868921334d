using Sluice.Api.Resources;
using Sluice.ControlPlane.Sources.Yaml;

namespace Sluice.ControlPlane.Sources;

/// <summary>Reads what analysis looks at in <c>status</c>. What does not fit there is passed over: no operator wrote it.</summary>
internal static class StatusReader
{
    /// <summary>Reads the status of an object; null when it has none, or nothing of interest in it.</summary>
    public static ServerStatus? Read(YamlNode root)
    {
        if (root.Find("status") is not { Kind: YamlKind.Map } status) return null;
        var list = status.Find("conditions");
        StatusCondition[] conditions = list is { Kind: YamlKind.List } ? [.. list.Items.Select(ReadCondition)] : [];
        var hasAddresses = status.Find("addresses") is { Kind: YamlKind.List, Items.Count: > 0 };
        return conditions.Length > 0 || hasAddresses ? new ServerStatus(conditions, hasAddresses) : null;
    }

    private static StatusCondition ReadCondition(YamlNode item) =>
        new(TextOf(item, "type"), TextOf(item, "status"), TextOf(item, "reason"), TextOf(item, "message"));

    private static string TextOf(YamlNode item, string name) =>
        item.Kind == YamlKind.Map && item.Find(name) is { Kind: YamlKind.Scalar, IsNull: false } node ? node.Text : "";
}
