using Sluice.DataPlane.Pipeline;

namespace Sluice.ControlPlane.Reload;

/// <summary>The two steps of a reload that touch sockets, which the control plane knows nothing about.</summary>
/// <param name="Open">Opens the ports that a snapshot needs and that are not open yet, before the snapshot is in force. All or nothing:
/// when it returns errors, it has closed again what it opened.</param>
/// <param name="CloseOthers">Closes the ports that the snapshot, by now in force, does not name; their connections drain.</param>
public sealed record ListenerSteps(
    Func<Snapshot, CancellationToken, Task<IReadOnlyList<BindError>>> Open,
    Func<Snapshot, CancellationToken, Task> CloseOthers)
{
    /// <summary>For a gateway that listens nowhere.</summary>
    public static ListenerSteps None { get; } = new((_, _) => Task.FromResult<IReadOnlyList<BindError>>([]), (_, _) => Task.CompletedTask);
}
