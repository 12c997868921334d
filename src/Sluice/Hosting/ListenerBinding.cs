using Sluice.Transport.Hub;

namespace Sluice.Hosting;

/// <summary>Keeps the bound ports in step with the snapshot in force. Only the reload loop calls it, one change after the other.</summary>
internal sealed class ListenerBinding(ConnectionHub hub)
{
    private IReadOnlyList<OpenPort> _bound = [];

    /// <summary>The ports of the snapshot in force.</summary>
    public IReadOnlyList<OpenPort> Bound => Volatile.Read(ref _bound);

    /// <summary>Binds the ports that are wanted and not bound yet. They don't accept before <see cref="ListenerChange.CommitAsync"/>.
    /// If one of them can't be bound, everything is left as it was.</summary>
    /// <param name="wanted">All ports of the next snapshot. A port that is wanted as before, with an equal key, stays untouched.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ListenerChange> PrepareAsync(IEnumerable<ListenSpec> wanted, CancellationToken cancellationToken)
    {
        var specs = wanted.Distinct().ToList();
        var change = new ListenerChange(
            this,
            kept: [.. _bound.Where(port => specs.Contains(port.Spec))],
            gone: [.. _bound.Where(port => !specs.Contains(port.Spec))]);
        foreach (var spec in specs.Where(spec => _bound.All(port => port.Spec != spec)))
            await change.OpenAsync(hub, spec, cancellationToken);

        if (change.Errors.Count > 0)
            Commit(await change.RevertAsync(hub));
        return change;
    }

    internal void Commit(IReadOnlyList<OpenPort> ports) => Volatile.Write(ref _bound, ports);
}
