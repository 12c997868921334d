using System.Globalization;
using System.Text;

namespace Sluice.DataPlane.Routing.Re2;

/// <summary>Writes a parsed expression in .NET's syntax, with nothing in it whose meaning depends on options, culture or Unicode tables.</summary>
/// <remarks>It runs over <see cref="Re2Text"/>, and a code point beyond U+FFFF is two units there, so a set that has some becomes
/// alternatives. One difference to RE2 stays: for <c>\b</c> and <c>\B</c> letters outside ASCII are part of words, too.</remarks>
internal sealed class Emitter
{
    private const int FirstHigh = 0xD800;
    private const int FirstLow = 0xDC00;
    private const int LastLow = 0xDFFF;
    private const int LowBits = 10;
    private const int LowMask = (1 << LowBits) - 1;
    private const int FirstPair = 0x10000;
    private const int FirstStray = 0x80;

    private readonly StringBuilder _out = new();
    private readonly bool _captures;

    private Emitter(bool captures) => _captures = captures;

    /// <summary>The expression in .NET's syntax.</summary>
    /// <param name="node">The expression.</param>
    /// <param name="captures">Whether the groups that a replacement can refer to are kept.</param>
    public static string Write(Node node, bool captures)
    {
        var emitter = new Emitter(captures);
        emitter.Emit(node);
        return emitter._out.ToString();
    }

    private void Emit(Node node)
    {
        switch (node)
        {
            case SetNode set:
                Emit(set.Set);
                break;
            case PlaceNode place:
                _out.Append(Anchor(place.Place));
                break;
            case SequenceNode sequence:
                foreach (var item in sequence.Items)
                    Emit(item);
                break;
            case AlternativesNode alternatives:
                EmitAlternatives(alternatives);
                break;
            case CaptureNode capture:
                _out.Append(_captures ? "(" : "(?:");
                Emit(capture.Item);
                _out.Append(')');
                break;
            case RepeatNode repeat:
                EmitRepeat(repeat);
                break;
        }
    }

    private static string Anchor(Place place) => place switch
    {
        Place.TextBegin => @"\A",
        Place.TextEnd => @"\z",
        Place.LineBegin => "(?m:^)",
        Place.LineEnd => "(?m:$)",
        Place.WordBoundary => @"\b",
        _ => @"\B",
    };

    private void EmitAlternatives(AlternativesNode alternatives)
    {
        _out.Append("(?:");
        for (var i = 0; i < alternatives.Items.Count; i++)
        {
            if (i > 0)
                _out.Append('|');
            Emit(alternatives.Items[i]);
        }
        _out.Append(')');
    }

    private void EmitRepeat(RepeatNode repeat)
    {
        _out.Append("(?:");
        Emit(repeat.Item);
        _out.Append(')');
        // Of nested counts .NET multiplies the least ones, but passes over a zero between two others: (?:(?:a{1,2})?){2} would ask for two.
        // What can be empty may as well be left out, which says the same; only a group in a lazy repetition could tell the difference.
        var optional = repeat.Item.CanBeEmpty && !(repeat.Lazy && _captures);
        _out.Append((optional ? 0 : repeat.Least, repeat.Most) switch
        {
            (0, null) => "*",
            (1, null) => "+",
            (0, 1) => "?",
            (var least, null) => string.Create(CultureInfo.InvariantCulture, $"{{{least},}}"),
            var (least, most) => string.Create(CultureInfo.InvariantCulture, $"{{{least},{most}}}"),
        });
        if (repeat.Lazy)
            _out.Append('?');
    }

    private void Emit(CodePointSet set)
    {
        var units = new StringBuilder();
        var pairs = new SortedDictionary<int, StringBuilder>();
        foreach (var (first, last) in set.Ranges)
        {
            AppendClipped(units, first, last, 0, FirstHigh - 1);
            AppendClipped(units, first, last, LastLow + 1, char.MaxValue);
            AddPairs(pairs, Math.Max(first, FirstPair), Math.Min(last, CodePointSet.Last));
            AppendStrays(units, first, last);
        }
        if (pairs.Count == 0)
        {
            _out.Append('[').Append(units.Length > 0 ? units : @"^\u0000-\uFFFF").Append(']');
            return;
        }
        _out.Append("(?:");
        if (units.Length > 0)
            _out.Append('[').Append(units).Append("]|");
        EmitPairs(pairs);
        _out.Append(')');
    }

    // High surrogates that allow the same low ones share an alternative.
    private void EmitPairs(SortedDictionary<int, StringBuilder> pairs)
    {
        var separator = "";
        foreach (var group in pairs.GroupBy(p => p.Value.ToString(), p => p.Key, StringComparer.Ordinal))
        {
            var highs = new CodePointSet();
            foreach (var unit in group)
                highs.Add(unit, unit);
            _out.Append(separator).Append('[');
            foreach (var (first, last) in highs.Ranges)
                AppendRange(_out, first, last);
            _out.Append("][").Append(group.Key).Append(']');
            separator = "|";
        }
    }

    private static void AddPairs(SortedDictionary<int, StringBuilder> pairs, int first, int last)
    {
        while (first <= last)
        {
            var end = Math.Min(last, first | LowMask);
            var high = FirstHigh + ((first - FirstPair) >> LowBits);
            if (!pairs.TryGetValue(high, out var lows))
                pairs[high] = lows = new StringBuilder();
            AppendRange(lows, FirstLow + (first & LowMask), FirstLow + (end & LowMask));
            first = end + 1;
        }
    }

    private static void AppendStrays(StringBuilder units, int first, int last)
    {
        if (CodePointSet.AsStrayByte(last) is { } lastStray)
            AppendRange(units, Re2Text.StrayUnit(CodePointSet.AsStrayByte(first) ?? FirstStray), Re2Text.StrayUnit(lastStray));
    }

    private static void AppendClipped(StringBuilder text, int first, int last, int from, int to)
    {
        if (first <= to && last >= from)
            AppendRange(text, Math.Max(first, from), Math.Min(last, to));
    }

    private static void AppendRange(StringBuilder text, int first, int last)
    {
        AppendUnit(text, first);
        if (last > first)
            AppendUnit(text.Append('-'), last);
    }

    private static void AppendUnit(StringBuilder text, int unit)
    {
        if (unit < 0x80 && char.IsAsciiLetterOrDigit((char)unit))
            text.Append((char)unit);
        else
            text.Append(CultureInfo.InvariantCulture, $"\\u{unit:X4}");
    }
}
