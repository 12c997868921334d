using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Sluice.Transport.Tasks;

namespace Sluice.DataPlane.Forwarding;

/// <summary>Bounds the streams at once of one HTTP/2 connection of HttpClient (DestinationRule <c>http.maxConcurrentStreams</c>). HttpClient has
/// no such setting, but keeps exactly to what the upstream's SETTINGS say, and opens a further connection where one is full: so the bound is
/// put among them.</summary>
/// <remarks>The first thing HttpClient reads is a SETTINGS frame of ours, which is there before the connection carries its first request;
/// HttpClient's acknowledgement of it is kept from the upstream, which did not send it. In the upstream's own SETTINGS a greater number is
/// lowered (RFC 9113 §6.5). HttpClient asks whether WebSockets are taken when the first frame has come
/// (RFC 8441 §3), so ours says yes, and an upstream that takes none refuses them itself.</remarks>
internal sealed class Http2StreamLimit
{
    private const int HeaderSize = 9;
    private const int SettingSize = 6;
    private const int PrefaceSize = 24;
    private const byte SettingsFrame = 4;
    private const byte AckFlag = 1;
    private const ushort MaxConcurrentStreams = 3;
    private const ushort EnableConnect = 8;
    private const ushort NoSetting = 0;

    // A whole SETTINGS frame must fit, and none is larger than HttpClient's SETTINGS_MAX_FRAME_SIZE of 16 KiB.
    private const int BufferSize = 32 * 1024;

    private readonly uint _limit;
    private readonly Func<Memory<byte>, CancellationToken, ValueTask<int>> _read;
    private readonly Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> _write;
    private readonly byte[] _buffer = new byte[BufferSize];

    // Of the buffer, what was handed on, what may be handed on, and what was read.
    private int _taken;
    private int _ready;
    private int _filled;
    private int _payloadLeft;

    private int _sendingLeft = PrefaceSize;
    private bool _isAcknowledged;

    /// <param name="limit">Streams at once, at least 1.</param>
    /// <param name="read">Reads what the upstream has sent.</param>
    /// <param name="write">Writes to the upstream.</param>
    public Http2StreamLimit(
        int limit,
        Func<Memory<byte>, CancellationToken, ValueTask<int>> read,
        Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> write)
    {
        (_limit, _read, _write) = ((uint)limit, read, write);
        _buffer[2] = 2 * SettingSize;
        _buffer[3] = SettingsFrame;
        Write(_buffer.AsSpan(HeaderSize), MaxConcurrentStreams, _limit);
        Write(_buffer.AsSpan(HeaderSize + SettingSize), EnableConnect, 1);
        _ready = _filled = HeaderSize + 2 * SettingSize;
    }

    /// <summary>Reads what HttpClient is to see.</summary>
    /// <param name="buffer">Takes it; an empty one waits until there is something.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How much was read; 0 at the end.</returns>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (_taken == _ready)
        {
            if (buffer.IsEmpty)
                return await _read(buffer, cancellationToken);
            _buffer.AsSpan(_taken, _filled - _taken).CopyTo(_buffer);
            (_taken, _ready, _filled) = (0, 0, _filled - _taken);
            var count = await _read(_buffer.AsMemory(_filled), cancellationToken);
            if (count == 0)
                return 0;
            _filled += count;
            Release();
        }
        var length = Math.Min(buffer.Length, _ready - _taken);
        _buffer.AsMemory(_taken, length).CopyTo(buffer);
        _taken += length;
        return length;
    }

    /// <summary>Writes what the upstream is to see.</summary>
    /// <param name="buffer">What HttpClient has written.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken) =>
        FindAcknowledgement(buffer.Span) is { } found ? WriteAroundAsync(buffer, found, cancellationToken) : _write(buffer, cancellationToken);

    private async ValueTask WriteAroundAsync(ReadOnlyMemory<byte> buffer, int at, CancellationToken cancellationToken)
    {
        if (at > 0)
            await _write(buffer[..at], cancellationToken);
        if (at + HeaderSize < buffer.Length)
            await _write(buffer[(at + HeaderSize)..], cancellationToken);
    }

    /// <summary>Where the acknowledgement begins that the upstream must not see, in what HttpClient writes, which is whole frames; null where
    /// it is not.</summary>
    private int? FindAcknowledgement(ReadOnlySpan<byte> written)
    {
        for (var at = 0; !_isAcknowledged;)
        {
            var skipped = Math.Min(_sendingLeft, written.Length - at);
            (at, _sendingLeft) = (at + skipped, _sendingLeft - skipped);
            if (at == written.Length)
                return null;
            var header = written[at..];
            if (header.Length < HeaderSize)
                throw new InvalidOperationException("HttpClient has written a part of a frame's head.");
            if (header[3] == SettingsFrame && (header[4] & AckFlag) != 0)
            {
                _isAcknowledged = true;
                return at;
            }
            _sendingLeft = HeaderSize + LengthOf(header);
        }
        return null;
    }

    /// <summary>Lets through what has come, but for a SETTINGS frame of which a part is missing.</summary>
    private void Release()
    {
        while (_ready < _filled)
        {
            if (_payloadLeft > 0)
            {
                var count = Math.Min(_payloadLeft, _filled - _ready);
                (_ready, _payloadLeft) = (_ready + count, _payloadLeft - count);
                continue;
            }
            var frame = _buffer.AsSpan(_ready, _filled - _ready);
            if (frame.Length < HeaderSize)
                return;
            var length = LengthOf(frame);
            // One that is too large for us is too large for HttpClient, which refuses it by its head.
            if (frame[3] == SettingsFrame && HeaderSize + length <= BufferSize)
            {
                if (frame.Length < HeaderSize + length)
                    return;
                Adjust(frame.Slice(HeaderSize, length));
            }
            _payloadLeft = length;
            _ready += HeaderSize;
        }
    }

    private void Adjust(Span<byte> settings)
    {
        for (; settings.Length >= SettingSize; settings = settings[SettingSize..])
        {
            var value = BinaryPrimitives.ReadUInt32BigEndian(settings[sizeof(ushort)..]);
            switch (BinaryPrimitives.ReadUInt16BigEndian(settings))
            {
                case MaxConcurrentStreams when value > _limit:
                    Write(settings, MaxConcurrentStreams, _limit);
                    break;
                // A no after a yes would be an error.
                case EnableConnect when value == 0:
                    Write(settings, NoSetting, 0);
                    break;
            }
        }
    }

    private static void Write(Span<byte> setting, ushort name, uint value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(setting, name);
        BinaryPrimitives.WriteUInt32BigEndian(setting[sizeof(ushort)..], value);
    }

    private static int LengthOf(ReadOnlySpan<byte> header) => (header[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(header[1..]);
}
