using Sluice.Api.Findings;
using Sluice.Api.Resources;
using Sluice.DataPlane.Pipeline;

namespace Sluice.ControlPlane.Compilation;

/// <summary>What came of a configuration: the snapshot, what became of each object, and what there is to say about it.</summary>
/// <param name="Snapshot">Ready to be published.</param>
/// <param name="Objects">One entry for every object of a known kind, in file order.</param>
/// <param name="Findings">What only shows when the objects are put together; none of them stops the load.</param>
public sealed record CompiledConfig(Snapshot Snapshot, IReadOnlyList<ObjectStatus> Objects, IReadOnlyList<Finding> Findings)
{
    /// <summary>The certificates that the configuration names, and those that are missing; each once.</summary>
    public IReadOnlyList<CertificateStatus> Certificates { get; init; } = [];

    /// <summary>The clusters that need a resolver.</summary>
    internal IReadOnlyList<NamedCluster> Named { get; init; } = [];

    /// <summary>Time between two look-ups of a name (MeshConfig <c>dnsRefreshRate</c>); null when nothing is said.</summary>
    internal TimeSpan? NameInterval { get; init; }
}

/// <summary>What became of one object.</summary>
/// <param name="Resource">The object.</param>
/// <param name="State">How much of it works.</param>
/// <param name="Reason">The object or field that is missing; empty when all of it works.</param>
public sealed record ObjectStatus(Resource Resource, ObjectState State, string Reason);

/// <summary>How much of an object works.</summary>
public enum ObjectState
{
    /// <summary>All of it.</summary>
    Serving,

    /// <summary>Some of it; the reason says what not.</summary>
    Partly,

    /// <summary>Accepted, but nothing leads to it.</summary>
    Inert,

    /// <summary>Refused by validation.</summary>
    Rejected,
}
