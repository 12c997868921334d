using System.Reflection;
using System.Runtime.InteropServices;

namespace Sluice.Reports;

/// <summary>What this executable was built from.</summary>
internal static class BuildInfo
{
    private const string UnknownCommit = "unknown";

    /// <summary>Version, e.g. <c>0.1.0</c>.</summary>
    public static string Version { get; } = Informational().Version;

    /// <summary>Abbreviated commit, or <c>unknown</c> for a build outside a repository.</summary>
    public static string Commit { get; } = Informational().Commit;

    /// <summary>The runtime, e.g. <c>.NET 10.0.1</c>.</summary>
    public static string Runtime { get; } = RuntimeInformation.FrameworkDescription;

    /// <summary>All of it in one line.</summary>
    public static string Text { get; } = $"sluice {Version} (commit {Commit}, {Runtime}, {RuntimeInformation.RuntimeIdentifier})";

    // The SDK appends the commit to the informational version: 0.1.0+2cbc6d4….
    private static (string Version, string Commit) Informational()
    {
        const int commitLength = 12;
        var text = typeof(BuildInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        var plus = text.IndexOf('+', StringComparison.Ordinal);
        return plus < 0
            ? (text, UnknownCommit)
            : (text[..plus], text[(plus + 1)..Math.Min(text.Length, plus + 1 + commitLength)]);
    }
}
