using System.Net;
using System.Net.Security;
using Sluice.Transport.Upstream;

namespace Sluice.Transport.Http1;

/// <summary>The connections to one address that wait for their next request, apart for each place of the transport. The one used last is
/// used first, so that the others can grow old and be closed. A connection serves only requests that want the TLS settings it was made
/// with, and those are told apart as objects: after a change of certificates the old connections grow old. One that was opened with a PROXY header
/// serves only requests that want an equal one.</summary>
public sealed class Http1Pool : IDisposable
{
    private readonly Shelf[] _shelves;
    private readonly TimeProvider _time;
    private volatile bool _disposed;
    private int _used = 1;
    private int _count;

    /// <param name="transport">Opens the connections.</param>
    /// <param name="settings">How long they are kept.</param>
    /// <param name="time">The clock of their ages.</param>
    public Http1Pool(UpstreamTransport transport, Http1PoolSettings settings, TimeProvider time)
    {
        Transport = transport;
        Settings = settings;
        _time = time;
        _shelves = new Shelf[transport.Places];
        for (var i = 0; i < _shelves.Length; i++)
            _shelves[i] = new Shelf();
    }

    /// <summary>Opens the connections.</summary>
    public UpstreamTransport Transport { get; }

    /// <summary>How long connections are kept; may change at any time.</summary>
    public Http1PoolSettings Settings { get; set; }

    /// <summary>How many connections there are, in use or not, those included that are being made.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>An idle connection that is still good, or null when a new one must be made.</summary>
    /// <param name="place">The place of the client's connection.</param>
    /// <param name="tls">The TLS settings; null for plain text.</param>
    /// <param name="orElsewhere">Whether a connection of another place is better than none.</param>
    /// <param name="now">The timestamp of now, of the pool's clock.</param>
    /// <param name="proxy">The PROXY header that it must have been opened with; null for none.</param>
    public Http1Connection? TryRent(int place, SslClientAuthenticationOptions? tls, bool orElsewhere, long now, ProxyHeader? proxy = null)
    {
        Volatile.Write(ref _used, 1);
        var connection = TryRent(_shelves[place], tls, proxy, now);
        for (var i = 0; connection is null && orElsewhere && i < _shelves.Length; i++)
            connection = TryRent(_shelves[i], tls, proxy, now);
        return connection;
    }

    /// <summary>Counts a connection that is about to be made with <see cref="ConnectAsync"/>. If that fails, it is to be taken back with
    /// <see cref="Unreserve"/>.</summary>
    public void Reserve() => Interlocked.Increment(ref _count);

    /// <summary>The connection that was counted will not be made.</summary>
    public void Unreserve() => Interlocked.Decrement(ref _count);

    /// <summary>Makes a connection that has been counted, with its PROXY header and its TLS handshake.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The connection can't be made.</exception>
    /// <exception cref="TlsException">One side refused the other.</exception>
    /// <exception cref="IOException">The connection broke in the handshake.</exception>
    /// <exception cref="OperationCanceledException">Given up.</exception>
    public async ValueTask<Http1Connection> ConnectAsync(
        EndPoint address, int place, SslClientAuthenticationOptions? tls, CancellationToken cancellationToken, ProxyHeader? proxy = null)
    {
        var socket = await Transport.ConnectAsync(address, place, cancellationToken);
        if (Settings.Keepalive is { } keepalive)
            socket.SetKeepalive(keepalive);
        if (proxy is not null)
            await OpenAsync(socket, proxy);
        if (tls is not null)
            socket = await TlsUpstreamSocket.HandshakeAsync(socket, tls, cancellationToken);
        return new Http1Connection(socket) { Opened = _time.GetTimestamp(), Tls = tls, Proxy = proxy };
    }

    /// <summary>Takes a connection back: to be used again when its answer has been read to the end, else to be closed.</summary>
    public void Return(Http1Connection connection, int place)
    {
        var settings = Settings;
        var now = _time.GetTimestamp();
        if (!connection.Reusable || _disposed || IsSpent(connection, settings, now))
            Discard(connection);
        else
            _shelves[place].Put(connection, now);
    }

    /// <summary>Closes a connection that is in use.</summary>
    public void Discard(Http1Connection connection)
    {
        connection.Dispose();
        Interlocked.Decrement(ref _count);
    }

    /// <summary>Closes an idle connection, to make room for another. False when all are in use.</summary>
    public bool TryCloseIdle()
    {
        foreach (var shelf in _shelves)
        {
            if (shelf.TakeAny() is not { } connection)
                continue;
            Discard(connection);
            return true;
        }
        return false;
    }

    /// <summary>Closes connections that the other side has left, or that have waited or lived too long.</summary>
    /// <returns>Whether there is none, and none was asked for since the last sweep.</returns>
    public bool Sweep()
    {
        var unused = Interlocked.Exchange(ref _used, 0) == 0;
        var settings = Settings;
        var now = _time.GetTimestamp();
        foreach (var shelf in _shelves)
            Remove(shelf, entry => entry.Connection.IsStale || IsSpent(entry.Connection, settings, now) || settings.IsTooIdle(_time.GetElapsedTime(entry.Since, now)));
        return unused && Count == 0;
    }

    /// <summary>Closes all idle connections; those in use are closed when they come back.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (var shelf in _shelves)
            Remove(shelf, static _ => true);
    }

    // The first bytes of a connection fit into what the system keeps for it, so that there is nothing to wait for and to give up.
    private static async ValueTask OpenAsync(UpstreamSocket socket, ProxyHeader proxy)
    {
        try
        {
            await socket.SendAsync(proxy.Bytes);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Http1Connection? TryRent(Shelf shelf, SslClientAuthenticationOptions? tls, ProxyHeader? proxy, long now)
    {
        var settings = Settings;
        while (shelf.TryTake(tls, proxy, out var connection, out var since))
        {
            if (!connection.IsStale && !settings.IsTooIdle(_time.GetElapsedTime(since, now)) && !IsSpent(connection, settings, now))
                return connection;
            Discard(connection);
        }
        return null;
    }

    private bool IsSpent(Http1Connection connection, Http1PoolSettings settings, long now) =>
        (settings.MaxRequests > 0 && connection.Requests >= settings.MaxRequests) || settings.IsTooOld(_time.GetElapsedTime(connection.Opened, now));

    private void Remove(Shelf shelf, Predicate<(Http1Connection Connection, long Since)> match) =>
        Interlocked.Add(ref _count, -shelf.Remove(match));

    /// <summary>The idle connections of one place. Almost always touched by one thread; the lock is for the sweeps.</summary>
    private sealed class Shelf
    {
        private readonly Lock _gate = new();
        private readonly List<(Http1Connection Connection, long Since)> _idle = [];

        public bool TryTake(SslClientAuthenticationOptions? tls, ProxyHeader? proxy, out Http1Connection connection, out long since)
        {
            lock (_gate)
            {
                for (var i = _idle.Count - 1; i >= 0; i--)
                {
                    (connection, since) = _idle[i];
                    if (!ReferenceEquals(connection.Tls, tls) || !Equals(connection.Proxy, proxy))
                        continue;
                    _idle.RemoveAt(i);
                    return true;
                }
                (connection, since) = (null!, 0);
                return false;
            }
        }

        /// <summary>The one that has waited longest; null when there is none.</summary>
        public Http1Connection? TakeAny()
        {
            lock (_gate)
            {
                if (_idle.Count == 0)
                    return null;
                var connection = _idle[0].Connection;
                _idle.RemoveAt(0);
                return connection;
            }
        }

        public void Put(Http1Connection connection, long since)
        {
            lock (_gate)
                _idle.Add((connection, since));
        }

        /// <summary>Closes those that match, and tells how many did.</summary>
        public int Remove(Predicate<(Http1Connection Connection, long Since)> match)
        {
            lock (_gate)
            {
                return _idle.RemoveAll(entry =>
                {
                    if (!match(entry))
                        return false;
                    entry.Connection.Dispose();
                    return true;
                });
            }
        }
    }
}
