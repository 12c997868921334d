using System.Collections.Concurrent;
using Sluice.Api.Findings;
using Sluice.ControlPlane.Tests.Compilation;
using Sluice.ControlPlane.Validation;

namespace Sluice.ControlPlane.Tests.Fields;

/// <summary>A line of a <c>changes.txt</c>: a field of <c>in.yaml</c> beside it, and what to write there instead.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Resource">The object, as findings name it.</param>
/// <param name="Path">The field.</param>
/// <param name="Value">The other value, in YAML; <c>~</c> takes the field away.</param>
internal sealed record FieldChange(GoldenFolder Folder, string Resource, string Path, string Value)
{
    private const string FileName = "changes.txt";

    private static readonly ConcurrentDictionary<string, (string Snapshot, List<Finding> Findings)> Unchanged = new();

    /// <summary>All lines of all folders.</summary>
    public static IEnumerable<FieldChange> All() => GoldenFolder.Names.Select(GoldenFolder.Of)
        .Where(f => File.Exists(f.PathOf(FileName)))
        .SelectMany(f => File.ReadLines(f.PathOf(FileName)).Where(l => l.Length > 0 && l[0] != '#').Select(l => Parse(f, l)));

    /// <summary>The kind of the object.</summary>
    public string Kind => Resource[..Resource.IndexOf(' ', StringComparison.Ordinal)];

    /// <summary>Makes the change and looks at what it does.</summary>
    public Effect Try()
    {
        var text = new ConfigText(Folder.Yaml);
        var before = Unchanged.GetOrAdd(Folder.Name, _ => Look(text.ToString()));
        var written = text.Set(Resource, Path, Value);
        var after = Look(text.ToString());
        return new Effect(
            written,
            before.Snapshot != after.Snapshot,
            after.Findings,
            [.. after.Findings.Where(f => f.Resource == Resource && Covers(f.Path))],
            [.. after.Findings.Where(f => f.StopsLoad && !before.Findings.Exists(b => b.Code == f.Code && b.Path == f.Path))]);
    }

    public override string ToString() => $"{Folder.Name}: {Resource} {Path}: {Value}";

    // "VirtualService default/v spec.http[0].timeout: 3s"
    private static FieldChange Parse(GoldenFolder folder, string line)
    {
        var words = line.Split(' ', 4);
        return words is [var kind, var name, [.. var path, ':'], var value]
            ? new FieldChange(folder, $"{kind} {name}", path, value)
            : throw new FormatException($"{folder.Name}/{FileName}: \"{line}\" is not \"Kind namespace/name path: value\"");
    }

    private (string Snapshot, List<Finding> Findings) Look(string yaml)
    {
        var set = Compiled.Read(yaml);
        var stops = set.Findings.Concat(Validator.Validate(set, Folder.Identity)).ToList();
        var config = Compiled.From(set, Folder.Identity);
        return (RoutingTableText.Of(config.Snapshot), [.. stops, .. config.Findings]);
    }

    // A finding about a block is one about all that it holds.
    private bool Covers(string path) => path.Length > "spec".Length
        && Path.StartsWith(path, StringComparison.Ordinal) && (Path.Length == path.Length || Path[path.Length] is '.' or '[');
}

/// <summary>What a change does.</summary>
/// <param name="WasWritten">Whether the field was there before.</param>
/// <param name="ChangesSnapshot">Whether it shows in the snapshot.</param>
/// <param name="Findings">All findings.</param>
/// <param name="Named">Those about the field, or about one that holds it.</param>
/// <param name="Refusals">The findings of validation that were not there before and stop the load.</param>
internal sealed record Effect(
    bool WasWritten, bool ChangesSnapshot, IReadOnlyList<Finding> Findings, Finding[] Named, Finding[] Refusals);
