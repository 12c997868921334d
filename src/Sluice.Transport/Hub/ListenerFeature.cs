namespace Sluice.Transport.Hub;

/// <summary>The feature of a connection, and of the requests on it, that says on which port it came in.</summary>
/// <remarks>It carries the key of the port and never the listener itself: a connection outlives reloads, and each of its requests
/// looks up what the key stands for in the snapshot of its own time.</remarks>
/// <param name="key">The key that the port was opened with.</param>
/// <param name="port">The local port that is bound.</param>
public sealed class ListenerFeature(object key, int port)
{
    /// <summary><see cref="ListenSpec.Key"/> of the port.</summary>
    public object Key { get; } = key;

    /// <summary>The local port that is bound, from 1 to 65535, also where 0 was asked for.</summary>
    public int Port { get; } = port;
}
