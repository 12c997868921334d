namespace Sluice.Api.Resources;

/// <summary>The part of a Kubernetes object's metadata that has a meaning for a gateway.</summary>
public sealed record ObjectMeta
{
    /// <summary>Name, unique in its namespace and kind.</summary>
    public required string Name { get; init; }

    /// <summary>Namespace; <c>default</c> when the file names none.</summary>
    public required string Namespace { get; init; }

    /// <summary>Labels, matched by selectors and subsets.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = Empty;

    /// <summary>Annotations.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = Empty;

    /// <summary>Server-made creation time; files that were not exported from a cluster have none.
    /// Istio orders objects by it, then by name, then by namespace.</summary>
    public DateTimeOffset? CreationTimestamp { get; init; }

    private static readonly IReadOnlyDictionary<string, string> Empty = new Dictionary<string, string>();
}
