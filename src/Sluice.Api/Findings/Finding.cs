using Sluice.Api.Resources;

namespace Sluice.Api.Findings;

/// <summary>How much a finding matters.</summary>
public enum Severity
{
    /// <summary>Worth knowing; never changes an exit code.</summary>
    Info,

    /// <summary>Probably not what was meant.</summary>
    Warning,

    /// <summary>Wrong. Schema and value errors (<c>SLU00xx</c>) also keep a configuration from being loaded.</summary>
    Error,
}

/// <summary>One thing to say about the configuration, at the place that it is about.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="Code">Istio's (<c>IST0101</c>), Kiali's (<c>KIA1107</c>) or our own (<c>SLU0001</c>).</param>
/// <param name="Position">File, line and column.</param>
/// <param name="Resource"><see cref="Resources.Resource.Id"/> of the object, or empty for a finding about a file.</param>
/// <param name="Path">Path of the field, e.g. <c>spec.http[0].route[0].destination.host</c>; empty when the whole object is
/// meant.</param>
/// <param name="Message">A sentence without a full stop.</param>
/// <param name="Hint">What to do about it; empty when the message says it all.</param>
public sealed record Finding(
    Severity Severity,
    string Code,
    SourcePosition Position,
    string Resource,
    string Path,
    string Message,
    string Hint = "")
{
    /// <summary>Whether this finding keeps the configuration from being loaded: errors of schema and value do, those of analysis
    /// (dangling references, conflicts) never.</summary>
    public bool StopsLoad => Severity == Severity.Error && Code.StartsWith("SLU00", StringComparison.Ordinal);

    /// <summary>A finding about a field of an object.</summary>
    public static Finding At(Resource resource, string path, Severity severity, string code, string message, string hint = "") =>
        new(severity, code, resource.Locate(path), resource.Id, path, message, hint);
}
