using System.Buffers;
using System.IO.Pipelines;

namespace Sluice.Transport.Server;

/// <summary>How far a head has come.</summary>
internal enum HeadState
{
    /// <summary>It is there.</summary>
    Complete,

    /// <summary>More has to come.</summary>
    Incomplete,

    /// <summary>It can't be served.</summary>
    Refused,

    /// <summary>There will be none.</summary>
    None,
}

/// <summary>Finds the head of a request among the bytes that have come, and has it parsed; what can't become a head is refused before it is
/// complete. Each byte is looked at once.</summary>
internal sealed class RequestHeadReader(PipeReader input, RequestHead head, Http1ServerLimits limits)
{
    private int _checked;
    private bool _firstLineChecked;
    private Refusal _refusal;

    /// <summary>Why the head is refused, when it is.</summary>
    public Refusal Refusal => _refusal;

    /// <summary>The next head is waited for.</summary>
    public void Open() => (_checked, _firstLineChecked) = (0, false);

    /// <summary>Looks at what has come, and gives back what is not needed.</summary>
    /// <param name="buffer">Not empty.</param>
    public HeadState Take(in ReadOnlySequence<byte> buffer)
    {
        // A head that is spread over several blocks is rare, and copied.
        if (buffer.IsSingleSegment)
            return Take(buffer, buffer.FirstSpan);
        var length = (int)buffer.Length;
        var copy = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            buffer.CopyTo(copy);
            return Take(buffer, copy.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    private HeadState Take(in ReadOnlySequence<byte> buffer, ReadOnlySpan<byte> bytes)
    {
        // Clients that end a body with a line end too many are old, and known (RFC 9112 §2.2).
        var skipped = bytes.StartsWith("\r\n"u8) ? 2 : 0;
        var from = Math.Max(skipped, _checked - 3);
        var end = bytes[from..].IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            var isSound = CheckIncomplete(bytes, skipped);
            input.AdvanceTo(buffer.Start, buffer.End);
            return isSound ? HeadState.Incomplete : HeadState.Refused;
        }
        end += from + 4;
        var isParsed = head.TryParse(bytes[skipped..end], out _refusal);
        // Not before the head is parsed: the bytes are somebody else's from here on.
        input.AdvanceTo(buffer.GetPosition(end));
        return isParsed ? HeadState.Complete : HeadState.Refused;
    }

    private bool CheckIncomplete(ReadOnlySpan<byte> bytes, int skipped)
    {
        _checked = Math.Max(_checked, skipped);
        while (bytes[_checked..].IndexOf((byte)'\n') is >= 0 and var length)
        {
            if (!RequestHead.Check(bytes.Slice(_checked, length + 1), isFirst: !_firstLineChecked, out _refusal))
                return false;
            _firstLineChecked = true;
            _checked += length + 1;
        }
        _refusal = !_firstLineChecked && bytes.Length > limits.RequestLineBytes ? Refusal.LineTooLong
            : bytes.Length > limits.RequestLineBytes + limits.FieldBytes ? Refusal.FieldsTooLarge
            : default;
        return _refusal.Status == 0;
    }
}
