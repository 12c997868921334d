using Sluice.Api.Findings;
using Sluice.ControlPlane.Compilation;
using Sluice.ControlPlane.Sources;

namespace Sluice.ControlPlane.Reload;

/// <summary>What came of reading, validating and compiling the configuration once.</summary>
/// <param name="Config">What was read.</param>
/// <param name="Findings">Everything there is to say about it, in the order of file, line, column.</param>
/// <param name="Compiled">Ready to be published; null when a finding stops the load.</param>
public sealed record LoadResult(ConfigSet Config, IReadOnlyList<Finding> Findings, CompiledConfig? Compiled)
{
    /// <summary>What became of each object; of a load that is stopped, of those only that it is stopped for.</summary>
    public IReadOnlyList<ObjectStatus> Objects => Compiled?.Objects ?? RejectedObjects.Among(Config, Findings, serving: []);
}
