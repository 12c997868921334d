using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Sluice.Transport.Http1;
using Sluice.Transport.Tasks;

namespace Sluice.Transport.Server;

/// <summary>A request's body as a pipe: the connection's bytes up to the declared length, or what the chunks hold. Reading ends with a
/// <see cref="BadHttpRequestException"/> when the client breaks the protocol, leaves in the middle, or is too slow.</summary>
internal sealed class RequestBodyReader(ServerConnection connection, ClientPace pace, PipeReader input, MemoryPool<byte> buffers) : PipeReader
{
    private const int BlockSize = 16 * 1024;

    private ChunkedDecoder? _chunks;
    private IMemoryOwner<byte>? _decoded;
    private int _start;
    private int _end;
    private ReadOnlySequence<byte> _current;
    private Framing _framing;
    private long _length;
    private long _remaining;
    private long _received;
    private bool _examined;

    private enum Framing
    {
        None,
        Length,
        Chunked,
        Unknown,
    }

    /// <summary>Whether there is a body.</summary>
    public bool Exists => _framing != Framing.None;

    /// <summary>Whether all of it was read, so that what follows is another request.</summary>
    public bool IsComplete => _framing switch
    {
        Framing.None => true,
        Framing.Length => _remaining == 0,
        Framing.Chunked => _chunks!.Done && _start == _end,
        _ => false,
    };

    /// <summary>Bytes that were received of it; from any thread.</summary>
    public long BytesReceived => Volatile.Read(ref _received);

    /// <summary>Most bytes that may be received; null without bound.</summary>
    public long? Limit { get; set; }

    /// <summary>Takes up the body of a request.</summary>
    public void Open(RequestHead head)
    {
        _received = 0;
        Limit = null;
        _current = default;
        if (head.HasCoding)
        {
            // Codings that aren't plain chunked, or that stand beside a length, are for the handler to refuse; nothing is read of them.
            _framing = head is { MinorVersion: 1, Fields.ContentLength: null } && IsChunked(head.Fields) ? Framing.Chunked : Framing.Unknown;
            if (_framing == Framing.Chunked)
                (_chunks ??= new ChunkedDecoder()).Reset();
            return;
        }
        _remaining = _length = head.Fields.ContentLength ?? 0;
        _framing = _remaining > 0 ? Framing.Length : Framing.None;
        _examined = false;
    }

    /// <summary>Forgets the request.</summary>
    public void Close()
    {
        _decoded?.Dispose();
        _decoded = null;
        _start = _end = 0;
        _framing = Framing.None;
        _current = default;
    }

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result)
    {
        if (_framing == Framing.Length && _length > Limit)
            throw TooLarge();
        if (IsComplete)
        {
            result = new ReadResult(default, isCanceled: false, isCompleted: true);
            return true;
        }
        if (_start < _end && !_examined)
        {
            result = Decoded(isCanceled: false);
            return true;
        }
        if (input.TryRead(out var received) && Take(received, out result))
            return true;
        result = default;
        return false;
    }

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        TryRead(out var result) ? new ValueTask<ReadResult>(result) : WaitAndReadAsync();

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private async ValueTask<ReadResult> WaitAndReadAsync()
    {
        await connection.AllowBodyAsync();
        pace.BeginBodyWait();
        try
        {
            while (true)
            {
                if (Take(await input.ReadAsync(CancellationToken.None), out var result))
                    return result;
            }
        }
        finally
        {
            pace.EndBodyWait();
        }
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_framing == Framing.Length)
        {
            if (_current.IsEmpty && consumed.GetObject() is null)
                return;
            _remaining -= _current.Slice(0, consumed).Length;
            input.AdvanceTo(consumed, examined);
        }
        else if (_framing == Framing.Chunked && !_current.IsEmpty)
        {
            var taken = (int)_current.Slice(0, consumed).Length;
            _examined = _current.Slice(0, examined).Length == _current.Length;
            _start += taken;
            if (_start == _end)
                _start = _end = 0;
        }
        _current = default;
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => input.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        // The connection reads on behind the body.
    }

    private bool Take(in ReadResult received, out ReadResult result)
    {
        if (_framing == Framing.Unknown)
        {
            input.AdvanceTo(received.Buffer.Start);
            throw new BadHttpRequestException("The body has no framing that is known.");
        }
        if (pace.IsTooSlow)
        {
            input.AdvanceTo(received.Buffer.Start);
            throw new BadHttpRequestException("The body came too slowly.", StatusCodes.Status408RequestTimeout);
        }
        return _framing == Framing.Length ? TakeLength(received, out result) : TakeChunks(received, out result);
    }

    private bool TakeLength(in ReadResult received, out ReadResult result)
    {
        var buffer = received.Buffer.Length > _remaining ? received.Buffer.Slice(0, _remaining) : received.Buffer;
        Volatile.Write(ref _received, _length - _remaining + buffer.Length);
        var isAll = buffer.Length == _remaining;
        if (received.IsCompleted && !isAll)
        {
            input.AdvanceTo(received.Buffer.Start);
            throw Truncated();
        }
        _current = buffer;
        result = new ReadResult(buffer, received.IsCanceled, isAll);
        return true;
    }

    private bool TakeChunks(in ReadResult received, out ReadResult result)
    {
        _decoded ??= (buffers.MaxBufferSize < BlockSize ? MemoryPool<byte>.Shared : buffers).Rent(BlockSize);
        if (_start > 0)
        {
            _decoded.Memory[_start.._end].CopyTo(_decoded.Memory);
            (_start, _end) = (0, _end - _start);
        }
        var taken = 0L;
        var chunks = _chunks!;
        foreach (var piece in received.Buffer)
        {
            var written = chunks.Decode(piece.Span, _decoded.Memory.Span[_end..], out var consumed);
            _end += written;
            taken += consumed;
            Volatile.Write(ref _received, _received + written);
            if (consumed < piece.Length)
                break;
        }
        input.AdvanceTo(received.Buffer.GetPosition(taken));
        if (chunks.Error is { } wrong)
            throw new BadHttpRequestException($"The request has {wrong}.");
        if (_received > Limit)
            throw TooLarge();
        if (received.IsCompleted && !chunks.Done && taken == received.Buffer.Length)
            throw Truncated();
        result = Decoded(received.IsCanceled);
        return _end > _start || chunks.Done || received.IsCanceled;
    }

    private ReadResult Decoded(bool isCanceled)
    {
        _examined = false;
        _current = _start < _end ? new ReadOnlySequence<byte>(_decoded!.Memory[_start.._end]) : default;
        return new ReadResult(_current, isCanceled, _chunks!.Done);
    }

    private static bool IsChunked(FieldList fields)
    {
        var coding = ((IHeaderDictionary)fields).TransferEncoding;
        return coding.Count == 1 && string.Equals(coding[0], "chunked", StringComparison.OrdinalIgnoreCase);
    }

    private static BadHttpRequestException Truncated() => new("The client left in the middle of the body.");

    private static BadHttpRequestException TooLarge() => new("The body is too large.", StatusCodes.Status413PayloadTooLarge);
}
