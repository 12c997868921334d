using System.Text;

namespace Sluice.Transport.Http1;

/// <summary>Takes the chunks of a body apart, byte by byte and without leniency (RFC 9112 §7.1): hexadecimal sizes without signs or
/// prefixes, CRLF everywhere, extensions dropped, trailers collected.</summary>
internal sealed class ChunkedDecoder
{
    private readonly List<(string Name, string Value)> _trailers = [];
    private readonly byte[] _line = new byte[ResponseLimits.ChunkLineBytes];
    private State _state;
    private long _remaining;
    private int _lineLength;
    private int _trailerBytes;

    private enum State
    {
        SizeLine,
        SizeLineFeed,
        Data,
        DataReturn,
        DataLineFeed,
        TrailerLine,
        TrailerLineFeed,
        Done,
    }

    /// <summary>Whether the last chunk and the trailers have been read.</summary>
    public bool Done => _state == State.Done;

    /// <summary>What is wrong with the body, as a sentence without a full stop; null as long as nothing is.</summary>
    public string? Error { get; private set; }

    /// <summary>Trailer fields; names in lower case.</summary>
    public IReadOnlyList<(string Name, string Value)> Trailers => _trailers;

    /// <summary>Starts with the next body.</summary>
    public void Reset()
    {
        _state = State.SizeLine;
        _remaining = 0;
        _lineLength = 0;
        _trailerBytes = 0;
        _trailers.Clear();
        Error = null;
    }

    /// <summary>Copies data out of the chunks.</summary>
    /// <param name="input">Bytes as received.</param>
    /// <param name="output">Room for data.</param>
    /// <param name="consumed">Bytes of the input that were used up.</param>
    /// <returns>Bytes written to the output. Stops when the input or the room is used up, at the end of the body, or on an error.</returns>
    public int Decode(ReadOnlySpan<byte> input, Span<byte> output, out int consumed)
    {
        var start = input.Length;
        var written = 0;
        while (!input.IsEmpty && _state != State.Done && Error is null)
        {
            if (_state == State.Data)
            {
                var count = (int)Math.Min(Math.Min(_remaining, input.Length), output.Length - written);
                if (count == 0)
                    break;
                input[..count].CopyTo(output[written..]);
                written += count;
                input = input[count..];
                _remaining -= count;
                if (_remaining == 0)
                    _state = State.DataReturn;
                continue;
            }
            Step(input[0]);
            input = input[1..];
        }
        consumed = start - input.Length;
        return written;
    }

    private void Step(byte value)
    {
        switch (_state)
        {
            case State.SizeLine:
                Collect(value, State.SizeLineFeed);
                break;
            case State.SizeLineFeed:
                if (Expect(value, (byte)'\n'))
                    EndSizeLine();
                break;
            case State.DataReturn:
                if (Expect(value, (byte)'\r'))
                    _state = State.DataLineFeed;
                break;
            case State.DataLineFeed:
                if (Expect(value, (byte)'\n'))
                    _state = State.SizeLine;
                break;
            case State.TrailerLine:
                if (++_trailerBytes > ResponseLimits.TrailerBytes)
                    Error = $"more than {ResponseLimits.TrailerBytes} bytes of trailers";
                else
                    Collect(value, State.TrailerLineFeed);
                break;
            case State.TrailerLineFeed:
                if (Expect(value, (byte)'\n'))
                    EndTrailerLine();
                break;
        }
    }

    private void Collect(byte value, State next)
    {
        if (value == '\r')
            _state = next;
        else if (value == '\n')
            Error = "a line of a chunked body ends without CR";
        else if (_lineLength == _line.Length)
            Error = $"a chunk line of more than {ResponseLimits.ChunkLineBytes} bytes";
        else
            _line[_lineLength++] = value;
    }

    private bool Expect(byte value, byte expected)
    {
        if (value != expected)
            Error = "a chunk is not closed by CRLF";
        return value == expected;
    }

    private void EndSizeLine()
    {
        var line = _line.AsSpan(0, _lineLength);
        _lineLength = 0;
        var digits = line.IndexOfAnyExcept(Tokens.HexDigits);
        digits = digits < 0 ? line.Length : digits;
        var extension = line[digits..].TrimStart(" \t"u8);
        if (digits is 0 or > 15 || (!extension.IsEmpty && extension[0] != ';') || extension.ContainsAny(Tokens.ForbiddenInValues))
        {
            Error = "no valid chunk size";
            return;
        }
        _remaining = 0;
        foreach (var digit in line[..digits])
            _remaining = (_remaining << 4) | (long)HexValue(digit);
        _state = _remaining == 0 ? State.TrailerLine : State.Data;
    }

    private void EndTrailerLine()
    {
        var line = _line.AsSpan(0, _lineLength);
        _lineLength = 0;
        if (line.IsEmpty)
        {
            _state = State.Done;
            return;
        }
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].ContainsAnyExcept(Tokens.Characters) || line[(colon + 1)..].ContainsAny(Tokens.ForbiddenInValues))
        {
            Error = "a trailer field without a valid name or value";
            return;
        }
        _trailers.Add((FieldNames.Get(line[..colon]), Encoding.Latin1.GetString(line[(colon + 1)..].Trim(" \t"u8))));
        _state = State.TrailerLine;
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
