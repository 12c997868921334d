namespace Sluice.DataPlane.Clusters;

/// <summary>Whether an endpoint is in use.</summary>
public sealed class EndpointHealth
{
    private volatile Ejection? _ejection;

    /// <summary>Whether it is left out of balancing.</summary>
    public bool IsEjected => _ejection is not null;

    /// <summary>Whether an operator took it out, which holds until an operator puts it back.</summary>
    public bool IsEjectedByOperator => _ejection is { Cause: EjectionCause.Operator };

    /// <summary>Why and since when it is left out; null when it is not.</summary>
    public Ejection? Ejection => _ejection;

    /// <summary>How often it was ejected.</summary>
    public int Ejections { get; private set; }

    internal void Eject(Ejection ejection, int multiplier)
    {
        Ejections += multiplier > 0 ? 1 : 0;
        _ejection = ejection;
    }

    internal void Return(TimeSpan at) => _ejection = at >= TimeSpan.Zero ? null : _ejection;
}

/// <summary>An endpoint's being left out.</summary>
/// <param name="Cause">Why.</param>
/// <param name="Since">When it began.</param>
/// <param name="At">The same on the calendar.</param>
public sealed record Ejection(EjectionCause Cause, TimeSpan Since, DateTimeOffset At);

/// <summary>Why an endpoint is ejected.</summary>
[Flags]
public enum EjectionCause
{
    /// <summary>It is not.</summary>
    None = 0,

    /// <summary>Error answers in a row (<c>consecutive5xxErrors</c>).</summary>
    ServerErrors = 1 << 0,

    /// <summary>An operator wanted it.</summary>
    Operator = 1 << 3,
}
