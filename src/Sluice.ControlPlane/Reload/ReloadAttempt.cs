using Sluice.Api.Findings;

namespace Sluice.ControlPlane.Reload;

/// <summary>How a reload ended.</summary>
public enum ReloadOutcome
{
    /// <summary>A new snapshot is in force.</summary>
    Published,

    /// <summary>The files say what they said before; nothing was touched.</summary>
    Unchanged,

    /// <summary>An error; what was in force still is.</summary>
    Refused,
}

/// <summary>One reading of the configuration and what came of it.</summary>
public sealed record ReloadAttempt
{
    /// <summary>When it began.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>From reading the first file to the snapshot being in force (or refused), without the wait for quiet.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How it ended.</summary>
    public required ReloadOutcome Outcome { get; init; }

    /// <summary>Whether what is on disk is in force.</summary>
    public bool Ok => Outcome != ReloadOutcome.Refused;

    /// <summary>The generation in force afterwards; 0 when there is none.</summary>
    public required long Generation { get; init; }

    /// <summary>Hash of what was read.</summary>
    public required string Hash { get; init; }

    /// <summary>Everything there is to say about what was read, in the order of file, line, column.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>The addresses that could not be bound, which is why it was refused. At start the process exits with 69 instead of 65.</summary>
    public IReadOnlyList<BindError> BindErrors { get; init; } = [];
}
