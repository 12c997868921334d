using Sluice.Api.Findings;
using Sluice.ControlPlane.Compilation;
using Sluice.ControlPlane.Sources;
using Sluice.ControlPlane.Tests.Sources;
using Sluice.ControlPlane.Validation;

namespace Sluice.ControlPlane.Tests.Validation;

/// <summary>Everything that reading and validating a configuration says.</summary>
internal static class Validated
{
    /// <summary>Reads a text as a file and validates it for the default gateway.</summary>
    public static Finding[] Text(string yaml, DateTimeOffset? now = null) => All(TemporaryFolder.ReadText(yaml), now);

    /// <summary>Reads files and validates them for the default gateway.</summary>
    public static Finding[] Files(params string[] paths) =>
        All(new ConfigReader(TimeProvider.System).Read(paths, null, CancellationToken.None), null);

    private static Finding[] All(ConfigSet set, DateTimeOffset? now) =>
        [.. set.Findings, .. Validator.Validate(set, new GatewayIdentity(), now is { } time ? new FixedTime(time) : null)];

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
