using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Sluice.Api.Findings;
using Sluice.Api.Resources;

namespace Sluice.ControlPlane.Sources;

/// <summary>Puts what the files hold together: objects that are written twice, the mesh configuration, paths without
/// anything.</summary>
internal static class ConfigAssembly
{
    /// <summary>Makes the set of what was read.</summary>
    public static ConfigSet Assemble(IReadOnlyList<string> paths, SourceFile[] sources, IReadOnlyList<Finding> pathFindings)
    {
        var findings = new List<Finding>(pathFindings);
        findings.AddRange(paths.Distinct().Where(path => IsEmpty(path, sources)).Select(path => ConfigPaths.Unreadable(
            path, "no objects in it", "an empty configuration is taken for a mistake; write at least one object")));
        foreach (var source in sources)
        {
            findings.AddRange(source.Documents.SelectMany(document => document.Findings)
                .OrderBy(finding => finding.Position.Line).ThenBy(finding => finding.Position.Column));
        }

        var objects = Distinct(sources.SelectMany(source => source.Documents).SelectMany(document => document.Objects), findings);
        return new ConfigSet(objects, ChooseMesh(sources, findings))
        {
            Findings = findings,
            Files = [.. sources.Select(source => source.File.Path)],
            Hash = HashOf(sources),
            Namespaces = sources.SelectMany(source => source.Documents).SelectMany(document => document.Namespaces)
                .ToFrozenSet(StringComparer.Ordinal),
            PassedOver = sources.SelectMany(source => source.Documents).Sum(document => document.PassedOver),
        };
    }

    /// <summary>Whether a path seems to be emptied by mistake: its files have no content at all, or nothing is left anywhere. A
    /// file with nothing but comments is fine beside others.</summary>
    private static bool IsEmpty(string path, SourceFile[] sources)
    {
        var files = sources.Where(source => source.File.Named == path && !source.File.IsMeshConfig).ToArray();
        if (files.Length == 0) return false;
        return files.All(file => file.Stamp.Length == 0)
            || sources.Where(source => !source.File.IsMeshConfig).All(file => file.Documents.All(document => document.IsEmpty));
    }

    private static List<Resource> Distinct(IEnumerable<Resource> objects, List<Finding> findings)
    {
        var distinct = new List<Resource>();
        var seen = new Dictionary<(string Kind, string Namespace, string Name), Resource>();
        foreach (var resource in objects)
        {
            if (seen.TryAdd((resource.Kind, resource.Namespace, resource.Name), resource))
            {
                distinct.Add(resource);
                continue;
            }

            var first = seen[(resource.Kind, resource.Namespace, resource.Name)];
            findings.Add(Finding.At(resource, "metadata.name", Severity.Error, SourceCodes.DuplicateObject,
                $"{resource.Id} is written twice, first at {first.Position}", "remove one of them or give it another name"));
        }

        return distinct;
    }

    /// <summary>The file that was named for it goes before ConfigMaps; of these the first counts.</summary>
    private static MeshDocument? ChooseMesh(SourceFile[] sources, List<Finding> findings)
    {
        MeshDocument[] documents =
        [
            .. sources.OrderBy(source => source.File.IsMeshConfig ? 0 : 1)
                .SelectMany(source => source.Documents).Select(document => document.Mesh).OfType<MeshDocument>(),
        ];
        foreach (var ignored in documents.Skip(1))
        {
            findings.Add(new Finding(Severity.Warning, SourceCodes.MeshConfigIgnored, ignored.Position, "", "",
                $"this MeshConfig has no effect, the one at {documents[0].Position} is in force", "keep one of them"));
        }

        return documents.FirstOrDefault();
    }

    private static string HashOf(SourceFile[] sources)
    {
        var digests = string.Join('\n', sources.Select(source => (source.File.IsMeshConfig ? "mesh " : "") + source.Digest));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(digests)));
    }
}
