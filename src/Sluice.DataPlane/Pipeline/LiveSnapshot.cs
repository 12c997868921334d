namespace Sluice.DataPlane.Pipeline;

/// <summary>The snapshot in force. One writer publishes; every request reads it once.</summary>
public sealed class LiveSnapshot
{
    private volatile Snapshot _current = Snapshot.Empty;

    /// <summary>The snapshot in force now.</summary>
    public Snapshot Current => _current;

    /// <summary>Puts a snapshot in force for all requests that begin from now on.</summary>
    public void Publish(Snapshot snapshot) => _current = snapshot;
}
