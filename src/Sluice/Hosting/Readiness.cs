namespace Sluice.Hosting;

/// <summary>Where the gateway stands in its life.</summary>
internal enum ServerState
{
    /// <summary>The first snapshot isn't in force yet, or not all its ports are bound.</summary>
    Starting,

    /// <summary>Serving.</summary>
    Live,

    /// <summary>On its way out: should get no new clients.</summary>
    Draining,
}

/// <summary>What the status port and the admin API say about the gateway's state. It only ever moves forward.</summary>
internal sealed class Readiness
{
    private int _state;

    public ServerState State => (ServerState)Volatile.Read(ref _state);

    /// <summary>Whether new clients are welcome (<c>/healthz/ready</c>).</summary>
    public bool IsReady => State == ServerState.Live;

    /// <summary>To be called once the first snapshot is in force and all its ports accept.</summary>
    public void MarkLive() => Interlocked.CompareExchange(ref _state, (int)ServerState.Live, (int)ServerState.Starting);

    public void MarkDraining() => Volatile.Write(ref _state, (int)ServerState.Draining);
}
