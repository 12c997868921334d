using System.Text;
using Sluice.ControlPlane.Sources.Schema;

namespace Sluice.ControlPlane.Tests.Fields;

/// <summary>Writes <c>docs/istio-fields.md</c> out of the catalogue, the metadata of the records, and the golden configurations.</summary>
internal static class FieldDocument
{
    private const string Introduction = """
        # Istio's fields

        Every field that may be written in Istio's kinds for traffic, who reads it, and what acts on it. Search for the field's path or name.

        - **compiler**: the type of the control plane that reads the field; its rooms (`Compilation`, `Discovery`, ...) are folders of
          `src/Sluice.ControlPlane`.
        - **runtime type**: the type of the data plane that acts on it; its rooms (`Routing`, `Clusters`, `Listeners`) are folders of
          `src/Sluice.DataPlane`.
        - **status**: *in force*; *compiled*: it is in the snapshot, but a finding about what it belongs to says that this does not work yet;
          *not yet*: accepted, and a finding says that it is not in force; *no effect*: it has no meaning at a gateway, and a finding says so;
          *refused* by validation. The codes are explained in [findings.md](findings.md).
        - **golden**: the folder of `tests/Golden` in which the field is written and changed.

        This page is generated. The catalogue is in `tests/Sluice.ControlPlane.Tests/Fields`, one file a kind; `FieldDocumentTests` holds this
        page against it (`SLUICE_UPDATE_GOLDEN=1` writes it anew), and `FieldTests` holds the catalogue against what the fields do.

        """;

    /// <summary>The page.</summary>
    public static string Text(IReadOnlyList<KindFields> kinds, IReadOnlyList<FieldChange> changes)
    {
        var text = new StringBuilder(Introduction.ReplaceLineEndings("\n"));
        text.Append("\n| kind | fields | in force | compiled | not yet | no effect | refused |\n");
        text.Append("| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        foreach (var kind in kinds)
        {
            var counts = Enum.GetValues<FieldStatus>().Select(s => kind.Entries.Values.Count(e => e.Status == s));
            text.Append($"| [{kind.Name}](#{kind.Name.ToLowerInvariant()}) | {kind.Entries.Count} | {string.Join(" | ", counts)} |\n");
        }
        foreach (var kind in kinds)
        {
            var folders = changes.Where(c => c.Kind == kind.Name)
                .ToLookup(c => FieldTree.Generic(c.Path), c => c.Folder.Name);
            Write(text, kind, folders);
        }
        return text.ToString();
    }

    private static void Write(StringBuilder text, KindFields kind, ILookup<string, string> folders)
    {
        text.Append($"\n## {kind.Name}\n");
        foreach (var message in kind.Places.GroupBy(p => p.Record))
        {
            // The same record in several places has the same fields: they are told once.
            var parents = message.Select(p => p.Path[..p.Path.LastIndexOf('.')]).Distinct().ToArray();
            text.Append($"\n### {kind.Name}: {message.Key.Name}\n\n");
            text.Append($"{string.Join(", ", parents.Select(p => $"`{p}`"))} · record in `{TypeFile.Of(message.Key).Path}`\n\n");
            text.Append("| field | type | compiler | runtime type | status | golden |\n| --- | --- | --- | --- | --- | --- |\n");
            foreach (var field in message.GroupBy(p => p.Name))
            {
                var path = parents.Length == 1 ? field.First().Path : $"….{field.Key}";
                text.Append($"| `{path}` | {Type(kind, field.First())} | {Entry(kind, [.. field], folders)} |\n");
            }
        }
    }

    private static string Type(KindFields kind, FieldPlace field)
    {
        var name = field.IsMessage
            ? $"[{field.Type.Name}](#{kind.Name.ToLowerInvariant()}-{field.Type.Name.ToLowerInvariant()})"
            : Shape.Of(field.Type) switch
            {
                { Kind: ShapeKind.Text } => "string",
                { Kind: ShapeKind.Number, IsWhole: true } => "integer",
                { Kind: ShapeKind.Choice } => field.Type.Name,
                var shape => shape.Kind.ToString().ToLowerInvariant(),
            };
        return field.Many.Length == 0 ? name : $"{field.Many} of {name}";
    }

    private static string Entry(KindFields kind, FieldPlace[] places, ILookup<string, string> folders)
    {
        if (kind.Find(places[0]) is not { } entry)
            return "| | |";
        var golden = places.SelectMany(p => folders[p.Path].Concat(folders[p.Content])).Distinct().Order(StringComparer.Ordinal);
        var code = entry.Code.Length == 0 ? "" : $", [{entry.Code}](findings.md#{entry.Code.ToLowerInvariant()})";
        var status = entry.Status switch
        {
            FieldStatus.InForce => "in force",
            FieldStatus.Compiled => "compiled",
            FieldStatus.NotYet => "not yet",
            FieldStatus.NoEffect => "no effect",
            _ => "refused",
        };
        return $"{Types(entry.Compilers)} | {Types(entry.Runtime)} | {status}{code} | {string.Join(", ", golden)}";
    }

    private static string Types(Type[] types) => string.Join(", ", types.Select(t => TypeFile.Of(t).InRoom));
}
