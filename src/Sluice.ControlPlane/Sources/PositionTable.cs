using System.Globalization;
using Sluice.Api.Resources;

namespace Sluice.ControlPlane.Sources;

/// <summary>Where the fields of an object are written. It is kept with the object, so it is small: one entry of 16 bytes a
/// field, in the order of the file, each followed by those inside of it.</summary>
internal sealed class PositionTable
{
    private readonly string _file;
    private readonly int _line;
    private readonly Mark[] _marks;

    private PositionTable(string file, int line, Mark[] marks)
    {
        _file = file;
        _line = line;
        _marks = marks;
    }

    /// <summary>The place of a field, or of the nearest parent that is written.</summary>
    public SourcePosition Locate(string path)
    {
        var rest = path.AsSpan();
        var at = 0;
        while (FieldPath.TryTakeStep(ref rest, out var step))
        {
            var child = FindChild(at, step);
            if (child < 0) break;
            at = child;
        }

        return new SourcePosition(_file, _line + _marks[at].LineDelta, _marks[at].Column);
    }

    private int FindChild(int parent, ReadOnlySpan<char> step)
    {
        var end = parent + _marks[parent].Size;
        var isIndex = int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index);
        var number = 0;
        for (var i = parent + 1; i < end; i += _marks[i].Size, number++)
        {
            if (_marks[i].Key is { } key ? step.SequenceEqual(key) : isIndex && number == index) return i;
        }

        return -1;
    }

    /// <summary>A field: its key (none in a list), its place from the object's first line, and the number of entries that it
    /// and what is inside of it take up. Lines, columns and sizes share 64 bits, of which they get 22, 18 and 24.</summary>
    private readonly record struct Mark(string? Key, long Packed)
    {
        private const int ColumnBits = 18;
        private const int SizeBits = 24;

        public int LineDelta => (int)(Packed >> (ColumnBits + SizeBits));

        public int Column => (int)(Packed >> SizeBits) & ((1 << ColumnBits) - 1);

        public int Size => (int)Packed & ((1 << SizeBits) - 1);

        public static Mark At(string? key, int lineDelta, int column) =>
            new(key, (((long)lineDelta << ColumnBits) | (long)Math.Min(column, (1 << ColumnBits) - 1)) << SizeBits | 1);

        public Mark WithSize(int size) => new(Key, (Packed >> SizeBits << SizeBits) | (long)size);
    }

    /// <summary>Makes a table while an object is read from top to bottom.</summary>
    internal sealed class Builder
    {
        private readonly List<Mark> _marks = [];
        private int _line;

        /// <summary>Begins a new table at the place of an object.</summary>
        public void Start(int line, int column)
        {
            _marks.Clear();
            _line = line;
            Open(null, line, column);
        }

        /// <summary>Adds a field (or, without a key, an element); what is added before it is closed lies inside of it.</summary>
        /// <returns>What <see cref="Close"/> takes.</returns>
        public int Open(string? key, int line, int column)
        {
            _marks.Add(Mark.At(key, line - _line, column));
            return _marks.Count - 1;
        }

        /// <summary>Ends a field.</summary>
        public void Close(int field) => _marks[field] = _marks[field].WithSize(_marks.Count - field);

        /// <summary>The table.</summary>
        public PositionTable Build(string file)
        {
            Close(0);
            return new PositionTable(file, _line, [.. _marks]);
        }
    }
}
