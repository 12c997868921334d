using Sluice.DataPlane.Listeners;

namespace Sluice.ControlPlane.Reload;

/// <summary>A listener whose port could not be opened.</summary>
/// <param name="Listener">The listener of the new snapshot.</param>
/// <param name="Address">What was to be bound, <c>0.0.0.0:8080</c> or <c>[::]:8080</c>.</param>
/// <param name="Reason">What the operating system said, without a full stop.</param>
public sealed record BindError(Listener Listener, string Address, string Reason);
