namespace Sluice.Api.Networking;

/// <summary>When a failing endpoint is left out for a while.</summary>
public sealed record OutlierDetection
{
    /// <summary>Old form of <see cref="Consecutive5xxErrors"/>.</summary>
    public int? ConsecutiveErrors { get; init; }

    /// <summary>Count failures to connect apart from error answers.</summary>
    public bool? SplitExternalLocalOriginErrors { get; init; }

    /// <summary>Failures to connect in a row; only when they are counted apart.</summary>
    public uint? ConsecutiveLocalOriginFailures { get; init; }

    /// <summary>Answers 502, 503 or 504 in a row; absent or 0 means not looked at.</summary>
    public uint? ConsecutiveGatewayErrors { get; init; }

    /// <summary>Answers 500 to 599 in a row; absent means 5, 0 means not looked at.</summary>
    public uint? Consecutive5xxErrors { get; init; }

    /// <summary>Status codes, 100 to 599, that count as errors in place of 500 to 599.</summary>
    public IReadOnlyList<uint>? OutlierDetectionHttpErrorCodes { get; init; }

    /// <summary>Time between two looks at who may come back, at least 1ms; absent means 10s.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Least time out, multiplied with each further ejection, at least 1ms; absent means 30s.</summary>
    public TimeSpan? BaseEjectionTime { get; init; }

    /// <summary>Most endpoints out at once in percent, 0 to 100; absent means 10.</summary>
    public int? MaxEjectionPercent { get; init; }

    /// <summary>Healthy share in percent below which ejections are ignored; absent means 0.</summary>
    public int? MinHealthPercent { get; init; }
}
