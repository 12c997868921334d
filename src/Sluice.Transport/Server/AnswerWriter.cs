using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http;
using Sluice.Transport.Tasks;

namespace Sluice.Transport.Server;

/// <summary>The answer to a request: its head, and its body as a pipe. The head is written, and can't change any more, when the first
/// room for the body is asked for, so that both leave with one send.</summary>
internal sealed class AnswerWriter(ServerConnection connection, ClientPace pace, PipeWriter output) : PipeWriter, IHttpResponseFeature, IHttpResponseBodyFeature,
    IBlockTaker
{
    // Room for the size of a chunk, four digits and a line end, in front of it, and for a line end behind it.
    private const int ChunkPrefix = 6;
    private const int ChunkSuffix = 2;
    private const int LargestChunk = 0xFFFF;

    private readonly FieldList _fields = new();
    private Stream? _stream;
    private byte[]? _nowhere;
    private Framing _framing;
    private long _declared;
    private long _written;

    private enum Framing
    {
        Undecided,
        None,
        Length,
        Chunked,
        UntilClose,
        Upgraded,
    }

    /// <summary>Status; 200 unless set.</summary>
    public int StatusCode { get; set; }

    /// <inheritdoc/>
    public string? ReasonPhrase { get; set; }

    /// <inheritdoc/>
    public IHeaderDictionary Headers
    {
        get => _fields;
        set => throw new NotSupportedException("the answer's fields are set one by one");
    }

    /// <inheritdoc/>
    Stream IHttpResponseFeature.Body
    {
        get => Stream;
        set => throw new NotSupportedException("the answer's body is replaced by its feature");
    }

    /// <inheritdoc/>
    public bool HasStarted => _framing != Framing.Undecided;

    /// <inheritdoc/>
    public Stream Stream => _stream ??= AsStream(leaveOpen: true);

    /// <inheritdoc/>
    public PipeWriter Writer => this;

    /// <summary>Begins the answer to the next request.</summary>
    public void Open()
    {
        StatusCode = StatusCodes.Status200OK;
        ReasonPhrase = null;
        _fields.Reset();
        _framing = Framing.Undecided;
        _declared = _written = 0;
    }

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc/>
    public override long UnflushedBytes => output.UnflushedBytes;

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        Start(hasBody: true);
        if (_framing == Framing.Chunked)
        {
            var room = output.GetMemory(Math.Max(sizeHint, 1) + ChunkPrefix + ChunkSuffix);
            return room.Slice(ChunkPrefix, Math.Min(LargestChunk, room.Length - ChunkPrefix - ChunkSuffix));
        }
        // Of a body that may not be, nothing leaves.
        return _framing == Framing.None ? Nowhere(sizeHint) : output.GetMemory(sizeHint);
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        if (bytes == 0 || _framing == Framing.None)
            return;
        Count(bytes);
        if (_framing != Framing.Chunked)
        {
            output.Advance(bytes);
            return;
        }
        var chunk = output.GetSpan(ChunkPrefix + bytes + ChunkSuffix);
        AnswerHead.WriteChunkSize(chunk, bytes);
        "\r\n"u8.CopyTo(chunk[(ChunkPrefix + bytes)..]);
        output.Advance(ChunkPrefix + bytes + ChunkSuffix);
    }

    /// <inheritdoc/>
    public bool TryTake(IMemoryOwner<byte> block, int start, int count)
    {
        Start(hasBody: true);
        if (_framing is not (Framing.Length or Framing.UntilClose) || output is not IBlockTaker taker || !taker.TryTake(block, start, count))
            return false;
        Count(count);
        return true;
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Start(hasBody: true);
        return FlushOutputAsync();
    }

    /// <inheritdoc/>
    public override void CancelPendingFlush() => output.CancelPendingFlush();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        // The connection ends the answer.
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken = default) => FlushAsync(cancellationToken).AsTask();

    /// <inheritdoc/>
    public Task CompleteAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public void DisableBuffering()
    {
        // Nothing is held back beyond a flush.
    }

    /// <inheritdoc/>
    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("answers are not files");

    /// <inheritdoc/>
    public void OnStarting(Func<object, Task> callback, object state) => throw new NotSupportedException("nothing is called back");

    /// <inheritdoc/>
    public void OnCompleted(Func<object, Task> callback, object state) => throw new NotSupportedException("nothing is called back");

    /// <summary>Sends what is left, and the head if there is nothing else.</summary>
    /// <returns>Whether the answer is whole: what its head declares was written, and the client's connection took it.</returns>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    public async ValueTask<bool> EndAsync()
    {
        Start(hasBody: false);
        if (_framing == Framing.Length && _written < _declared)
            return false;
        if (_framing == Framing.Chunked)
            output.Write("0\r\n\r\n"u8);
        return output.UnflushedBytes == 0 || (await FlushOutputAsync()) is { IsCompleted: false, IsCanceled: false };
    }

    /// <summary>Sends an interim answer, before the final one.</summary>
    public ValueTask<FlushResult> SendInterimAsync(int status, IHeaderDictionary? fields)
    {
        AnswerHead.WriteInterim(output, status, fields);
        return FlushOutputAsync();
    }

    /// <summary>Switches protocols: sends the head; what follows on the connection is no longer HTTP.</summary>
    public ValueTask<FlushResult> UpgradeAsync()
    {
        StatusCode = StatusCodes.Status101SwitchingProtocols;
        _framing = Framing.Upgraded;
        WriteHead(isChunked: false, closes: false);
        return FlushOutputAsync();
    }

    private void Count(int bytes)
    {
        _written += bytes;
        if (_framing == Framing.Length && _written > _declared)
            throw new InvalidOperationException($"The answer has more than the {_declared} bytes that its head declares.");
    }

    private void Start(bool hasBody)
    {
        if (_framing != Framing.Undecided)
            return;
        _declared = _fields.ContentLength ?? 0;
        if (connection.AnswersHead || StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified or < 200)
        {
            _framing = Framing.None;
            // Neither may have one (RFC 9110 §8.6).
            if (StatusCode is StatusCodes.Status204NoContent or < 200)
                _fields.ContentLength = null;
        }
        else if (_fields.ContentLength is not null)
        {
            _framing = Framing.Length;
        }
        else if (!hasBody)
        {
            _fields.ContentLength = 0;
            _framing = Framing.Length;
        }
        else
        {
            _framing = connection.IsHttp10 ? Framing.UntilClose : Framing.Chunked;
        }
        WriteHead(_framing == Framing.Chunked, closes: connection.Closes(_framing == Framing.UntilClose, _fields));
    }

    private void WriteHead(bool isChunked, bool closes)
    {
        var persistence = closes ? "connection: close\r\n"u8
            : connection.IsHttp10 && _framing != Framing.Upgraded ? "connection: keep-alive\r\n"u8
            : default;
        AnswerHead.Write(output, StatusCode, ReasonPhrase, _fields, isChunked ? "transfer-encoding: chunked\r\n"u8 : default, persistence);
        _fields.IsReadOnly = true;
    }

    private ValueTask<FlushResult> FlushOutputAsync()
    {
        var bytes = output.UnflushedBytes;
        var flush = output.FlushAsync(CancellationToken.None);
        return flush.IsCompleted ? flush : WaitAsync(flush, bytes);
    }

    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private async ValueTask<FlushResult> WaitAsync(ValueTask<FlushResult> flush, long bytes)
    {
        pace.BeginAnswerWait(bytes);
        try
        {
            return await flush;
        }
        finally
        {
            pace.EndAnswerWait();
        }
    }

    private Memory<byte> Nowhere(int sizeHint)
    {
        if (_nowhere is null || _nowhere.Length < sizeHint)
            _nowhere = new byte[Math.Max(sizeHint, 4096)];
        return _nowhere;
    }
}
