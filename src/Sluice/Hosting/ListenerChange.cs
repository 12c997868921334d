using Sluice.Transport.Hub;

namespace Sluice.Hosting;

/// <summary>One step from the ports of a snapshot to those of the next: either refused with <see cref="Errors"/>, or to be committed once
/// the next snapshot is in force.</summary>
internal sealed class ListenerChange(ListenerBinding binding, IReadOnlyList<OpenPort> kept, IReadOnlyList<OpenPort> gone)
{
    private readonly List<OpenPort> _opened = [];
    private readonly List<OpenPort> _displaced = [];
    private readonly List<BindError> _errors = [];

    /// <summary>The addresses that can't be bound. When there are any, nothing has changed and there is nothing to commit.</summary>
    public IReadOnlyList<BindError> Errors => _errors;

    /// <summary>Lets the new ports accept and closes those that are gone: no new connections, open ones finish what they are at and
    /// are told to close.</summary>
    public async Task CommitAsync()
    {
        foreach (var port in _opened)
            port.StartAccepting();
        binding.Commit([.. kept, .. _opened]);
        foreach (var port in gone)
        {
            await port.StopAcceptingAsync();
            port.RequestClose();
            _ = ReleaseAsync(port);
        }
    }

    internal async Task OpenAsync(ConnectionHub hub, ListenSpec spec, CancellationToken cancellationToken)
    {
        var result = await hub.OpenAsync(spec, cancellationToken);
        if (result.Error is { Reason: BindErrorReason.InUse } && await DisplaceAsync(spec.Port))
            result = await hub.OpenAsync(spec, cancellationToken);
        if (result.Succeeded)
            _opened.Add(result.Port);
        else
            _errors.Add(result.Error);
    }

    /// <summary>Undoes what was done.</summary>
    /// <returns>The ports that are bound then.</returns>
    internal async Task<IReadOnlyList<OpenPort>> RevertAsync(ConnectionHub hub)
    {
        foreach (var port in _opened)
            await port.DisposeAsync();

        var bound = new List<OpenPort>([.. kept, .. gone.Except(_displaced)]);
        foreach (var port in _displaced)
        {
            var again = await hub.OpenAsync(port.Spec);
            if (again.Succeeded)
            {
                again.Port.StartAccepting();
                bound.Add(again.Port);
            }
            else
            {
                _errors.Add(again.Error);
            }
            _ = ReleaseAsync(port);
        }
        return bound;
    }

    /// <summary>A port whose address changes (another <c>bind</c>, same number) is in its own way: the old socket has to go first.</summary>
    private async Task<bool> DisplaceAsync(int number)
    {
        var displaced = false;
        foreach (var port in gone.Where(port => port.Port == number).Except(_displaced))
        {
            await port.StopAcceptingAsync();
            _displaced.Add(port);
            displaced = true;
        }
        return displaced;
    }

    private static async Task ReleaseAsync(OpenPort port)
    {
        await port.WhenEmptyAsync(CancellationToken.None);
        await port.DisposeAsync();
    }
}
