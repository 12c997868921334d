using Sluice.Api.Findings;
using Sluice.ControlPlane.Compilation;
using Sluice.ControlPlane.Sources;

namespace Sluice.ControlPlane.Reload;

/// <summary>What is in force and how the last reload went: the content of <c>/config_status</c>. Immutable; a reload makes a new one.</summary>
public sealed record ReloadStatus
{
    /// <summary>Before the first load.</summary>
    public static ReloadStatus Nothing { get; } = new();

    /// <summary>Grows by one with each snapshot put in force; 0 when there is none.</summary>
    public long Generation { get; init; }

    /// <summary>Hash of the configuration in force; empty when there is none.</summary>
    public string Hash { get; init; } = "";

    /// <summary>Since when it is in force; null when there is none.</summary>
    public DateTimeOffset? LoadedAt { get; init; }

    /// <summary>The last attempt, the first load included; null before it.</summary>
    public ReloadAttempt? LastReload { get; init; }

    /// <summary>What became of each object: of those in force, and of those that the last attempt was refused for, which are
    /// <see cref="ObjectState.Rejected"/> even where an older version of them goes on serving.</summary>
    public IReadOnlyList<ObjectStatus> Objects { get; init; } = [];

    /// <summary>The configuration in force; null when there is none.</summary>
    public ConfigSet? Config { get; init; }

    /// <summary>The certificates that the configuration in force names, and those that it misses.</summary>
    public IReadOnlyList<CertificateStatus> Certificates { get; init; } = [];

    /// <summary>What there is to say about the configuration in force.</summary>
    internal IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>What became of the objects in force, whatever was refused since.</summary>
    internal IReadOnlyList<ObjectStatus> Serving { get; init; } = [];

    /// <summary>Whether the files say what is in force already. Their names count, too: every answer shows them.</summary>
    internal bool IsInForce(ConfigSet config) =>
        Config is not null && config.Hash == Hash && config.Files.SequenceEqual(Config.Files) && !config.Findings.Any(f => f.StopsLoad);

    /// <summary>A new snapshot is in force.</summary>
    internal static ReloadStatus Published(ReloadAttempt attempt, LoadResult result, DateTimeOffset at) => new()
    {
        Generation = attempt.Generation,
        Hash = attempt.Hash,
        LoadedAt = at,
        LastReload = attempt,
        Objects = result.Compiled!.Objects,
        Serving = result.Compiled.Objects,
        Certificates = result.Compiled.Certificates,
        Config = result.Config,
        Findings = result.Findings,
    };

    /// <summary>The files say what is in force already.</summary>
    internal ReloadStatus Unchanged(ReloadAttempt attempt) => this with { LastReload = attempt, Objects = Serving };

    /// <summary>What was in force still is.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="refused">What was read; null when reading itself failed.</param>
    internal ReloadStatus Refused(ReloadAttempt attempt, ConfigSet? refused) =>
        this with { LastReload = attempt, Objects = refused is null ? Serving : RejectedObjects.Among(refused, attempt.Findings, Serving) };
}
