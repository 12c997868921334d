using System.Net;
using Sluice.ControlPlane.Reload;
using Sluice.DataPlane.Listeners;
using Sluice.DataPlane.Pipeline;
using Sluice.Hosting;
using Sluice.Transport.Hub;
using BindError = Sluice.ControlPlane.Reload.BindError;

namespace Sluice.Commands;

/// <summary>Lets a reload open and close the ports of its snapshot.</summary>
/// <param name="binding">The bound ports.</param>
/// <param name="defaultBind">Address of <c>--bind</c>; null for every address.</param>
internal sealed class SnapshotPorts(ListenerBinding binding, string? defaultBind)
{
    private ListenerChange? _prepared;

    /// <summary>The two steps of a reload.</summary>
    public ListenerSteps Steps => new(Open, CloseOthers);

    private async Task<IReadOnlyList<BindError>> Open(Snapshot snapshot, CancellationToken cancellation)
    {
        var listeners = new Dictionary<ListenSpec, Listener>();
        foreach (var listener in snapshot.Listeners)
        {
            if (!TryAddress(listener.Bind ?? defaultBind, out var address))
                return [new BindError(listener, $"{listener.Bind}:{listener.Port}", "this is not an IP address")];
            listeners.Add(new ListenSpec(address, listener.Port, new ListenerKey(listener.Bind, listener.Port)), listener);
        }
        var change = await binding.PrepareAsync(listeners.Keys, cancellation).ConfigureAwait(false);
        if (change.Errors.Count == 0)
        {
            _prepared = change;
            return [];
        }
        return [.. change.Errors.Select(e => new BindError(Find(listeners, e.EndPoint), e.EndPoint.ToString(), Reason(e)))];
    }

    private async Task CloseOthers(Snapshot snapshot, CancellationToken cancellation)
    {
        if (_prepared is not { } change)
            return;
        _prepared = null;
        await change.CommitAsync().ConfigureAwait(false);
    }

    private static bool TryAddress(string? text, out IPAddress? address)
    {
        address = null;
        return text is null || IPAddress.TryParse(text, out address);
    }

    private static Listener Find(Dictionary<ListenSpec, Listener> listeners, IPEndPoint endPoint) =>
        listeners.First(l => l.Key.Port == endPoint.Port && (l.Key.Address is null || l.Key.Address.Equals(endPoint.Address))).Value;

    private static string Reason(Sluice.Transport.Hub.BindError error) => error.Reason switch
    {
        BindErrorReason.InUse => "address already in use",
        BindErrorReason.PermissionDenied => "permission denied",
        BindErrorReason.NotAvailable => "no interface of this machine has the address",
        _ => error.Detail,
    };
}
