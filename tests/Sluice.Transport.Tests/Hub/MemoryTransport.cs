using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Sluice.Transport.Tests.Hub;

/// <summary>Connections made of pipes, whose client sees when the server has looked at what it sent.</summary>
internal sealed class MemoryTransport : IConnectionListenerFactory
{
    private readonly Channel<ConnectionContext> _connections = Channel.CreateUnbounded<ConnectionContext>();

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(new Listener(_connections.Reader, endpoint));

    public IDuplexPipe Connect()
    {
        // A flush ends when the reader has examined the last byte.
        var toServer = new Pipe(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1));
        var toClient = new Pipe();
        var client = new Side(toClient.Reader, toServer.Writer);
        var server = new Side(toServer.Reader, toClient.Writer);
        var connection = new Connection(server, client);
        connection.ConnectionClosed.Register(() => client.Output.Complete(new ConnectionAbortedException()));
        Assert.True(_connections.Writer.TryWrite(connection));
        return client;
    }

    private sealed record Side(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Kestrel's own cancels later, on another thread; its source may have been disposed by then, and takes the process with it.
    /// </summary>
    private sealed class Connection : DefaultConnectionContext
    {
        private readonly CancellationTokenSource _closed = new();

        public Connection(IDuplexPipe transport, IDuplexPipe application)
            : base("memory", transport, application) => ConnectionClosed = _closed.Token;

        public override void Abort(ConnectionAbortedException abortReason) => _ = _closed.CancelAsync();
    }

    private sealed class Listener(ChannelReader<ConnectionContext> connections, EndPoint endPoint) : IConnectionListener
    {
        private readonly CancellationTokenSource _unbound = new();

        public EndPoint EndPoint => endPoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            try
            {
                return await connections.ReadAsync(_unbound.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default) => new(_unbound.CancelAsync());

        public ValueTask DisposeAsync()
        {
            _unbound.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
