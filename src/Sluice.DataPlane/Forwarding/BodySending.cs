using System.Buffers;
using System.Buffers.Text;
using Sluice.Transport.Http1;

namespace Sluice.DataPlane.Forwarding;

/// <summary>The rest of a request's body on its way to an upstream, while the answer is awaited on the same connection.</summary>
internal sealed class BodySending : IAsyncDisposable
{
    private const int PieceSize = 16 * 1024;

    // Upstreams that know nothing of 100 (Continue) wait for the body in silence (RFC 9110 §10.1.1): it follows after a while.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    // Room for the size line before a chunk, and for the line end behind it.
    private const int ChunkPrefix = 8;
    private const int ChunkSuffix = 2;

    private readonly RequestBody _body;
    private readonly Http1Connection _connection;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource? _go;
    private readonly Task _sending;

    /// <summary>Starts it.</summary>
    /// <param name="body">What is left to read.</param>
    /// <param name="connection">Its head has been sent.</param>
    /// <param name="chunked">Whether it goes in chunks.</param>
    /// <param name="waits">Whether it waits for <see cref="Continue"/>.</param>
    /// <param name="time">Bounds that wait.</param>
    public BodySending(RequestBody body, Http1Connection connection, bool chunked, bool waits, TimeProvider time)
    {
        _body = body;
        _connection = connection;
        _go = waits ? new TaskCompletionSource() : null;
        _sending = SendAsync(chunked, time);
    }

    /// <summary>What broke on the client's side; null when nothing did.</summary>
    public Exception? ClientsFailure { get; private set; }

    /// <summary>The upstream wants the body: a 100 (Continue) came.</summary>
    public void Continue() => _go?.TrySetResult();

    /// <summary>Whether all of the body was sent, so that the connection can carry another request.</summary>
    public bool IsComplete => _sending.IsCompletedSuccessfully;

    /// <summary>Ends it, once the answer is through or the attempt has failed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_sending.IsCompleted)
        {
            // An upstream that answered early, and wants no more.
            _connection.Abort();
            await _stop.CancelAsync();
            _go?.TrySetCanceled();
            await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        _stop.Dispose();
    }

    private async Task SendAsync(bool chunked, TimeProvider time)
    {
        if (_go is not null)
            await AwaitContinueAsync(_go.Task, time);
        using var owner = _connection.Buffers.Rent(PieceSize);
        var room = owner.Memory[ChunkPrefix..^ChunkSuffix];
        while (true)
        {
            var count = await ReadAsync(room);
            if (count == 0)
                break;
            if (chunked)
                await _connection.SendAsync(Frame(owner.Memory, count));
            else
                await _connection.SendAsync(room[..count]);
        }
        if (chunked)
            await _connection.SendAsync("0\r\n\r\n"u8.ToArray());
    }

    private static async Task AwaitContinueAsync(Task go, TimeProvider time)
    {
        try
        {
            await go.WaitAsync(LongestWait, time);
        }
        catch (TimeoutException)
        {
            // The upstream has said neither yes nor no.
        }
    }

    private async ValueTask<int> ReadAsync(Memory<byte> room)
    {
        try
        {
            return await _body.ReadAsync(room, _stop.Token);
        }
        catch (Exception e) when (!_stop.IsCancellationRequested)
        {
            // Whoever waits for the answer need not wait any longer.
            ClientsFailure = e;
            _connection.Abort();
            throw;
        }
    }

    private static Memory<byte> Frame(Memory<byte> buffer, int count)
    {
        // The size has as many digits as it needs, right before the data.
        Span<byte> digits = stackalloc byte[ChunkPrefix];
        Utf8Formatter.TryFormat(count, digits, out var length, new StandardFormat('x'));
        var start = ChunkPrefix - 2 - length;
        digits[..length].CopyTo(buffer.Span[start..]);
        "\r\n"u8.CopyTo(buffer.Span[(ChunkPrefix - 2)..]);
        "\r\n"u8.CopyTo(buffer.Span[(ChunkPrefix + count)..]);
        return buffer[start..(ChunkPrefix + count + 2)];
    }
}
