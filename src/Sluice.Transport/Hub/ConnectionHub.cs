using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Sluice.Transport.Hub;

/// <summary>Opens and closes real ports at any time and hands each of their connections to the virtual endpoint of Kestrel that speaks
/// its protocol.</summary>
/// <remarks>For Kestrel it is a transport whose endpoints are virtual and are there from the start (<see cref="AddEndpoints"/>). Where
/// connections come from is the other transport, the one it is made with.</remarks>
public sealed class ConnectionHub : IConnectionListenerFactory, IConnectionListenerFactorySelector, IAsyncDisposable
{
    // With port 0 and both families the port that IPv4 got may be taken in IPv6; then another one is tried.
    private const int FreePortAttempts = 16;

    private readonly IConnectionListenerFactory _transport;
    private readonly TimeSpan _prefaceTime;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly VirtualListener _http1 = new(VirtualEndPoint.Http1);
    private readonly VirtualListener _http2 = new(VirtualEndPoint.Http2);
    private readonly Lock _gate = new();
    private readonly HashSet<OpenPort> _ports = [];
    private int _connections;
    private long _refused;

    /// <summary>Makes a hub without ports.</summary>
    /// <param name="transport">Where connections come from: binds an <see cref="IPEndPoint"/> and accepts. Its failures to bind are
    /// <see cref="SocketException"/>s. The caller disposes it, after the hub.</param>
    /// <param name="options">Limits.</param>
    /// <param name="time">The clock of the time limits.</param>
    /// <param name="logger">For what goes wrong below the protocols.</param>
    public ConnectionHub(IConnectionListenerFactory transport, HubOptions options, TimeProvider time, ILogger logger)
    {
        _transport = transport;
        _prefaceTime = options.PrefaceTime;
        _time = time;
        _logger = logger;
        ConnectionLimit = options.ConnectionLimit > 0 ? options.ConnectionLimit : DescriptorLimit.NinetyPercent();
    }

    /// <summary>Most connections at a time.</summary>
    public int ConnectionLimit { get; }

    /// <summary>Open connections that count against the limit.</summary>
    public int ConnectionCount => Volatile.Read(ref _connections);

    /// <summary>Connections that were closed at once because the limit was reached.</summary>
    public long RefusedConnections => Interlocked.Read(ref _refused);

    /// <summary>All ports that were opened and not disposed, also those that no longer accept. A copy.</summary>
    public IReadOnlyList<OpenPort> Ports
    {
        get
        {
            lock (_gate)
                return [.. _ports];
        }
    }

    /// <summary>Adds the virtual endpoints to Kestrel, before it starts.</summary>
    /// <param name="options">Kestrel's.</param>
    /// <param name="http1">Serves connections of HTTP/1.x, from the bytes up; Kestrel speaks HTTP/2.</param>
    public static void AddEndpoints(KestrelServerOptions options, Func<ConnectionContext, Task> http1)
    {
        options.Listen(VirtualEndPoint.Http1, listen =>
        {
            listen.Use(Hop);
            listen.Run(http1);
        });
        options.Listen(VirtualEndPoint.Http2, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(Hop);
        });

        static ConnectionDelegate Hop(ConnectionDelegate next) => connection => ((HubConnection)connection).ServeAsync(next);
    }

    /// <summary>Binds a port. It accepts from <see cref="OpenPort.StartAccepting"/> on. The port is bound exclusively; the default
    /// address is bound in both families, or in IPv4 alone where the machine has no IPv6.</summary>
    public async ValueTask<OpenResult> OpenAsync(ListenSpec spec, CancellationToken cancellationToken = default)
    {
        var listeners = new List<IConnectionListener>(2);
        var error = spec.Address is not null
            ? await BindAsync(new IPEndPoint(spec.Address, spec.Port), listeners, cancellationToken)
            : await BindBothFamiliesAsync(spec.Port, listeners, cancellationToken);
        if (error is not null)
        {
            await DisposeAsync(listeners);
            return OpenResult.Failed(error);
        }

        var port = new OpenPort(this, spec, listeners);
        lock (_gate)
            _ports.Add(port);
        return OpenResult.Bound(port);
    }

    /// <inheritdoc/>
    bool IConnectionListenerFactorySelector.CanBind(EndPoint endpoint) => endpoint is VirtualEndPoint;

    /// <inheritdoc/>
    ValueTask<IConnectionListener> IConnectionListenerFactory.BindAsync(EndPoint endpoint, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IConnectionListener>(endpoint == VirtualEndPoint.Http1 ? _http1
            : endpoint == VirtualEndPoint.Http2 ? _http2
            : throw new NotSupportedException($"{endpoint} is not a virtual endpoint of the hub."));

    /// <summary>Closes all ports and cuts their connections.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var port in Ports)
            await port.DisposeAsync();
    }

    internal bool TryEnter(OpenPort port)
    {
        if (port.Spec.Unlimited)
            return true;
        if (Interlocked.Increment(ref _connections) <= ConnectionLimit)
            return true;
        Interlocked.Decrement(ref _connections);
        Interlocked.Increment(ref _refused);
        return false;
    }

    internal void Leave(OpenPort port)
    {
        if (!port.Spec.Unlimited)
            Interlocked.Decrement(ref _connections);
    }

    internal void Forget(OpenPort port)
    {
        lock (_gate)
            _ports.Remove(port);
    }

    /// <summary>Finds out what a new connection speaks and hands it over, or closes it.</summary>
    internal async Task ServeAsync(HubConnection connection)
    {
        var handedOver = false;
        try
        {
            // A ClientHello on a plaintext port gets no answer that its sender would understand. Ports that terminate or pass TLS
            // through branch off here.
            handedOver = await connection.PeekAsync(_prefaceTime, _time) switch
            {
                DetectedProtocol.Http1 => _http1.TryEnqueue(connection),
                DetectedProtocol.Http2 => _http2.TryEnqueue(connection),
                _ => false,
            };
        }
        catch (Exception exception) when (exception is IOException or ConnectionAbortedException)
        {
            _logger.ConnectionLost(connection.ConnectionId, exception);
        }
        finally
        {
            if (!handedOver)
                await connection.DisposeAsync();
        }
    }

    internal void AcceptFailed(OpenPort port, Exception exception) => _logger.AcceptFailed(port.EndPoints[0], exception);

    private async ValueTask<BindError?> BindAsync(IPEndPoint endPoint, List<IConnectionListener> bound, CancellationToken cancellationToken)
    {
        try
        {
            bound.Add(await _transport.BindAsync(endPoint, cancellationToken));
            return null;
        }
        catch (SocketException exception)
        {
            return BindError.From(endPoint, exception);
        }
    }

    private async ValueTask<BindError?> BindBothFamiliesAsync(int port, List<IConnectionListener> bound, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var error = await BindAsync(new IPEndPoint(IPAddress.Any, port), bound, cancellationToken);
            if (error is not null)
                return error;

            var boundPort = ((IPEndPoint)bound[0].EndPoint).Port;
            error = await BindAsync(new IPEndPoint(IPAddress.IPv6Any, boundPort), bound, cancellationToken);
            if (error is null or { Reason: BindErrorReason.NotAvailable })
                return null;
            if (port != 0 || error.Reason != BindErrorReason.InUse || attempt == FreePortAttempts)
                return error;

            await DisposeAsync(bound);
            bound.Clear();
        }
    }

    private static async ValueTask DisposeAsync(List<IConnectionListener> listeners)
    {
        foreach (var listener in listeners)
            await listener.DisposeAsync();
    }
}
