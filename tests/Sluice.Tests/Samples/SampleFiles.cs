namespace Sluice.Tests.Samples;

/// <summary>Published example configurations, used where they lie and as they are. They are no part of this repository: they are looked
/// for in <c>../shared/istio/samples</c> beside it, or where the variable <c>SLUICE_SAMPLES</c> says.</summary>
internal static class SampleFiles
{
    private static readonly string Home =
        Environment.GetEnvironmentVariable("SLUICE_SAMPLES")
        ?? Path.GetFullPath(Path.Combine(RepositoryRoot.Path, "..", "shared", "istio", "samples"));

    /// <summary>Paths of files below the samples; skips the running test where there are none.</summary>
    public static string[] Of(string folder, params string[] names)
    {
        Assert.SkipUnless(Directory.Exists(Home), $"The samples are not in {Home}; SLUICE_SAMPLES may name another place.");
        return [.. names.Select(name => Path.Combine(Home, folder, name))];
    }
}
