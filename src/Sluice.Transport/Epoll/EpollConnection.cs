using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Sluice.Transport.Epoll;

/// <summary>An accepted connection, as Kestrel wants it.</summary>
internal sealed class EpollConnection : ConnectionContext, IDuplexPipe, IMemoryPoolFeature, IEventLoopFeature
{
    // How long a client that is still sending gets to read the last answer before the connection is reset under it.
    private static readonly TimeSpan LingerTime = TimeSpan.FromSeconds(1);

    private static long _lastId;

    private readonly CancellationTokenSource _closed = new();
    private readonly TimeProvider _time;
    private readonly EpollSocket _socket;
    private IDictionary<object, object?>? _items;
    private string? _id;

    /// <param name="fd">The accepted socket.</param>
    /// <param name="loop">The loop of its events.</param>
    /// <param name="local">Our end; null to ask the kernel, as for a wildcard address.</param>
    /// <param name="remote">The client's end.</param>
    /// <param name="time">The clock of the lingering.</param>
    public EpollConnection(int fd, EventLoop loop, EndPoint? local, EndPoint? remote, TimeProvider time)
    {
        _time = time;
        RemoteEndPoint = remote;
        _socket = new EpollSocket(fd, loop, connected: true, hungUp: OnHungUp);
        LocalEndPoint = local ??= _socket.LocalEndPoint();
        Input = new SocketPipeReader(_socket);
        Output = new SocketPipeWriter(_socket);
        Transport = this;
        ConnectionClosed = _closed.Token;
        Features = new FeatureCollection(8);
        Features.Set<IMemoryPoolFeature>(this);
        Features.Set<IEventLoopFeature>(this);
        Features.Set<IConnectionEndPointFeature>(new EndPoints { LocalEndPoint = local, RemoteEndPoint = remote });
    }

    public EventLoop Loop => _socket.Loop;

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public MemoryPool<byte> MemoryPool => Loop.Buffers;

    public override IDuplexPipe Transport { get; set; }

    public override string ConnectionId
    {
        get => _id ??= $"C{Interlocked.Increment(ref _lastId):x}";
        set => _id = value;
    }

    public override IFeatureCollection Features { get; }

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    public override void Abort() => Abort(new ConnectionAbortedException("The connection was aborted."));

    public override void Abort(ConnectionAbortedException? abortReason)
    {
        // Kestrel gives no reason for a connection that has come to its regular end.
        _socket.Abort(reset: abortReason is not null);
        OnHungUp();
    }

    public override async ValueTask DisposeAsync()
    {
        Input.Complete();
        Output.Complete();
        await LingerAsync();
        _socket.Dispose();
        OnHungUp();
        await base.DisposeAsync();
    }

    /// <summary>A connection that is closed while bytes of the client lie unread is reset by the kernel, and the client may lose the
    /// answer it was sent. So the sending side is closed first, and what the client still sends is thrown away for a moment.</summary>
    private async ValueTask LingerAsync()
    {
        if (_socket.IsAborted)
            return;
        _socket.ShutdownWrite();
        if (!_socket.Readable.IsReady)
            return;
        using var block = Loop.Buffers.RentBlock(PinnedPool.Small);
        await using var timer = _time.CreateTimer(static socket => ((EpollSocket)socket!).Abort(), _socket, LingerTime, Timeout.InfiniteTimeSpan);
        try
        {
            while (await _socket.ReceiveAsync(block.Memory) > 0)
            {
            }
        }
        catch (Exception exception) when (exception is ConnectionAbortedException or ConnectionResetException or IOException)
        {
            // Gone, or too slow: closed as it is.
        }
    }

    private void OnHungUp()
    {
        if (_closed.IsCancellationRequested)
            return;
        // The callbacks are Kestrel's and the application's: they don't belong on the loop.
        ThreadPool.UnsafeQueueUserWorkItem(static closed => closed.Cancel(), _closed, preferLocal: false);
    }

    private sealed class EndPoints : IConnectionEndPointFeature
    {
        public EndPoint? LocalEndPoint { get; set; }

        public EndPoint? RemoteEndPoint { get; set; }
    }
}

/// <summary>Tells on which loop a connection lives, so that the upstream side of its requests can live there, too.</summary>
internal interface IEventLoopFeature
{
    /// <summary>The loop.</summary>
    EventLoop Loop { get; }
}
