using Sluice.Api.Findings;
using Sluice.Api.Resources;

namespace Sluice.ControlPlane.Validation;

/// <summary>A field of an object under validation: where it is, and the way to say something about it.</summary>
internal readonly struct Field
{
    private readonly Origin _origin;

    private Field(Origin origin, string path)
    {
        _origin = origin;
        Path = path;
    }

    /// <summary>The path from the object's root, e.g. <c>spec.http[0].headers[x-team]</c>; empty for the object itself.</summary>
    public string Path { get; }

    /// <summary>The field of that name within this one.</summary>
    public Field this[string name] => new(_origin, Path.Length == 0 ? name : $"{Path}.{name}");

    /// <summary>The element at that place in this list.</summary>
    public Field this[int index] => new(_origin, $"{Path}[{index}]");

    /// <summary>An object; findings about it and its fields are added to the list.</summary>
    public static Field Of(Resource resource, List<Finding> findings) =>
        new(new Origin(resource.Id, resource.Locate, findings), "");

    /// <summary>A document that is no object (the MeshConfig).</summary>
    public static Field Of(Func<string, SourcePosition> locate, List<Finding> findings) =>
        new(new Origin("", locate, findings), "");

    /// <summary>The entry of that key in this map.</summary>
    public Field Key(string key) => new(_origin, $"{Path}[{key}]");

    /// <summary>Says what keeps the object from being used.</summary>
    public void Error(string code, string message, string hint = "") => Add(Severity.Error, code, message, hint);

    /// <summary>Says what is probably not meant.</summary>
    public void Warning(string code, string message, string hint = "") => Add(Severity.Warning, code, message, hint);

    /// <summary>Says what is worth knowing.</summary>
    public void Info(string code, string message, string hint = "") => Add(Severity.Info, code, message, hint);

    /// <summary>The elements of a list with their places.</summary>
    public IEnumerable<(T Item, Field At)> Each<T>(IReadOnlyList<T>? list)
    {
        for (var i = 0; i < (list?.Count ?? 0); i++) yield return (list![i], this[i]);
    }

    /// <summary>The entries of a map with their places.</summary>
    public IEnumerable<(string Key, T Item, Field At)> Each<T>(IReadOnlyDictionary<string, T>? map)
    {
        if (map is null) yield break;
        foreach (var (key, value) in map) yield return (key, value, Key(key));
    }

    private void Add(Severity severity, string code, string message, string hint) =>
        _origin.Findings.Add(new Finding(severity, code, _origin.Locate(Path), _origin.Id, Path, message, hint));

    private sealed record Origin(string Id, Func<string, SourcePosition> Locate, List<Finding> Findings);
}
