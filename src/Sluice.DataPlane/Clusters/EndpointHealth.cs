namespace Sluice.DataPlane.Clusters;

/// <summary>Whether an endpoint is in use, and what counts against it. Counting takes no lock; the rest is changed by
/// <see cref="Ejections"/> alone.</summary>
public sealed class EndpointHealth
{
    private volatile Ejection? _ejection;
    private int _errors;
    private int _gatewayErrors;
    private int _localFailures;

    /// <summary>Whether it is left out of balancing.</summary>
    public bool IsEjected => _ejection is not null;

    /// <summary>Whether an operator took it out, which holds until an operator puts it back.</summary>
    public bool IsEjectedByOperator => _ejection is { Cause: EjectionCause.Operator };

    /// <summary>Why and since when it is left out; null when it is not.</summary>
    public Ejection? Ejection => _ejection;

    /// <summary>How often it was ejected.</summary>
    public int Ejections { get; private set; }

    /// <summary>The number by which the ejection time is multiplied: grows with each ejection, shrinks with each healthy interval.</summary>
    internal int Multiplier { get; private set; }

    /// <summary>When it came back last, in the time of <see cref="Clusters.Ejections"/>; null when it never was away.</summary>
    internal TimeSpan? Returned { get; private set; }

    /// <summary>An answer came that is an error.</summary>
    /// <param name="isGatewayError">Whether it is 502, 503 or 504.</param>
    /// <param name="detector">Knows the thresholds.</param>
    /// <returns>The thresholds that were reached right now.</returns>
    internal EjectionCause CountError(bool isGatewayError, OutlierDetector detector)
    {
        var reached = EjectionCause.None;
        if (!isGatewayError)
            Clear(ref _gatewayErrors);
        else if (Interlocked.Increment(ref _gatewayErrors) == detector.ConsecutiveGatewayErrors)
            reached |= EjectionCause.GatewayErrors;
        if (Interlocked.Increment(ref _errors) == detector.Consecutive5xxErrors)
            reached |= EjectionCause.ServerErrors;
        return reached;
    }

    /// <summary>A failure happened on this side: no connection, no answer in time.</summary>
    internal EjectionCause CountLocalFailure(OutlierDetector detector) =>
        Interlocked.Increment(ref _localFailures) == detector.ConsecutiveLocalOriginFailures ? EjectionCause.LocalOriginFailures : EjectionCause.None;

    /// <summary>An answer came that is no error.</summary>
    internal void CountSuccess()
    {
        Clear(ref _errors);
        Clear(ref _gatewayErrors);
    }

    /// <summary>A connection was there for a request.</summary>
    internal void CountConnection() => Clear(ref _localFailures);

    /// <summary>Counts from nothing again what has led to a try to eject.</summary>
    internal void Forget(EjectionCause cause)
    {
        if (cause.HasFlag(EjectionCause.ServerErrors))
            Clear(ref _errors);
        if (cause.HasFlag(EjectionCause.GatewayErrors))
            Clear(ref _gatewayErrors);
        if (cause.HasFlag(EjectionCause.LocalOriginFailures))
            Clear(ref _localFailures);
    }

    internal void Eject(Ejection ejection, int multiplier)
    {
        Ejections++;
        Multiplier = multiplier;
        _ejection = ejection;
    }

    internal void Return(TimeSpan at)
    {
        Forget(EjectionCause.ServerErrors | EjectionCause.GatewayErrors | EjectionCause.LocalOriginFailures);
        Returned = at;
        _ejection = null;
    }

    internal void Recover() => Multiplier--;

    internal void Pardon() => Multiplier = 0;

    // Almost always nothing is to be cleared, and then nothing is written that other threads would have to fetch again.
    private static void Clear(ref int count)
    {
        if (Volatile.Read(ref count) != 0)
            Volatile.Write(ref count, 0);
    }
}

/// <summary>An endpoint's being left out.</summary>
/// <param name="Cause">Why.</param>
/// <param name="Since">When it began, in the time of <see cref="Ejections"/>.</param>
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

    /// <summary>Answers 502, 503, 504 in a row (<c>consecutiveGatewayErrors</c>).</summary>
    GatewayErrors = 1 << 1,

    /// <summary>Failures of this side in a row (<c>consecutiveLocalOriginFailures</c>).</summary>
    LocalOriginFailures = 1 << 2,

    /// <summary>An operator wanted it.</summary>
    Operator = 1 << 3,
}
