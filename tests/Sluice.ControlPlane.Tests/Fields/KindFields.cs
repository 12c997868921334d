using System.Text.Json.Serialization.Metadata;
using Sluice.ControlPlane.Discovery;

namespace Sluice.ControlPlane.Tests.Fields;

/// <summary>What becomes of a field.</summary>
internal enum FieldStatus
{
    /// <summary>It changes the snapshot.</summary>
    InForce,

    /// <summary>It changes the snapshot, but what it is about does not work yet, and a finding about that says so.</summary>
    Compiled,

    /// <summary>It would change traffic, and a finding says that it does not yet.</summary>
    NotYet,

    /// <summary>It has no meaning at a gateway, and a finding says so.</summary>
    NoEffect,

    /// <summary>Validation refuses it, as Istio's does.</summary>
    Refused,
}

/// <summary>What the catalogue says of a field of a record.</summary>
/// <param name="Status">What becomes of it.</param>
/// <param name="Code">Of the finding that names it; empty for a field in force.</param>
/// <param name="Compilers">Who reads it in the control plane.</param>
/// <param name="Runtime">What acts on it in the data plane.</param>
internal sealed record FieldEntry(FieldStatus Status, string Code, Type[] Compilers, Type[] Runtime);

/// <summary>The catalogue of one kind: an entry for each field of each record that a file may hold under its <c>spec</c>. When a field comes
/// into force, its name moves from <see cref="NotYet{T}"/> to <see cref="InForce{T}"/>, beside those who act on it.</summary>
/// <param name="name">The kind.</param>
/// <param name="spec">What a file may hold.</param>
internal sealed class KindFields(string name, JsonTypeInfo spec)
{
    private readonly Dictionary<(Type Record, string Field), FieldEntry> _entries = [];
    private readonly HashSet<Type> _blocks = [];

    /// <summary>The kind.</summary>
    public string Name => name;

    /// <summary>Every place of every field.</summary>
    public List<FieldPlace> Places { get; } = FieldTree.Of(spec);

    /// <summary>The entries.</summary>
    public IReadOnlyDictionary<(Type Record, string Field), FieldEntry> Entries => _entries;

    /// <summary>The fields themselves, without those that hold records.</summary>
    public IEnumerable<FieldPlace> Leaves => Places.Where(p => !p.IsMessage);

    /// <summary>Fields that change the snapshot.</summary>
    /// <typeparam name="T">The record that has them.</typeparam>
    /// <param name="compilers">Who reads them; at least one mentions each of them by name.</param>
    /// <param name="runtime">What acts on them.</param>
    /// <param name="fields">Their names.</param>
    public KindFields InForce<T>(Type[] compilers, Type[] runtime, params string[] fields) =>
        Add<T>(new FieldEntry(FieldStatus.InForce, "", compilers, runtime), fields);

    /// <summary>Fields that change the snapshot while what they are about has a row in <c>FieldsNotInForce</c>.</summary>
    public KindFields Compiled<T>(Type[] compilers, Type[] runtime, params string[] fields) =>
        Add<T>(new FieldEntry(FieldStatus.Compiled, FindingCodes.NotInForce, compilers, runtime), fields);

    /// <summary>Fields that are not in force yet: they, or a field that holds them, have a row in <c>FieldsNotInForce</c>.</summary>
    public KindFields NotYet<T>(params string[] fields) =>
        Add<T>(new FieldEntry(FieldStatus.NotYet, FindingCodes.NotInForce, [], []), fields);

    /// <summary>Fields without a meaning at a gateway: they have a row in <c>FieldsWithoutEffect</c>.</summary>
    public KindFields NoEffect<T>(params string[] fields) =>
        Add<T>(new FieldEntry(FieldStatus.NoEffect, FindingCodes.NoEffectHere, [], []), fields);

    /// <summary>Fields that validation refuses.</summary>
    public KindFields Refused<T>(string code, Type rules, params string[] fields) =>
        Add<T>(new FieldEntry(FieldStatus.Refused, code, [rules], []), fields);

    /// <summary>A record that is handed on whole wherever it stands: it is enough that each of its fields is tried in one place, and one of
    /// them in each other place.</summary>
    public KindFields Whole<T>()
    {
        _blocks.Add(typeof(T));
        return this;
    }

    /// <summary>The entry of a field.</summary>
    public FieldEntry? Find(FieldPlace place) => _entries.GetValueOrDefault((place.Record, place.Name));

    /// <summary>Where the outermost record that is handed on whole and holds the field stands; null when none does.</summary>
    public FieldPlace? BlockOf(FieldPlace place) => Places.Find(p => p.IsMessage && _blocks.Contains(p.Type)
        && place.Path.StartsWith(p.Content + ".", StringComparison.Ordinal));

    private KindFields Add<T>(FieldEntry entry, string[] fields)
    {
        foreach (var field in fields)
            _entries.Add((typeof(T), field), entry);
        return this;
    }
}
