using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Sluice.Transport.Hub;

/// <summary>An accepted connection on its way from the transport to the protocol that serves it: it knows its port, can be peeked at,
/// and can be asked to go in every phase of its life.</summary>
internal sealed class HubConnection : ConnectionContext
{
    private readonly ConnectionContext _inner;
    private readonly Lock _gate = new();
    private Phase _phase = Phase.Peeking;
    private bool _closeRequested;
    private bool _givenUp;
    private IConnectionLifetimeNotificationFeature? _lifetime;

    public HubConnection(ConnectionContext inner, OpenPort port)
    {
        _inner = inner;
        Port = port;
        inner.Features.Set(port.Feature);
    }

    private enum Phase
    {
        Peeking,
        HandedOver,
        Served,
    }

    public OpenPort Port { get; }

    public override string ConnectionId
    {
        get => _inner.ConnectionId;
        set => _inner.ConnectionId = value;
    }

    public override IFeatureCollection Features => _inner.Features;

    public override IDictionary<object, object?> Items
    {
        get => _inner.Items;
        set => _inner.Items = value;
    }

    public override IDuplexPipe Transport
    {
        get => _inner.Transport;
        set => _inner.Transport = value;
    }

    public override CancellationToken ConnectionClosed
    {
        get => _inner.ConnectionClosed;
        set => _inner.ConnectionClosed = value;
    }

    public override EndPoint? LocalEndPoint
    {
        get => _inner.LocalEndPoint;
        set => _inner.LocalEndPoint = value;
    }

    public override EndPoint? RemoteEndPoint
    {
        get => _inner.RemoteEndPoint;
        set => _inner.RemoteEndPoint = value;
    }

    public override void Abort() => _inner.Abort();

    public override void Abort(ConnectionAbortedException abortReason) => _inner.Abort(abortReason);

    /// <summary>Reads until the first bytes tell the protocol, and leaves all of them to be read again.</summary>
    /// <returns><see cref="DetectedProtocol.Undecided"/> when the time is up, the client left, or the connection was asked to go
    /// before it said enough: it is to be closed.</returns>
    /// <exception cref="IOException">The client reset the connection.</exception>
    public async ValueTask<DetectedProtocol> PeekAsync(TimeSpan timeLimit, TimeProvider time)
    {
        var input = Transport.Input;
        var examined = 0L;
        ITimer? timer = null;
        try
        {
            while (true)
            {
                var read = input.ReadAsync(CancellationToken.None);
                if (!read.IsCompleted)
                    timer ??= time.CreateTimer(static connection => ((HubConnection)connection!).GiveUp(), this, timeLimit,
                        Timeout.InfiniteTimeSpan);
                var result = await read;

                var protocol = ProtocolDetector.Detect(result.Buffer);
                var decided = protocol != DetectedProtocol.Undecided;
                if (decided || result.IsCompleted || Volatile.Read(ref _givenUp))
                {
                    // Not examined to the end: the next reader gets the bytes at once instead of waiting for more.
                    input.AdvanceTo(result.Buffer.Start, result.Buffer.GetPosition(examined));
                    lock (_gate)
                        _phase = Phase.HandedOver;
                    return protocol;
                }

                examined = result.Buffer.Length;
                input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            }
        }
        finally
        {
            if (timer is not null)
                await timer.DisposeAsync();
        }
    }

    /// <summary>The innermost connection middleware of each virtual endpoint.</summary>
    public async Task ServeAsync(ConnectionDelegate next)
    {
        // Kestrel reads and starts the first request in here when its bytes have come. Only then may it be told to close: told
        // earlier, it would drop that request unanswered.
        var served = next(this);
        bool closeRequested;
        var lifetime = Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>();
        lock (_gate)
        {
            _phase = Phase.Served;
            _lifetime = lifetime;
            closeRequested = _closeRequested;
        }
        if (closeRequested)
            lifetime.RequestClose();
        await served;
    }

    /// <summary>Asks the connection to go without cutting anything: an idle one closes; a busy one finishes what it began and says
    /// <c>connection: close</c> or GOAWAY.</summary>
    public void RequestClose()
    {
        Phase phase;
        IConnectionLifetimeNotificationFeature? lifetime;
        lock (_gate)
        {
            _closeRequested = true;
            phase = _phase;
            lifetime = _lifetime;
        }
        if (phase == Phase.Peeking)
            GiveUp();
        lifetime?.RequestClose();
    }

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await _inner.DisposeAsync();
            await base.DisposeAsync();
        }
        finally
        {
            Port.Remove(this);
        }
    }

    private void GiveUp()
    {
        lock (_gate)
        {
            // Too late: the bytes belong to the protocol now, and with them the time limits.
            if (_phase != Phase.Peeking)
                return;
            Volatile.Write(ref _givenUp, true);
        }
        Transport.Input.CancelPendingRead();
    }
}
