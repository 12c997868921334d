namespace Sluice.Tests.Samples;

/// <summary>Istio's published samples and the course's files. They are not part of this repository; where they are at hand, it is beside
/// it, or where <c>SLUICE_SAMPLES</c> says.</summary>
internal static class SampleFiles
{
    /// <summary>Skips the test where the samples are not at hand.</summary>
    public static void Require() => Assert.SkipUnless(Directory.Exists(Root), $"the published samples are not at hand: no folder {Root}");

    /// <summary>Copies files, or all files of a folder, as they are.</summary>
    public static void Copy(string to, params string[] paths)
    {
        foreach (var path in paths)
        {
            var full = Path.Combine(Root, path);
            foreach (var file in Directory.Exists(full) ? Directory.GetFiles(full, "*.yaml") : [full])
                File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    private static string Root => Environment.GetEnvironmentVariable("SLUICE_SAMPLES")
        ?? Path.GetFullPath(Path.Combine(RepositoryRoot.Path, "..", "shared", "istio", "samples"));
}
