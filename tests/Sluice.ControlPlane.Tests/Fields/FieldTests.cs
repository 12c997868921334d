namespace Sluice.ControlPlane.Tests.Fields;

/// <summary>Changes every field once in a golden configuration, and holds what comes of it against the catalogue: the snapshot changes, or
/// a finding names the field. The changes are in <c>tests/Golden/NAME/changes.txt</c>; the fields come from the metadata by which files are
/// read, so that a new one fails here until it has an entry and a change.</summary>
public class FieldTests
{
    private static readonly FieldChange[] Changes = [.. FieldChange.All()];

    public static TheoryData<string> Kinds => [.. Catalogue.Kinds.Select(k => k.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_field_has_an_entry_and_every_entry_a_field(string kind)
    {
        var fields = Of(kind);
        var known = fields.Leaves.Select(l => (l.Record, Field: l.Name)).ToHashSet();
        None("no entry", fields.Leaves.Where(l => fields.Find(l) is null).Select(l => l.Path));
        None("no field", fields.Entries.Keys.Except(known).Select(k => $"{k.Record.Name}.{k.Field}"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_field_is_changed_in_a_golden_configuration(string kind)
    {
        var fields = Of(kind);
        var changed = ChangesOf(kind).Select(c => c.Place).ToHashSet();
        var inBlocks = changed.Select(p => Within(fields, p)).ToHashSet();
        // In a block that is handed on whole any place does for a field, but something is changed in each place.
        None("no change", fields.Leaves.Where(l => !changed.Contains(l) && !inBlocks.Contains(Within(fields, l))).Select(l => l.Path));
        var places = changed.Select(fields.BlockOf).ToHashSet();
        None("no change of a field in", fields.Leaves.Select(fields.BlockOf).OfType<FieldPlace>().Distinct()
            .Where(b => !places.Contains(b)).Select(b => b.Path));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_change_shows_in_the_snapshot_or_a_finding_names_the_field(string kind)
    {
        var fields = Of(kind);
        var wrong = ChangesOf(kind)
            .Where(c => fields.Find(c.Place) is not null)
            .Select(c => (c.Change, Problem: Problem(fields.Find(c.Place)!, c.Change.Try())))
            .Where(c => c.Problem is not null)
            .Select(c => $"{c.Change}: {c.Problem}");
        None("wrong", wrong);
    }

    private static string? Problem(FieldEntry entry, Effect effect)
    {
        if (!effect.WasWritten && entry.Status != FieldStatus.Refused)
            return "the field is not in in.yaml";
        var refusals = effect.Refusals.Where(r => r.Code != entry.Code).Select(r => $"{r.Code} {r.Message}").ToArray();
        if (refusals.Length > 0)
            return $"validation refuses it: {string.Join("; ", refusals)}";
        var named = effect.Named.Any(f => f.Code == entry.Code);
        return entry.Status switch
        {
            FieldStatus.InForce when !effect.ChangesSnapshot => "the snapshot stays the same",
            FieldStatus.Compiled when !effect.ChangesSnapshot => "the snapshot stays the same",
            FieldStatus.Compiled when !effect.Findings.Any(f => f.Code == entry.Code) =>
                $"nothing here is {entry.Code} any more: it is in force",
            FieldStatus.NotYet or FieldStatus.NoEffect or FieldStatus.Refused when !named => $"no finding {entry.Code} names it"
                + (effect.ChangesSnapshot ? ", and the snapshot changes: it is in force" : ""),
            _ => null,
        };
    }

    private static void None(string problem, IEnumerable<string> found)
    {
        var lines = found.ToArray();
        Assert.True(lines.Length == 0, $"{problem}:\n{string.Join('\n', lines)}");
    }

    private static KindFields Of(string kind) => Catalogue.Kinds.Single(k => k.Name == kind);

    private static IEnumerable<(FieldChange Change, FieldPlace Place)> ChangesOf(string kind)
    {
        var fields = Of(kind);
        foreach (var change in Changes.Where(c => c.Kind == kind))
        {
            var path = FieldTree.Generic(change.Path);
            var place = fields.Places.Find(p => p.Path == path || p.Content == path);
            yield return (change, place is { IsMessage: false } ? place : throw new FormatException($"{change}: this is no field"));
        }
    }

    private static (Type? Block, string Path) Within(KindFields fields, FieldPlace place) =>
        fields.BlockOf(place) is { } block ? (block.Type, place.Path[block.Content.Length..]) : (null, place.Path);
}
