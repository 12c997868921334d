using Sluice.Api.Findings;
using Sluice.ControlPlane.Compilation;
using Sluice.ControlPlane.Sources;
using Sluice.ControlPlane.Validation;
using Sluice.DataPlane.Pipeline;

namespace Sluice.ControlPlane.Reload;

/// <summary>From files to a snapshot that could be put in force: the way that the gateway and the verbs <c>validate</c>, <c>explain</c>
/// and <c>routes</c> have in common. Reads fast again: what an unchanged file said is remembered. Not for use by two threads.</summary>
/// <param name="paths">What <c>--config</c> names: files, and folders with everything below.</param>
/// <param name="meshConfigPath">What <c>--mesh-config</c> names; null for nothing.</param>
/// <param name="identity">Who this gateway is.</param>
/// <param name="time">The clock that file times are compared with.</param>
public sealed class ConfigLoader(IReadOnlyList<string> paths, string? meshConfigPath, GatewayIdentity identity, TimeProvider time)
{
    // A writer that never rests is read as it is in the end; the watcher reports its next change.
    private const int MostReads = 3;

    private readonly CertificateStore _certificates = new();
    private readonly ConfigReader _reader = new(time);
    private readonly string[] _all = meshConfigPath is null ? [.. paths] : [.. paths, meshConfigPath];

    /// <summary>Reads, validates, compiles.</summary>
    /// <param name="previous">The snapshot in force, whose endpoints' statistics the new one takes over.</param>
    /// <param name="generation">The generation that the new one would be.</param>
    /// <param name="cancel">Gives up between files.</param>
    public LoadResult Load(Snapshot previous, long generation, CancellationToken cancel) => Build(Read(cancel), previous, generation);

    /// <summary>The first half: what do the files say, all at the same moment. A ConfigMap that is swapped while it is read would
    /// otherwise be served as a mixture of old and new files.</summary>
    public ConfigSet Read(CancellationToken cancel)
    {
        var before = Look();
        for (var reads = 1; ; reads++)
        {
            var config = _reader.Read(paths, meshConfigPath, cancel);
            config.NamedFiles = CertificateFiles.Read(config, identity, Environment.CurrentDirectory);
            var after = Look();
            if (after == before || reads == MostReads)
                return config;
            before = after;
        }
    }

    /// <summary>The second half: is it right, and what does it come to.</summary>
    public LoadResult Build(ConfigSet config, Snapshot previous, long generation)
    {
        List<Finding> findings = [.. config.Findings, .. Validator.Validate(config, identity, time)];
        var compiled = findings.Exists(f => f.StopsLoad) ? null : SnapshotCompiler.Compile(config, identity, previous, generation, time, _certificates);
        if (compiled is not null)
            findings.AddRange(compiled.Findings);
        return new LoadResult(config, InFileOrder(findings), compiled);
    }

    private ulong Look() => FileScan.Take(_all, DateTimeOffset.MaxValue).Fingerprint;

    private static Finding[] InFileOrder(IEnumerable<Finding> findings) =>
        [.. findings
            .OrderBy(f => f.Position.File, StringComparer.Ordinal)
            .ThenBy(f => f.Position.Line)
            .ThenBy(f => f.Position.Column)
            .ThenBy(f => f.Code, StringComparer.Ordinal)];
}
