using System.Text.Json.Serialization.Metadata;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Sources.Schema;

namespace Sluice.ControlPlane.Sources;

/// <summary>An object without its content.</summary>
internal readonly record struct ObjectHead(
    string ApiVersion, ObjectMeta Metadata, SourcePosition Position, Func<string, SourcePosition> Locate, bool IsComplete,
    ServerStatus? Status);

/// <summary>A kind of object that is read.</summary>
/// <param name="name">Kind as written.</param>
/// <param name="group">API group; empty for the core of Kubernetes.</param>
/// <param name="versions">Versions that are read, the preferred one first.</param>
/// <param name="hasSpec">Whether its content is in <c>spec</c>, rather than beside the metadata.</param>
/// <param name="content">What its content is made of.</param>
internal abstract class KnownKind(string name, string group, string[] versions, bool hasSpec, Shape content)
{
    /// <summary>Kind as written.</summary>
    public string Name => name;

    /// <summary>API group; empty for the core of Kubernetes.</summary>
    public string Group => group;

    /// <summary>The apiVersions under which it is read, the preferred one first.</summary>
    public IReadOnlyList<string> ApiVersions { get; } =
        [.. versions.Select(version => group.Length == 0 ? version : $"{group}/{version}")];

    /// <summary>Whether it is one of Istio's, in which unknown fields are errors.</summary>
    public bool IsIstio { get; } = group.EndsWith(".istio.io", StringComparison.Ordinal);

    /// <summary>Whether its content is in <c>spec</c>, rather than beside the metadata.</summary>
    public bool HasSpec => hasSpec;

    /// <summary>What its content is made of.</summary>
    public Shape Content => content;

    /// <summary>Makes the object of the fields that a binder has read.</summary>
    public abstract Resource Make(ObjectHead head, NodeBinder binder);
}

/// <summary>A kind with the record of its content.</summary>
internal sealed class KnownKind<TSpec>(string name, string group, string[] versions, bool hasSpec, JsonTypeInfo<TSpec> info)
    : KnownKind(name, group, versions, hasSpec, Shape.Of(typeof(TSpec))) where TSpec : class
{
    /// <inheritdoc />
    public override Resource Make(ObjectHead head, NodeBinder binder) => new Resource<TSpec>
    {
        Kind = Name,
        ApiVersion = head.ApiVersion,
        Metadata = head.Metadata,
        Position = head.Position,
        Locate = head.Locate,
        IsComplete = head.IsComplete,
        Status = head.Status,
        Spec = binder.Make(info),
    };
}
