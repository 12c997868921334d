using System.Buffers;

namespace Sluice.DataPlane.Routing.Re2;

/// <summary>Reads RE2's syntax (https://github.com/google/re2/wiki/Syntax) with the options that Envoy uses: those of Perl, UTF-8.</summary>
internal sealed class Parser
{
    private const int MaxRepetition = 1000;
    private const int MaxDepth = 250;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");

    private readonly Reader _reader;
    private readonly ClassParser _classes;
    private Flags _flags;
    private int _depth;

    private Parser(string pattern)
    {
        _reader = new Reader(pattern);
        _classes = new ClassParser(_reader);
    }

    [Flags]
    private enum Flags
    {
        None = 0,
        IgnoreCase = 1,
        MultiLine = 2,
        DotTakesNewline = 4,
        Ungreedy = 8,
    }

    /// <summary>How many groups there are that a replacement can refer to.</summary>
    public int Captures { get; private set; }

    /// <summary>Reads a pattern.</summary>
    /// <param name="pattern">RE2 syntax.</param>
    /// <param name="captures">How many groups a replacement can refer to.</param>
    /// <exception cref="PatternException">The pattern is wrong, or asks for something that can't be had.</exception>
    public static Node Parse(string pattern, out int captures)
    {
        var parser = new Parser(pattern);
        var node = parser.ReadAlternatives();
        if (!parser._reader.AtEnd)
            throw new PatternException("unexpected )");
        captures = parser.Captures;
        return node;
    }

    private bool Has(Flags flag) => (_flags & flag) != 0;

    private Node ReadAlternatives()
    {
        var alternatives = new List<Node> { ReadSequence() };
        while (_reader.TrySkip("|"))
            alternatives.Add(ReadSequence());
        return alternatives.Count == 1 ? alternatives[0] : new AlternativesNode(alternatives);
    }

    private SequenceNode ReadSequence()
    {
        var items = new List<Node>();
        var afterRepetition = false;
        while (!_reader.AtEnd && _reader.Peek() is not ('|' or ')'))
        {
            var begin = _reader.Position;
            if (ReadRepetition() is var (least, most))
            {
                var lazy = _reader.TrySkip("?") != Has(Flags.Ungreedy);
                if (afterRepetition)
                    throw new PatternException($"a repetition can't be repeated: {_reader.Since(begin)}");
                if (items.Count == 0)
                    throw new PatternException($"nothing to repeat before {_reader.Since(begin)}");
                items[^1] = Repeat(items[^1], least, most, lazy, _reader.Since(begin));
                afterRepetition = true;
                continue;
            }
            afterRepetition = false;
            ReadItem(items);
        }
        return new SequenceNode(items);
    }

    private static RepeatNode Repeat(Node item, int least, int? most, bool lazy, string text)
    {
        if (least > MaxRepetition || most > MaxRepetition || most < least)
            throw new PatternException($"invalid repetition {text}; counts go up to {MaxRepetition}");
        var node = new RepeatNode(item, least, most, lazy);
        if (node.Repetitions > MaxRepetition)
            throw new PatternException($"nested repetitions come to more than {MaxRepetition}: {text}");
        return node;
    }

    // What looks like a count but is none, as {,5}, stands for itself.
    private (int Least, int? Most)? ReadRepetition()
    {
        if (_reader.TrySkip("*"))
            return (0, null);
        if (_reader.TrySkip("+"))
            return (1, null);
        if (_reader.TrySkip("?"))
            return (0, 1);
        var begin = _reader.Position;
        if (_reader.TrySkip("{") && _reader.ReadCount() is { } least)
        {
            if (_reader.TrySkip("}"))
                return (least, least);
            if (_reader.TrySkip(",}"))
                return (least, null);
            if (_reader.TrySkip(",") && _reader.ReadCount() is { } most && _reader.TrySkip("}"))
                return (least, most);
        }
        _reader.Rewind(begin);
        return null;
    }

    private void ReadItem(List<Node> items)
    {
        if (_reader.TrySkip("("))
        {
            if (ReadGroup() is { } group)
                items.Add(group);
        }
        else if (_reader.TrySkip("\\Q"))
        {
            while (!_reader.AtEnd && !_reader.TrySkip("\\E"))
                items.Add(Literal(_reader.ReadCodePoint()));
        }
        else
        {
            items.Add(ReadAtom());
        }
    }

    private Node ReadAtom()
    {
        if (_reader.TrySkip("["))
            return new SetNode(_classes.ReadBracket(Has(Flags.IgnoreCase)));
        if (_reader.TrySkip("."))
            return new SetNode(Has(Flags.DotTakesNewline) ? new CodePointSet().Complement() : CodePointSet.Of("\n").Complement());
        if (_reader.TrySkip("^"))
            return new PlaceNode(Has(Flags.MultiLine) ? Place.LineBegin : Place.TextBegin);
        if (_reader.TrySkip("$"))
            return new PlaceNode(Has(Flags.MultiLine) ? Place.LineEnd : Place.TextEnd);
        if (_classes.ReadNamed(Has(Flags.IgnoreCase)) is { } set)
            return new SetNode(set);
        if (!_reader.TrySkip("\\"))
            return Literal(_reader.ReadCodePoint());
        if (_reader.TrySkip("A"))
            return new PlaceNode(Place.TextBegin);
        if (_reader.TrySkip("z"))
            return new PlaceNode(Place.TextEnd);
        if (_reader.TrySkip("b"))
            return new PlaceNode(Place.WordBoundary);
        if (_reader.TrySkip("B"))
            return new PlaceNode(Place.NoWordBoundary);
        return Literal(_reader.ReadEscape());
    }

    private SetNode Literal(int codePoint) =>
        new(ClassParser.Cased(CodePointSet.Of(codePoint, codePoint), Has(Flags.IgnoreCase)));

    // Behind an opening bracket. Null for (?i), which only changes what follows.
    private Node? ReadGroup()
    {
        if (++_depth > MaxDepth)
            throw new PatternException($"groups are nested more than {MaxDepth} deep");
        var outer = _flags;
        var captures = true;
        if (_reader.TrySkip("?P<") || (!_reader.IsAt("?<=") && !_reader.IsAt("?<!") && _reader.TrySkip("?<")))
        {
            ReadName();
        }
        else if (_reader.TrySkip("?"))
        {
            captures = false;
            if (!ReadFlags())
            {
                _depth--;
                return null;
            }
        }
        if (captures)
            Captures++;
        var inner = ReadAlternatives();
        if (!_reader.TrySkip(")"))
            throw new PatternException("missing )");
        _flags = outer;
        _depth--;
        return captures ? new CaptureNode(inner) : inner;
    }

    private void ReadName()
    {
        var name = _reader.ReadUntil(">");
        if (string.IsNullOrEmpty(name) || name.AsSpan().ContainsAnyExcept(NameCharacters))
            throw new PatternException($"invalid group name {name}");
    }

    // Behind (?. Whether a group follows, as in (?i:x), and not only its flags, as in (?i).
    private bool ReadFlags()
    {
        var begin = _reader.Position - 2;
        var (flags, sign, seen) = (_flags, true, false);
        while (!_reader.AtEnd)
        {
            var letter = _reader.ReadCodePoint();
            if (letter is ':' or ')' && (sign || seen))
            {
                _flags = flags;
                return letter == ':';
            }
            if (letter == '-' && sign)
            {
                (sign, seen) = (false, false);
                continue;
            }
            var flag = letter switch
            {
                'i' => Flags.IgnoreCase,
                'm' => Flags.MultiLine,
                's' => Flags.DotTakesNewline,
                'U' => Flags.Ungreedy,
                _ => Flags.None,
            };
            if (flag == Flags.None)
                throw new PatternException(Unsupported(_reader.Since(begin)));
            seen = true;
            flags = sign ? flags | flag : flags & ~flag;
        }
        throw new PatternException("missing )");
    }

    private static string Unsupported(string opening) => opening switch
    {
        "(?=" or "(?!" => $"look-ahead is not supported: {opening}",
        "(?<" => $"look-behind is not supported: {opening}",
        "(?>" => $"atomic groups are not supported: {opening}",
        "(?P" => $"back-references are not supported: {opening}",
        "(?#" => $"comments are not supported: {opening}",
        _ => $"invalid group {opening}",
    };
}
