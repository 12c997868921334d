using Sluice.ControlPlane.Sources.Yaml;

namespace Sluice.ControlPlane.Sources;

/// <summary>Reads configuration files into objects, and says everything that is wrong with them: at its place, and all of it.
/// Files that did not change since the last time are not read again. One reader serves one caller at a time.</summary>
/// <param name="time">The clock, which tells whether a file may have changed unnoticed.</param>
public sealed class ConfigReader(TimeProvider time)
{
    private Dictionary<ConfigFile, SourceFile> _known = [];

    /// <summary>Reads all files behind the paths.</summary>
    /// <param name="paths">Files, and folders that are read with everything in them.</param>
    /// <param name="meshConfigPath">A file with a MeshConfig; it goes before one in a ConfigMap.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public ConfigSet Read(IReadOnlyList<string> paths, string? meshConfigPath, CancellationToken cancellation)
    {
        var found = ConfigPaths.Find(paths, meshConfigPath);
        var sources = new SourceFile[found.Files.Count];
        var unread = new DocumentText[found.Files.Count][];
        var options = new ParallelOptions { CancellationToken = cancellation };
        Parallel.For(0, sources.Length, options, i => sources[i] = Load(found.Files[i], out unread[i]));
        ReadDocuments(sources, unread, options);
        _known = sources.ToDictionary(source => source.File);
        return ConfigAssembly.Assemble(paths, sources, found.Findings);
    }

    /// <summary>Takes a file as it is known, or loads it; then its documents are still to be read.</summary>
    private SourceFile Load(ConfigFile file, out DocumentText[] unread)
    {
        unread = [];
        var now = time.GetUtcNow();
        try
        {
            var stamp = FileStamp.Of(file.RealPath);
            var known = _known.GetValueOrDefault(file);
            if (known is not null && known.IsSurelyUnchanged(stamp)) return known;

            var bytes = File.ReadAllBytes(file.RealPath);
            var digest = SourceText.Digest(bytes);
            if (known is not null && known.Digest == digest) return known with { Stamp = stamp, ReadAt = now };

            var (text, finding) = SourceText.Decode(file.Path, bytes);
            if (finding is not null) return SourceFile.Broken(file, digest, finding);
            unread = [.. DocumentSplitter.Split(text)];
            return new SourceFile(file, stamp, now, digest, new DocumentContent[unread.Length]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return SourceFile.Broken(file, "", ConfigPaths.Unreadable(file.Path, e));
        }
    }

    /// <summary>Reads the documents of all files on all cores, large files and many small ones alike.</summary>
    private static void ReadDocuments(SourceFile[] sources, DocumentText[][] unread, ParallelOptions options)
    {
        var work = new List<(int File, int Document)>();
        for (var file = 0; file < unread.Length; file++)
        {
            for (var document = 0; document < unread[file].Length; document++) work.Add((file, document));
        }

        Parallel.For(
            0,
            work.Count,
            options,
            static () => new ObjectReader(),
            (i, _, reader) =>
            {
                var (file, document) = work[i];
                var source = sources[file];
                var text = unread[file][document];
                unread[file][document] = default;
                source.Documents[document] = source.File.IsMeshConfig
                    ? reader.ReadMesh(source.File.Path, text)
                    : reader.Read(source.File.Path, text);
                return reader;
            },
            static reader => reader.Dispose());
    }
}
