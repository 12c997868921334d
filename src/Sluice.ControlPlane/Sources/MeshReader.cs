using Sluice.Api.Findings;
using Sluice.Api.Mesh;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Sources.Schema;
using Sluice.ControlPlane.Sources.Yaml;

namespace Sluice.ControlPlane.Sources;

/// <summary>A MeshConfig with the places of its fields.</summary>
internal sealed record MeshDocument(MeshConfig Config, SourcePosition Position, Func<string, SourcePosition> Locate);

/// <summary>Reads MeshConfigs: a document of their own, or the text under <c>mesh</c> in a ConfigMap.</summary>
internal sealed class MeshReader(FindingSink findings) : IDisposable
{
    private const string Key = "mesh";
    private readonly NodeBinder _binder = new(findings);

    /// <summary>Reads a MeshConfig from a document, which may also be the ConfigMap that holds it.</summary>
    public MeshDocument? Read(YamlNode root, DocumentText document)
    {
        if (root.Find("kind") is { Text: "ConfigMap" }) return ReadConfigMap(root, document);
        _binder.Start(root, UnknownFields.Warn);
        _binder.ReadRecord(root, Shape.Of(typeof(MeshConfig)));
        var positions = _binder.Positions.Build(findings.File);
        return new MeshDocument(_binder.Make(ApiJson.Default.MeshConfig), positions.Locate(""), positions.Locate);
    }

    /// <summary>Reads the MeshConfig in a ConfigMap; null when there is none.</summary>
    public MeshDocument? ReadConfigMap(YamlNode root, DocumentText document)
    {
        if (root.Find("data")?.Find(Key) is not { Kind: YamlKind.Scalar, Scalar: ScalarKind.String } text) return null;
        try
        {
            if (text.IsLiteral) return ReadText(text.Text, new DocumentText(text.Text, text.Line), IndentationOf(text, document));
            // In a quoted or folded text the lines are not those of the file.
            findings.Pinned = text;
            return ReadText(text.Text, document, 0) is { } mesh ? Pin(mesh, text) : null;
        }
        catch (YamlSyntaxException e)
        {
            findings.Add(Severity.Error, SourceCodes.Syntax, e.Line, e.Column, "", e.Message, e.Hint);
            return null;
        }
        finally
        {
            findings.Pinned = null;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _binder.Dispose();

    private MeshDocument? ReadText(string text, DocumentText document, int columnOffset)
    {
        var roots = YamlReader.ReadAll(text, document.Line, columnOffset);
        return roots.Count == 0 ? null : Read(roots[0], document);
    }

    private MeshDocument Pin(MeshDocument mesh, YamlNode text)
    {
        var position = new SourcePosition(findings.File, text.Line, text.Column);
        return mesh with { Position = position, Locate = _ => position };
    }

    /// <summary>Columns before the text of a literal, which YAML takes off each of its lines.</summary>
    private static int IndentationOf(YamlNode literal, DocumentText document)
    {
        var line = document.Line;
        foreach (var content in document.Text.AsSpan().EnumerateLines())
        {
            if (line++ < literal.Line || content.Trim().IsEmpty) continue;
            return IndentationOf(content) - IndentationOf(literal.Text.AsSpan().TrimStart('\n'));
        }

        return 0;
    }

    private static int IndentationOf(ReadOnlySpan<char> line) => line.Length - line.TrimStart(' ').Length;
}
