namespace Sluice.ControlPlane.Tests.Sources;

/// <summary>Files of the repository, and beside it the shared samples, which not every checkout has.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A file or folder of the shared samples, or null where they are absent.</summary>
    public static string? Shared(string path)
    {
        for (var folder = Root; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var candidate = Path.Combine(folder, "shared", path);
            if (Path.Exists(candidate)) return candidate;
        }

        return null;
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Gateway.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
