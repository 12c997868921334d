using Sluice.Api.Findings;
using Sluice.Api.Resources;

namespace Sluice.ControlPlane.Validation;

/// <summary>A field of an object under validation: where it is, and the way to say something about it.</summary>
internal readonly struct Field
{
    private readonly Resource _resource;
    private readonly List<Finding> _findings;

    private Field(Resource resource, List<Finding> findings, string path)
    {
        _resource = resource;
        _findings = findings;
        Path = path;
    }

    /// <summary>The path from the object's root, e.g. <c>spec.http[0].timeout</c>; empty for the object itself.</summary>
    public string Path { get; }

    /// <summary>The field of that name within this one.</summary>
    public Field this[string name] => new(_resource, _findings, Path.Length == 0 ? name : $"{Path}.{name}");

    /// <summary>The element at that place in this list.</summary>
    public Field this[int index] => new(_resource, _findings, $"{Path}[{index}]");

    /// <summary>The object itself; findings about it and its fields are added to the list.</summary>
    public static Field Of(Resource resource, List<Finding> findings) => new(resource, findings, "");

    /// <summary>Says what keeps the object from being used.</summary>
    public void Error(string code, string message, string hint = "") => Add(Severity.Error, code, message, hint);

    /// <summary>Says what is probably not meant.</summary>
    public void Warning(string code, string message, string hint = "") => Add(Severity.Warning, code, message, hint);

    /// <summary>Says what is worth knowing.</summary>
    public void Info(string code, string message, string hint = "") => Add(Severity.Info, code, message, hint);

    /// <summary>The entry of that key in this map.</summary>
    public Field Key(string key) => new(_resource, _findings, $"{Path}[{key}]");

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
        _findings.Add(Finding.At(_resource, Path, severity, code, message, hint));
}
