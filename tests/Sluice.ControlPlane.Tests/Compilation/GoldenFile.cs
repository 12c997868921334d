namespace Sluice.ControlPlane.Tests.Compilation;

/// <summary>A file that holds what the code makes. With <c>SLUICE_UPDATE_GOLDEN=1</c> it is written anew.</summary>
internal static class GoldenFile
{
    public static void AssertHolds(string path, string made)
    {
        if (Environment.GetEnvironmentVariable("SLUICE_UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, made);
        Assert.Equal(File.Exists(path) ? File.ReadAllText(path) : "", made);
    }
}
