using Sluice.ControlPlane.Compilation;
using Sluice.ControlPlane.Reload;
using Sluice.DataPlane.Pipeline;
using Sluice.Reports;

namespace Sluice.Commands;

/// <summary>Loads a configuration once, for the verbs that look at one.</summary>
internal static class Loading
{
    private const long FirstGeneration = 1;

    /// <summary>Reads, validates and compiles.</summary>
    public static LoadResult Load(IReadOnlyList<string> paths, string? meshConfig, GatewayIdentity identity, CancellationToken cancellation) =>
        new ConfigLoader(paths, meshConfig, identity, TimeProvider.System).Load(Snapshot.Empty, FirstGeneration, cancellation);

    /// <summary>Says why a configuration does not load: its findings, one line each, the errors among them first to last.</summary>
    public static void Complain(IEnumerable<Api.Findings.Finding> findings, TextWriter error)
    {
        foreach (var finding in FindingView.Sorted(findings))
        {
            if (finding.Severity == Api.Findings.Severity.Error)
                error.WriteLine(finding);
        }
    }
}
