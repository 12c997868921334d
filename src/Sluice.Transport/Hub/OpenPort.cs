using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Sluice.Transport.Hub;

/// <summary>A bound port and the connections that came in on it. It outlives its listening sockets: a port that stopped accepting
/// keeps its connections until they end.</summary>
public sealed class OpenPort : IAsyncDisposable
{
    private readonly ConnectionHub _hub;
    private readonly Lock _gate = new();
    private readonly HashSet<HubConnection> _connections = [];
    private IReadOnlyList<IConnectionListener> _listeners;
    private Task _accepting = Task.CompletedTask;
    private TaskCompletionSource? _empty;

    internal OpenPort(ConnectionHub hub, ListenSpec spec, IReadOnlyList<IConnectionListener> listeners)
    {
        _hub = hub;
        _listeners = listeners;
        Spec = spec;
        EndPoints = [.. listeners.Select(listener => (IPEndPoint)listener.EndPoint)];
        Feature = new ListenerFeature(spec.Key, EndPoints[0].Port);
    }

    /// <summary>What was asked for.</summary>
    public ListenSpec Spec { get; }

    /// <summary>The addresses that are bound: one, or for the default address one of each family.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; }

    /// <summary>The local port that is bound, from 1 to 65535.</summary>
    public int Port => Feature.Port;

    /// <summary>The feature of this port's connections.</summary>
    public ListenerFeature Feature { get; }

    /// <summary>Open connections of this port.</summary>
    public int ConnectionCount
    {
        get
        {
            lock (_gate)
                return _connections.Count;
        }
    }

    /// <summary>Begins to accept. From being opened until then clients connect and wait in the backlog of the operating system, so
    /// that a port can be bound before the configuration that it serves is in force.</summary>
    public void StartAccepting()
    {
        if (_accepting.IsCompleted)
            _accepting = Task.WhenAll(_listeners.Select(AcceptAsync));
    }

    /// <summary>Closes the listening sockets; connections go on. Those that the operating system had completed by then are still
    /// accepted when the port was accepting.</summary>
    public async ValueTask StopAcceptingAsync()
    {
        var listeners = _listeners;
        _listeners = [];
        foreach (var listener in listeners)
            await listener.UnbindAsync(CancellationToken.None);
        await _accepting;
        foreach (var listener in listeners)
            await listener.DisposeAsync();
    }

    /// <summary>Asks every connection to go without cutting anything: idle ones close, busy ones finish their requests and say
    /// <c>connection: close</c> or GOAWAY. Upgraded connections (WebSockets) stay until one side closes them.</summary>
    public void RequestClose()
    {
        foreach (var connection in Connections())
            connection.RequestClose();
    }

    /// <summary>Cuts every connection.</summary>
    public void Abort()
    {
        foreach (var connection in Connections())
            connection.Abort(new ConnectionAbortedException("The port is closed."));
    }

    /// <summary>Waits until no connection is left.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public Task WhenEmptyAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_connections.Count == 0)
                return Task.CompletedTask;
            _empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _empty.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Closes the port and cuts its connections, without waiting for what serves them to notice.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAcceptingAsync();
        Abort();
        _hub.Forget(this);
    }

    internal void Remove(HubConnection connection)
    {
        TaskCompletionSource? empty = null;
        lock (_gate)
        {
            if (!_connections.Remove(connection))
                return;
            if (_connections.Count == 0)
                (empty, _empty) = (_empty, null);
        }
        _hub.Leave(this);
        empty?.TrySetResult();
    }

    private async Task AcceptAsync(IConnectionListener listener)
    {
        // Off the caller's thread: with a full backlog this loop doesn't come to wait for long.
        await Task.Yield();
        try
        {
            while (await listener.AcceptAsync(CancellationToken.None) is { } accepted)
                await AdmitAsync(accepted);
        }
        catch (Exception exception)
        {
            // No listener throws on account of a client, so this is a defect. The other ports go on.
            _hub.AcceptFailed(this, exception);
        }
    }

    private async ValueTask AdmitAsync(ConnectionContext accepted)
    {
        if (!_hub.TryEnter(this))
        {
            await accepted.DisposeAsync();
            return;
        }
        var connection = new HubConnection(accepted, this);
        lock (_gate)
            _connections.Add(connection);
        _ = _hub.ServeAsync(connection);
    }

    private HubConnection[] Connections()
    {
        lock (_gate)
            return [.. _connections];
    }
}
