namespace Sluice.Api.Resources;

/// <summary>One object of the configuration: its identity, where it was written, and (in <see cref="Resource{TSpec}"/>) what it
/// says.</summary>
public abstract class Resource
{
    /// <summary>Kind as written, e.g. <c>VirtualService</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Group and version as written, e.g. <c>networking.istio.io/v1</c>.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>Name, namespace, labels, annotations.</summary>
    public required ObjectMeta Metadata { get; init; }

    /// <summary>Where the document begins.</summary>
    public required SourcePosition Position { get; init; }

    /// <summary>Finds the place of a field by its path, e.g. <c>spec.http[0].route[1].weight</c>: the place of its key, or of the
    /// nearest parent that is written.</summary>
    public required Func<string, SourcePosition> Locate { get; init; }

    /// <summary>Whether it holds all that was written; false when a part did not fit its schema and was reported and left out.
    /// Such an object is there so that references to it are understood; its values say little about what was meant.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>What a cluster said about it when it was exported from there; null for what was written by hand.</summary>
    public ServerStatus? Status { get; init; }

    /// <summary>Name.</summary>
    public string Name => Metadata.Name;

    /// <summary>Namespace.</summary>
    public string Namespace => Metadata.Namespace;

    /// <summary><c>Kind namespace/name</c>, the form in which findings name an object.</summary>
    public string Id => $"{Kind} {Namespace}/{Name}";
}

/// <summary>An object together with its content.</summary>
/// <typeparam name="TSpec">For kinds with a <c>spec</c> its record (<c>GatewaySpec</c>); for the Kubernetes kinds that carry
/// their content beside the metadata (<c>EndpointSlice</c>, <c>Secret</c>, ...) the record of the whole object.</typeparam>
public sealed class Resource<TSpec> : Resource where TSpec : class
{
    /// <summary>The content.</summary>
    public required TSpec Spec { get; init; }
}
