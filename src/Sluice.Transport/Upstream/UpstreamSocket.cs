using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Sluice.Transport.Upstream;

/// <summary>A connected stream to an upstream. One reader and one writer at a time; their continuations run where the transport wants
/// them.</summary>
public abstract class UpstreamSocket : IDisposable
{
    /// <summary>Buffers of the loop that the socket lives on.</summary>
    public abstract MemoryPool<byte> Buffers { get; }

    /// <summary>Our end of the connection; null when it can't be told.</summary>
    public abstract EndPoint? LocalEndPoint { get; }

    /// <summary>Whether there is something to read, or the other side has left: an idle connection that must not be used again.</summary>
    public abstract bool IsStale { get; }

    /// <summary>Receives, and waits for something to come; 0 at the end of the stream.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="ConnectionAbortedException">This side gave up.</exception>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer);

    /// <summary>Sends everything.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="ConnectionAbortedException">This side gave up.</exception>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> buffer);

    /// <summary>Turns on probes for the time when nothing is sent. Unix sockets need none.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The system does not take a value.</exception>
    public abstract void SetKeepalive(KeepaliveProbes probes);

    /// <summary>Gives up, from any thread: whoever waits gets an exception, and the upstream a reset.</summary>
    public abstract void Abort();

    /// <summary>Closes it. Nobody may be reading or writing.</summary>
    public abstract void Dispose();
}
