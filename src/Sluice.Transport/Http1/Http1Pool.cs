using System.Net;
using Sluice.Transport.Upstream;

namespace Sluice.Transport.Http1;

/// <summary>The connections to one address that wait for their next request, apart for each place of the transport. The one used last is
/// used first, so that the others can grow old and be closed.</summary>
public sealed class Http1Pool : IDisposable
{
    private readonly Shelf[] _shelves;
    private readonly TimeProvider _time;
    private volatile bool _disposed;
    private int _used = 1;

    /// <param name="transport">Opens the connections.</param>
    /// <param name="time">The clock of the idle time.</param>
    public Http1Pool(UpstreamTransport transport, TimeProvider time)
    {
        Transport = transport;
        _time = time;
        _shelves = new Shelf[transport.Places];
        for (var i = 0; i < _shelves.Length; i++)
            _shelves[i] = new Shelf();
    }

    /// <summary>Opens the connections.</summary>
    public UpstreamTransport Transport { get; }

    /// <summary>An idle connection that is still good, or null when a new one must be made.</summary>
    /// <param name="place">The place of the client's connection.</param>
    /// <param name="idleTime">Connections that waited longer are closed.</param>
    /// <param name="now">The timestamp of now, of the pool's clock.</param>
    public Http1Connection? TryRent(int place, TimeSpan idleTime, long now)
    {
        Volatile.Write(ref _used, 1);
        while (_shelves[place].TryTake(out var connection, out var since))
        {
            if (!connection.IsStale && _time.GetElapsedTime(since, now) <= idleTime)
                return connection;
            connection.Dispose();
        }
        return null;
    }

    /// <summary>Makes a connection.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The connection can't be made.</exception>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    public async ValueTask<Http1Connection> ConnectAsync(IPEndPoint address, int place, CancellationToken cancellationToken) =>
        new(await Transport.ConnectAsync(address, place, cancellationToken));

    /// <summary>Takes a connection back: to be used again when its answer has been read to the end, else to be closed.</summary>
    public void Return(Http1Connection connection, int place)
    {
        if (!connection.Reusable || _disposed)
        {
            connection.Dispose();
            return;
        }
        _shelves[place].Put(connection, _time.GetTimestamp());
    }

    /// <summary>Closes connections that the other side has left, or that waited longer than <paramref name="idleTime"/>.</summary>
    /// <returns>Whether none waits, and none was asked for since the last sweep.</returns>
    public bool Sweep(TimeSpan idleTime)
    {
        var unused = Interlocked.Exchange(ref _used, 0) == 0;
        foreach (var shelf in _shelves)
            unused &= shelf.Remove(entry => entry.Connection.IsStale || _time.GetElapsedTime(entry.Since) > idleTime);
        return unused;
    }

    /// <summary>Closes all idle connections; those in use are closed when they come back.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (var shelf in _shelves)
            shelf.Remove(static _ => true);
    }

    /// <summary>The idle connections of one place. Almost always touched by one thread; the lock is for the sweeps.</summary>
    private sealed class Shelf
    {
        private readonly Lock _gate = new();
        private readonly List<(Http1Connection Connection, long Since)> _idle = [];

        public bool TryTake(out Http1Connection connection, out long since)
        {
            lock (_gate)
            {
                if (_idle.Count == 0)
                {
                    (connection, since) = (null!, 0);
                    return false;
                }
                (connection, since) = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
                return true;
            }
        }

        public void Put(Http1Connection connection, long since)
        {
            lock (_gate)
                _idle.Add((connection, since));
        }

        /// <summary>Closes those that match; true when none is left.</summary>
        public bool Remove(Predicate<(Http1Connection Connection, long Since)> match)
        {
            lock (_gate)
            {
                _idle.RemoveAll(entry =>
                {
                    if (!match(entry))
                        return false;
                    entry.Connection.Dispose();
                    return true;
                });
                return _idle.Count == 0;
            }
        }
    }
}
