using System.Security.Cryptography;
using System.Text;

namespace Sluice.ControlPlane.Sources;

/// <summary>What the files hold that a configuration names: certificates, keys, revocation lists. They are part of what is loaded: a change
/// of one is a change of the configuration.</summary>
public sealed class NamedFiles
{
    // Far more than any bundle of authorities has; what is larger was not meant.
    private const int MaxLength = 4 * 1024 * 1024;

    private readonly SortedDictionary<string, NamedFile> _files = new(StringComparer.Ordinal);

    private NamedFiles()
    {
    }

    /// <summary>No files.</summary>
    public static NamedFiles None { get; } = new();

    /// <summary>Where they are, whether they exist or not.</summary>
    public IEnumerable<string> Locations => _files.Values.Select(f => f.Location);

    /// <summary>A hash of all of it; empty without files.</summary>
    internal string Digest { get; private set; } = "";

    /// <summary>Reads files.</summary>
    /// <param name="paths">As they are written.</param>
    /// <param name="folder">What relative paths start from.</param>
    internal static NamedFiles Read(IEnumerable<string> paths, string folder)
    {
        var files = new NamedFiles();
        foreach (var path in paths)
        {
            if (!files._files.ContainsKey(path))
                files._files[path] = Read(Path.GetFullPath(path, folder));
        }
        if (files._files.Count > 0)
            files.Digest = DigestOf(files._files);
        return files;
    }

    /// <summary>The file that is written like this.</summary>
    internal NamedFile Find(string path) => _files.TryGetValue(path, out var file) ? file : new NamedFile(path, default, "it was not read");

    private static NamedFile Read(string location)
    {
        try
        {
            using var stream = new FileStream(location, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            // What has no end, such as a device, says that it is empty.
            if (stream.Length > MaxLength)
                return new NamedFile(location, default, "it is too large");
            var bytes = new byte[stream.Length];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return new NamedFile(location, bytes.AsMemory(0, length), length == 0 ? "it is empty" : null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new NamedFile(location, default, "there is no such file", IsMissing: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new NamedFile(location, default, $"it can't be read ({e.Message.TrimEnd('.')})");
        }
    }

    private static string DigestOf(SortedDictionary<string, NamedFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, file) in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{path}\n{file.Problem}\n"));
            hash.AppendData(SHA256.HashData(file.Content.Span));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>A file that the configuration names.</summary>
/// <param name="Location">Its full path.</param>
/// <param name="Content">What it holds; empty when it could not be read.</param>
/// <param name="Problem">Why it could not be read; null when it could.</param>
/// <param name="IsMissing">Whether there is none.</param>
internal readonly record struct NamedFile(string Location, ReadOnlyMemory<byte> Content, string? Problem, bool IsMissing = false);
