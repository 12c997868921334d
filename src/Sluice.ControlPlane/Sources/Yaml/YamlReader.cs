using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Sluice.ControlPlane.Sources.Yaml;

/// <summary>Thrown where a document stops being YAML that can be read; <see cref="Exception.Message"/> is a sentence without a
/// full stop.</summary>
internal sealed class YamlSyntaxException(int line, int column, string message, string hint, string quoted = "")
    : Exception(message)
{
    /// <summary>Line in the text that was read, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>Column, from 1.</summary>
    public int Column { get; } = column;

    /// <summary>What to do about it.</summary>
    public string Hint { get; } = hint;

    /// <summary>Text of the file that the message quotes, or empty. It may be secret.</summary>
    public string Quoted { get; } = quoted;
}

/// <summary>Makes nodes of a YAML text: resolves aliases and merge keys, and refuses what would grow without bound.</summary>
internal sealed class YamlReader
{
    /// <summary>Deepest nesting that is read; Kubernetes objects stay far below.</summary>
    private const int MaxDepth = 48;

    /// <summary>Number of nodes that aliases and merge keys may add to a document.</summary>
    private const long MaxAliasedNodes = 100_000;

    private readonly Parser _parser;
    private readonly int _lineOffset;
    private readonly int _columnOffset;
    private readonly Dictionary<string, YamlNode?> _anchors = new(StringComparer.Ordinal);
    private readonly Stack<Mark> _openBrackets = [];
    private long _aliasedNodes;

    private YamlReader(string text, int lineOffset, int columnOffset)
    {
        _parser = new Parser(new StringReader(text));
        _lineOffset = lineOffset;
        _columnOffset = columnOffset;
    }

    /// <summary>Reads all documents of a text; empty ones are left out.</summary>
    /// <param name="text">The text.</param>
    /// <param name="lineOffset">Lines of the file before the text.</param>
    /// <param name="columnOffset">Columns before each line of the text.</param>
    /// <exception cref="YamlSyntaxException">It is not YAML.</exception>
    public static List<YamlNode> ReadAll(string text, int lineOffset = 0, int columnOffset = 0)
    {
        var reader = new YamlReader(text, lineOffset, columnOffset);
        var documents = new List<YamlNode>(1);
        try
        {
            while (reader.ReadDocument(out var document))
            {
                if (document is { IsNull: false }) documents.Add(document);
            }
        }
        catch (YamlException e)
        {
            throw SyntaxMessages.Explain(e, text, reader._openBrackets, lineOffset, columnOffset);
        }

        return documents;
    }

    private bool ReadDocument(out YamlNode? document)
    {
        document = null;
        while (TryMoveNext())
        {
            switch (_parser.Current)
            {
                case DocumentStart:
                    _anchors.Clear();
                    _aliasedNodes = 0;
                    Next();
                    document = ReadNode(0);
                    Next();
                    return true;
                case StreamEnd:
                    return false;
            }
        }

        return false;
    }

    private YamlNode ReadNode(int depth)
    {
        var at = _parser.Current!;
        if (depth > MaxDepth) throw Error(at.Start, $"nested deeper than {MaxDepth} levels", "");
        switch (at)
        {
            case AnchorAlias alias:
                return ResolveAlias(alias);
            case Scalar scalar:
                return Anchored(scalar, ReadScalar(scalar));
            case SequenceStart start:
                Reserve(start);
                return Anchored(start, ReadList(start, depth));
            case MappingStart start:
                Reserve(start);
                return Anchored(start, ReadMap(start, depth));
            default:
                throw Error(at.Start, "a value is missing here", "");
        }
    }

    private YamlNode ReadScalar(Scalar scalar) => new()
    {
        Kind = YamlKind.Scalar,
        Line = LineOf(scalar.Start),
        Column = ColumnOf(scalar.Start),
        Text = scalar.Value,
        Scalar = KindOf(scalar),
        IsLiteral = scalar.Style == ScalarStyle.Literal,
    };

    private ScalarKind KindOf(Scalar scalar)
    {
        if (scalar.Tag.IsEmpty) return scalar.IsPlainImplicit ? PlainScalar.KindOf(scalar.Value) : ScalarKind.String;
        var kind = PlainScalar.KindOf(scalar.Value);
        var tag = scalar.Tag.IsNonSpecific ? "!" : scalar.Tag.Value;
        return (tag, kind) switch
        {
            ("!" or "tag:yaml.org,2002:str", _) => ScalarKind.String,
            ("tag:yaml.org,2002:null", ScalarKind.Null) => kind,
            ("tag:yaml.org,2002:bool", ScalarKind.Bool) => kind,
            ("tag:yaml.org,2002:int", ScalarKind.Integer) => kind,
            ("tag:yaml.org,2002:float", ScalarKind.Integer or ScalarKind.Float) => kind,
            _ => throw Error(scalar.Start, $"tag {tag} is not understood here", "leave the tag out", tag),
        };
    }

    private YamlNode ReadList(SequenceStart start, int depth)
    {
        var items = new List<YamlNode>();
        long weight = 1;
        if (start.Style == SequenceStyle.Flow) _openBrackets.Push(start.Start);
        for (Next(); _parser.Current is not SequenceEnd; Next())
        {
            var item = ReadNode(depth + 1);
            items.Add(item);
            weight += item.Weight;
        }

        if (start.Style == SequenceStyle.Flow) _openBrackets.Pop();
        return new YamlNode
        {
            Kind = YamlKind.List,
            Line = LineOf(start.Start),
            Column = ColumnOf(start.Start),
            Items = items,
            Weight = weight,
        };
    }

    private YamlNode ReadMap(MappingStart start, int depth)
    {
        var entries = new List<YamlEntry>();
        List<YamlNode>? merged = null;
        long weight = 1;
        if (start.Style == MappingStyle.Flow) _openBrackets.Push(start.Start);
        for (Next(); _parser.Current is not MappingEnd; Next())
        {
            var key = ReadNode(depth + 1);
            var isMerge = key is { Kind: YamlKind.Scalar, Text: "<<" };
            if (key.Kind != YamlKind.Scalar || (key.Scalar == ScalarKind.Null && key.Text.Length > 0))
                throw new YamlSyntaxException(key.Line, key.Column, "a key must be a string", "quote it");
            Next();
            var value = ReadNode(depth + 1);
            if (isMerge) (merged ??= []).Add(value);
            else entries.Add(new YamlEntry(key, value));
            weight += 1 + value.Weight;
        }

        if (start.Style == MappingStyle.Flow) _openBrackets.Pop();
        foreach (var source in merged ?? []) Merge(entries, source);
        return new YamlNode
        {
            Kind = YamlKind.Map,
            Line = LineOf(start.Start),
            Column = ColumnOf(start.Start),
            Entries = entries,
            Weight = weight,
        };
    }

    /// <summary>Adds the entries that are not there yet, from a map or from a list of maps of which the first wins.</summary>
    private void Merge(List<YamlEntry> entries, YamlNode source)
    {
        if (source.Kind == YamlKind.List)
        {
            foreach (var item in source.Items) Merge(entries, item);
            return;
        }

        if (source.Kind != YamlKind.Map)
            throw new YamlSyntaxException(source.Line, source.Column, "\"<<\" takes in a map or a list of maps only", "");
        var present = new HashSet<string>(entries.Count + source.Entries.Count, StringComparer.Ordinal);
        foreach (var entry in entries) present.Add(entry.Key.Text);
        Charge(source, entries.Count + source.Entries.Count);
        foreach (var entry in source.Entries)
        {
            if (present.Add(entry.Key.Text)) entries.Add(entry);
        }
    }

    private YamlNode ResolveAlias(AnchorAlias alias)
    {
        var name = alias.Value.Value;
        if (!_anchors.TryGetValue(name, out var node))
        {
            throw Error(alias.Start, $"\"*{name}\" refers to an anchor that does not exist",
                $"quote it if the text itself is meant: \"*{name}\"", name);
        }

        if (node is null) throw Error(alias.Start, $"\"*{name}\" contains itself", "", name);
        Charge(node, node.Weight);
        return node;
    }

    private void Charge(YamlNode source, long nodes)
    {
        _aliasedNodes += nodes;
        if (_aliasedNodes <= MaxAliasedNodes) return;
        throw new YamlSyntaxException(source.Line, source.Column,
            $"what is anchored here is repeated until the document has more than {MaxAliasedNodes} nodes", "use fewer aliases");
    }

    /// <summary>Makes the name of a map or list known before its content, so that an alias in it is told to be
    /// circular.</summary>
    private void Reserve(NodeEvent start)
    {
        if (!start.Anchor.IsEmpty) _anchors[start.Anchor.Value] = null;
    }

    private YamlNode Anchored(NodeEvent start, YamlNode node)
    {
        if (!start.Anchor.IsEmpty) _anchors[start.Anchor.Value] = node;
        return node;
    }

    private void Next()
    {
        if (!TryMoveNext()) throw Error(_parser.Current?.End ?? Mark.Empty, "the document ends too early", "");
    }

    private bool TryMoveNext()
    {
        try
        {
            return _parser.MoveNext();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The scanner gives up this way on brackets that end in the wrong place, and on tags that are not URIs.
            var at = _openBrackets.TryPeek(out var bracket) ? bracket : _parser.Current?.Start ?? Mark.Empty;
            throw Error(at, "what begins here is not YAML", "look for a bracket or quote that is never closed");
        }
    }

    private int LineOf(Mark mark) => (int)mark.Line + _lineOffset;

    private int ColumnOf(Mark mark) => (int)mark.Column + _columnOffset;

    private YamlSyntaxException Error(Mark at, string message, string hint, string quoted = "") =>
        new(LineOf(at), ColumnOf(at), message, hint, quoted);
}
