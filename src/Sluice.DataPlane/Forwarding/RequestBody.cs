using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Sluice.Transport.Streams;

namespace Sluice.DataPlane.Forwarding;

/// <summary>The client's body as an attempt reads it: streamed, and on demand remembered up to a limit so that another attempt or a
/// mirror can read it again.</summary>
/// <remarks>What fails on the client's side is a <see cref="BadHttpRequestException"/> when it broke the protocol or was too slow, else a
/// <see cref="ClientGoneException"/>. An attempt that is cancelled only gives up its own read; the next one goes on where the client's bytes stand. One attempt
/// reads at a time.</remarks>
internal sealed class RequestBody : AsyncStream
{
    /// <summary>Bytes that are remembered at most, as many as Envoy buffers for retries. A larger body is sent once.</summary>
    public const int ReplayLimit = 1 << 20;

    /// <summary>So few bytes are worth remembering for the rare case of a stale connection.</summary>
    public const int SmallBody = 64 << 10;

    private PipeReader? _reader;
    private TimeProvider _time = TimeProvider.System;
    private byte[]? _memory;
    private int _remembered;
    private int _position;
    private bool _remembering;
    private Action? _whenRemembered;

    /// <summary>Bytes that came from the client.</summary>
    public long BytesReceived { get; private set; }

    /// <summary><see cref="TimeProvider.GetTimestamp"/> when the client's last bytes came, or the body was opened.</summary>
    public long LastProgress { get; private set; }

    /// <summary>Whether the request has one.</summary>
    public bool Exists => _reader is not null;

    /// <summary>Whether all of it came.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Whether an attempt can read it from its beginning.</summary>
    public bool CanReplay => BytesReceived == 0 || (_remembering && _remembered == BytesReceived);

    /// <summary>The whole body, once it is complete and was remembered.</summary>
    public ReadOnlyMemory<byte> Remembered => _memory.AsMemory(0, _remembered);

    /// <summary>Takes up the body of a request.</summary>
    /// <param name="reader">The client's bytes; null when the request has no body.</param>
    /// <param name="time">Tells when bytes came.</param>
    /// <param name="now">Its timestamp of now.</param>
    public void Open(PipeReader? reader, TimeProvider time, long now)
    {
        _reader = reader;
        _time = time;
        IsComplete = reader is null;
        LastProgress = now;
    }

    /// <summary>From now on the bytes are remembered. To be called before the first is read.</summary>
    public void Remember() => _remembering = true;

    /// <summary>Calls back once all of the body came and is remembered, or is too large for that (then <see cref="IsComplete"/> is false);
    /// at once when there is nothing to wait for, never when the client breaks off.</summary>
    public void WhenRemembered(Action callback)
    {
        if (IsComplete)
            callback();
        else
            _whenRemembered += callback;
    }

    /// <summary>The next attempt reads from the beginning. Only while <see cref="CanReplay"/>.</summary>
    public void Rewind() => _position = 0;

    /// <summary>Forgets the request.</summary>
    public void Release()
    {
        Forget();
        _reader = null;
        _whenRemembered = null;
        _remembering = IsComplete = false;
        BytesReceived = 0;
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position < _remembered)
            return ReadAgain(buffer.Span);
        if (IsComplete)
            return 0;
        while (true)
        {
            var result = await ReadFromClientAsync(cancellationToken);
            if (!result.Buffer.IsEmpty || result.IsCompleted)
                return Take(result, buffer.Span);
            // Nothing came: the attempt was cancelled, or the one before, too late for a read of its own.
            _reader!.AdvanceTo(result.Buffer.Start);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Reads what has come already.</summary>
    /// <param name="buffer">Room.</param>
    /// <param name="count">Bytes read; 0 at the end of the body.</param>
    /// <returns>False when nothing has come yet.</returns>
    public bool TryRead(Span<byte> buffer, out int count)
    {
        count = 0;
        if (_position < _remembered)
            count = ReadAgain(buffer);
        else if (!IsComplete)
        {
            if (!TryReadFromClient(out var result))
                return false;
            if (result is { IsCompleted: false, Buffer.IsEmpty: true })
            {
                _reader!.AdvanceTo(result.Buffer.Start);
                return false;
            }
            count = Take(result, buffer);
        }
        return true;
    }

    private async ValueTask<ReadResult> ReadFromClientAsync(CancellationToken cancellationToken)
    {
        try
        {
            // The token is the attempt's. Passed on, it would end the client's reader for good, and no other attempt could read.
            var read = _reader!.ReadAsync(CancellationToken.None);
            if (read.IsCompleted)
                return await read;
            using (cancellationToken.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), _reader))
                return await read;
        }
        catch (Exception e) when (e is not BadHttpRequestException)
        {
            throw new ClientGoneException(e);
        }
    }

    private bool TryReadFromClient(out ReadResult result)
    {
        try
        {
            return _reader!.TryRead(out result);
        }
        catch (Exception e) when (e is not BadHttpRequestException)
        {
            throw new ClientGoneException(e);
        }
    }

    private int Take(in ReadResult result, Span<byte> buffer)
    {
        var available = result.Buffer;
        if (available.IsEmpty)
        {
            _reader!.AdvanceTo(available.End);
            IsComplete = true;
            LastProgress = _time.GetTimestamp();
            TellRemembered();
            return 0;
        }
        var length = (int)Math.Min(available.Length, buffer.Length);
        available = available.Slice(0, length);
        available.CopyTo(buffer);
        _reader!.AdvanceTo(available.End);
        if (length == 0)
            return 0;
        BytesReceived += length;
        LastProgress = _time.GetTimestamp();
        if (_remembering)
            RememberBytes(buffer[..length]);
        return length;
    }

    private void RememberBytes(ReadOnlySpan<byte> bytes)
    {
        if (_remembered + bytes.Length > ReplayLimit)
        {
            _remembering = false;
            Forget();
            TellRemembered();
            return;
        }
        if (_memory is null || _remembered + bytes.Length > _memory.Length)
            Grow(_remembered + bytes.Length);
        bytes.CopyTo(_memory.AsSpan(_remembered));
        _remembered += bytes.Length;
        _position = _remembered;
    }

    private void TellRemembered()
    {
        var callback = _whenRemembered;
        _whenRemembered = null;
        callback?.Invoke();
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(16 << 10, (_memory?.Length ?? 0) * 2)));
        if (_memory is not null)
        {
            _memory.AsSpan(0, _remembered).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_memory);
        }
        _memory = larger;
    }

    private void Forget()
    {
        if (_memory is not null)
            ArrayPool<byte>.Shared.Return(_memory);
        _memory = null;
        _remembered = _position = 0;
    }

    private int ReadAgain(Span<byte> buffer)
    {
        var length = Math.Min(buffer.Length, _remembered - _position);
        _memory.AsSpan(_position, length).CopyTo(buffer);
        _position += length;
        return length;
    }

    /// <inheritdoc/>
    public override bool CanWrite => false;
}
