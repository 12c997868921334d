using System.Globalization;
using System.Text;

namespace Sluice.ControlPlane.Sources;

/// <summary>One step of a path: a field or key, or an index.</summary>
internal readonly record struct PathStep(string? Key, int Index, bool IsMapKey);

/// <summary>The way from the top of an object to where a reader stands. It is written out only when there is something to
/// say.</summary>
internal sealed class FieldPath
{
    private readonly List<PathStep> _steps = [];

    /// <summary>Goes into a field of a record.</summary>
    public void EnterField(string name) => _steps.Add(new PathStep(name, 0, false));

    /// <summary>Goes into an entry of a map, whose key may hold anything.</summary>
    public void EnterKey(string key) => _steps.Add(new PathStep(key, 0, true));

    /// <summary>Goes into an element of a list.</summary>
    public void EnterIndex(int index) => _steps.Add(new PathStep(null, index, false));

    /// <summary>Goes back.</summary>
    public void Leave() => _steps.RemoveAt(_steps.Count - 1);

    /// <summary>Goes back to the top.</summary>
    public void Clear() => _steps.Clear();

    /// <summary>Number of steps from the top.</summary>
    public int Depth => _steps.Count;

    /// <summary>The path, e.g. <c>spec.http[0].match[1].headers[end-user].exact</c>.</summary>
    public override string ToString() => ToString(_steps.Count);

    /// <summary>The first steps of the path.</summary>
    public string ToString(int depth)
    {
        var text = new StringBuilder();
        foreach (var step in _steps.Take(depth))
        {
            if (step.Key is null) text.Append(CultureInfo.InvariantCulture, $"[{step.Index}]");
            else if (step.IsMapKey) text.Append('[').Append(step.Key).Append(']');
            else text.Append(text.Length == 0 ? "" : ".").Append(step.Key);
        }

        return text.ToString();
    }

    /// <summary>Takes the first step off a written path. Brackets inside of brackets belong to the key, as in
    /// <c>headers[@request.auth.claims[groups]]</c>.</summary>
    public static bool TryTakeStep(ref ReadOnlySpan<char> path, out ReadOnlySpan<char> step)
    {
        if (path is ['.', ..]) path = path[1..];
        step = default;
        if (path.IsEmpty) return false;
        if (path[0] != '[')
        {
            var end = path.IndexOfAny('.', '[');
            if (end < 0) end = path.Length;
            step = path[..end];
            path = path[end..];
            return true;
        }

        var depth = 0;
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] == '[') depth++;
            if (path[i] != ']' || --depth > 0) continue;
            step = path[1..i];
            path = path[(i + 1)..];
            return true;
        }

        return false;
    }
}
