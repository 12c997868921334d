using System.Diagnostics;

namespace Sluice.ControlPlane.Tests.Reload;

/// <summary>A folder of its own on the real file system, and the ways in which editors, scripts and Kubernetes write into one.</summary>
internal sealed class ChangingFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("sluice-").FullName;

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }

    internal string At(string name) => System.IO.Path.Join(Path, name);

    /// <summary>Writes in place.</summary>
    internal string Write(string name, string content)
    {
        var path = At(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Writes as most editors do: a temporary file beside it, then a rename over it.</summary>
    internal string Replace(string name, string content)
    {
        var path = At(name);
        var draft = At("." + System.IO.Path.GetFileName(name) + ".swp");
        File.WriteAllText(draft, content);
        File.Move(draft, path, overwrite: true);
        return path;
    }

    /// <summary>Writes as the kubelet writes a ConfigMap or Secret: a new folder with all files, a symbolic link <c>..data</c> that is
    /// swapped to it in one step, links through <c>..data</c>, and then the old folder is removed.</summary>
    internal void Mount(string folder, params (string Name, string Content)[] files)
    {
        var version = ".." + Guid.NewGuid().ToString("N");
        foreach (var (name, content) in files)
            Write($"{folder}/{version}/{name}", content);
        var old = new DirectoryInfo(At($"{folder}/..data")).LinkTarget;
        Link($"{folder}/..data", version);
        foreach (var (name, _) in files)
        {
            if (!File.Exists(At($"{folder}/{name}")))
                File.CreateSymbolicLink(At($"{folder}/{name}"), $"..data/{name}");
        }
        if (old is not null)
            Directory.Delete(At($"{folder}/{old}"), recursive: true);
    }

    /// <summary>Makes a symbolic link, or repoints one in a single step.</summary>
    internal void Link(string name, string target)
    {
        var draft = At(name + "_tmp");
        File.CreateSymbolicLink(draft, target);
        // File.Move follows a link to a folder; the kubelet's rename(2) does not.
        using var rename = Process.Start("mv", ["-T", draft, At(name)]);
        rename.WaitForExit();
        Assert.Equal(0, rename.ExitCode);
    }
}
