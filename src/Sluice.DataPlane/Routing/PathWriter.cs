using System.Globalization;

namespace Sluice.DataPlane.Routing;

/// <summary>Writes a path segment by segment, and leaves dot segments out as it goes (RFC 3986 §5.2.4).</summary>
/// <param name="buffer">Takes the path.</param>
internal ref struct PathWriter(Span<char> buffer)
{
    private const int EscapeLength = 3;

    private readonly Span<char> _buffer = buffer;
    private int _length;
    private int _segmentStart;

    /// <summary>How long a path can get: at worst each character becomes an escape.</summary>
    public static int MaxLength(int pathLength) => EscapeLength * pathLength;

    /// <summary>Adds a character to the segment.</summary>
    public void Append(char character) => _buffer[_length++] = character;

    /// <summary>Adds text to the segment.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        text.CopyTo(_buffer[_length..]);
        _length += text.Length;
    }

    /// <summary>Adds a byte to the segment, as an escape.</summary>
    public void AppendEscaped(char value)
    {
        Append('%');
        ((byte)value).TryFormat(_buffer[_length..], out var written, "X2", CultureInfo.InvariantCulture);
        _length += written;
    }

    /// <summary>A slash ends the segment.</summary>
    public void EndSegment()
    {
        if (!RemoveDotSegment())
            Append('/');
        _segmentStart = _length;
    }

    /// <summary>The path ends with the segment.</summary>
    /// <param name="mergeSlashes">Whether several slashes in a row become one.</param>
    /// <returns>The path.</returns>
    public ReadOnlySpan<char> Finish(bool mergeSlashes)
    {
        RemoveDotSegment();
        if (!mergeSlashes)
            return _buffer[.._length];
        var merged = 0;
        for (var i = 0; i < _length; i++)
        {
            if (_buffer[i] != '/' || i == 0 || _buffer[i - 1] != '/')
                _buffer[merged++] = _buffer[i];
        }
        return _buffer[..merged];
    }

    // Leaves what is before a dot segment, with the slash at its end.
    private bool RemoveDotSegment()
    {
        ReadOnlySpan<char> segment = _buffer[_segmentStart.._length];
        if (_segmentStart == 0 || segment is not ("." or ".."))
            return false;
        _length = _segmentStart;
        if (segment is "..")
            _length = Math.Max(1, _buffer[..(_length - 1)].LastIndexOf('/') + 1);
        return true;
    }
}
