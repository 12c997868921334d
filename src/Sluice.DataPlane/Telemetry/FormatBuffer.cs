using System.Buffers;
using System.Globalization;

namespace Sluice.DataPlane.Telemetry;

/// <summary>Characters that a format writes, in a rented array. To be disposed of.</summary>
internal ref struct FormatBuffer
{
    private const int FirstLength = 512;
    private const int NumberLength = 20;

    private static readonly SearchValues<char> UnsafeInLines =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\', '\x7f']);

    private char[] _array = ArrayPool<char>.Shared.Rent(FirstLength);
    private int _length;

    public FormatBuffer()
    {
    }

    /// <summary>What was written.</summary>
    public readonly ReadOnlySpan<char> Written => _array.AsSpan(0, _length);

    /// <summary>Writes a text.</summary>
    public void Append(ReadOnlySpan<char> text)
    {
        text.CopyTo(Reserve(text.Length));
        _length += text.Length;
    }

    /// <summary>Writes one character.</summary>
    public void Append(char character)
    {
        Reserve(1)[0] = character;
        _length++;
    }

    /// <summary>Writes a number.</summary>
    /// <param name="number">The number.</param>
    /// <param name="digits">At least so many digits, with leading zeros.</param>
    public void Append(long number, int digits = 1)
    {
        Span<char> format = ['D', (char)('0' + digits)];
        number.TryFormat(Reserve(NumberLength), out var written, format, CultureInfo.InvariantCulture);
        _length += written;
    }

    /// <summary>Escapes what was written from a position on, where it needs that in a line of a log.</summary>
    public void EscapeFrom(int start)
    {
        if (!Written[start..].ContainsAny(UnsafeInLines))
            return;
        var raw = Written[start..].ToString();
        _length = start;
        foreach (var character in raw)
        {
            if (UnsafeInLines.Contains(character))
                Append($"\\x{(int)character:X2}");
            else
                Append(character);
        }
    }

    /// <summary>Gives the array back.</summary>
    public void Dispose()
    {
        ArrayPool<char>.Shared.Return(_array);
        _array = [];
        _length = 0;
    }

    private Span<char> Reserve(int count)
    {
        if (_length + count > _array.Length)
        {
            var larger = ArrayPool<char>.Shared.Rent(Math.Max(_length + count, 2 * _array.Length));
            Written.CopyTo(larger);
            ArrayPool<char>.Shared.Return(_array);
            _array = larger;
        }
        return _array.AsSpan(_length);
    }
}
