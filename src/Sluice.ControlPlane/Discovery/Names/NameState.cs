using System.Net;

namespace Sluice.ControlPlane.Discovery.Names;

/// <summary>What is known about a name. Immutable; a look-up makes a new one.</summary>
/// <param name="Name">The name.</param>
public sealed record NameState(string Name)
{
    /// <summary>The last good answer, in the resolver's order, each address once; empty before there was one.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>When the last good answer came; null before there was one.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>When the look-ups began to fail; null while they don't.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>Why the last look-up failed; null when it did not.</summary>
    public string? Error { get; init; }

    /// <summary>Look-ups that were answered.</summary>
    public long Successes { get; init; }

    /// <summary>Look-ups that failed.</summary>
    public long Failures { get; init; }

    /// <summary>Whether a look-up has ended, one way or the other.</summary>
    internal bool IsKnown => ResolvedAt is not null || FailingSince is not null;

    /// <summary>An answer came.</summary>
    internal NameState Resolved(IPAddress[] addresses, DateTimeOffset at) => this with
    {
        Addresses = [.. addresses.Distinct()],
        ResolvedAt = at,
        FailingSince = null,
        Error = null,
        Successes = Successes + 1,
    };

    /// <summary>No answer came: the last good one stays.</summary>
    internal NameState Failed(string error, DateTimeOffset at) => this with
    {
        FailingSince = FailingSince ?? at,
        Error = error,
        Failures = Failures + 1,
    };
}
