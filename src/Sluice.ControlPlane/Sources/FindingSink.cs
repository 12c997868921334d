using Sluice.Api.Findings;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Sources.Yaml;

namespace Sluice.ControlPlane.Sources;

/// <summary>Takes the findings about one object after the other of a file, and adds where they are.</summary>
internal sealed class FindingSink
{
    private readonly List<Finding> _findings = [];

    /// <summary>The file that is read.</summary>
    public string File { get; set; } = "";

    /// <summary>The object that is read, in the form of <see cref="Resource.Id"/>; empty before it is known.</summary>
    public string Object { get; set; } = "";

    /// <summary>Whether the values of the object are secret, so that no message may quote them.</summary>
    public bool IsSecret { get; set; }

    /// <summary>When set, everything is reported at this node: the places of what is read are not those of the file.</summary>
    public YamlNode? Pinned { get; set; }

    /// <summary>Number of errors so far.</summary>
    public int Errors { get; private set; }

    /// <summary>Adds an error at a node.</summary>
    public void Error(string code, YamlNode at, string path, string message, string hint = "") =>
        Add(Severity.Error, code, at.Line, at.Column, path, message, hint);

    /// <summary>Adds a warning at a node.</summary>
    public void Warning(string code, YamlNode at, string path, string message, string hint = "") =>
        Add(Severity.Warning, code, at.Line, at.Column, path, message, hint);

    /// <summary>Adds a finding.</summary>
    public void Add(Severity severity, string code, int line, int column, string path, string message, string hint)
    {
        if (severity == Severity.Error) Errors++;
        var position = new SourcePosition(File, Pinned?.Line ?? line, Pinned?.Column ?? column);
        _findings.Add(new Finding(severity, code, position, Object, path, message, hint));
    }

    /// <summary>Hands the findings over and forgets them.</summary>
    public Finding[] Take()
    {
        Finding[] findings = [.. _findings];
        _findings.Clear();
        (Object, IsSecret, Errors) = ("", false, 0);
        return findings;
    }
}
