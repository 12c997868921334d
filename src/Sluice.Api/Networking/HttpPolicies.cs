using System.Text.Json.Serialization;

namespace Sluice.Api.Networking;

/// <summary>When and how often a failed request is sent again.</summary>
public sealed record HttpRetry
{
    /// <summary>Number of further tries, from 0, which turns retries off.</summary>
    public int? Attempts { get; init; }

    /// <summary>Time for each try, at least 1ms; absent means none of its own.</summary>
    public TimeSpan? PerTryTimeout { get; init; }

    /// <summary>Conditions separated by commas, e.g. <c>connect-failure,503</c>; absent means Istio's default.</summary>
    public string? RetryOn { get; init; }

    /// <summary>Let tries leave the locality.</summary>
    public bool? RetryRemoteLocalities { get; init; }

    /// <summary>Prefer endpoints that were not tried yet; absent means yes.</summary>
    public bool? RetryIgnorePreviousHosts { get; init; }

    /// <summary>Base of the growing pause between tries, at least 1ms; absent means 25ms.</summary>
    public TimeSpan? Backoff { get; init; }
}

/// <summary>Faults that are injected on purpose.</summary>
public sealed record HttpFaultInjection
{
    /// <summary>Wait before going on.</summary>
    public HttpFaultDelay? Delay { get; init; }

    /// <summary>Answer with an error.</summary>
    public HttpFaultAbort? Abort { get; init; }
}

/// <summary>A pause before a request goes on.</summary>
public sealed record HttpFaultDelay
{
    /// <summary>Old form of <see cref="Percentage"/>, in whole percent, 0 to 100.</summary>
    public int? Percent { get; init; }

    /// <summary>Share of the requests; absent means none.</summary>
    public Percent? Percentage { get; init; }

    /// <summary>How long, at least 1ms.</summary>
    public TimeSpan? FixedDelay { get; init; }

    /// <summary>In the schema but never supported by Istio.</summary>
    public TimeSpan? ExponentialDelay { get; init; }
}

/// <summary>An error instead of an answer.</summary>
public sealed record HttpFaultAbort
{
    /// <summary>Status to answer with, 200 to 599.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>gRPC status by name, e.g. <c>UNAVAILABLE</c>.</summary>
    public string? GrpcStatus { get; init; }

    /// <summary>In the schema but never supported by Istio.</summary>
    public string? Http2Error { get; init; }

    /// <summary>Share of the requests; absent means none.</summary>
    public Percent? Percentage { get; init; }
}

/// <summary>A service that gets a copy of requests.</summary>
public sealed record HttpMirrorPolicy
{
    /// <summary>Where the copies go.</summary>
    public Destination? Destination { get; init; }

    /// <summary>Share of the requests; absent means all.</summary>
    public Percent? Percentage { get; init; }
}

/// <summary>A share in percent.</summary>
public sealed record Percent
{
    /// <summary>0.0 to 100.0.</summary>
    public double? Value { get; init; }
}

/// <summary>Answers to browsers that ask from another origin.</summary>
public sealed record CorsPolicy
{
    /// <summary>Old form of <see cref="AllowOrigins"/>: exact origins, or <c>*</c>.</summary>
    public IReadOnlyList<string>? AllowOrigin { get; init; }

    /// <summary>Origins that are allowed.</summary>
    public IReadOnlyList<StringMatch>? AllowOrigins { get; init; }

    /// <summary>Methods, for <c>access-control-allow-methods</c>.</summary>
    public IReadOnlyList<string>? AllowMethods { get; init; }

    /// <summary>Request headers, for <c>access-control-allow-headers</c>.</summary>
    public IReadOnlyList<string>? AllowHeaders { get; init; }

    /// <summary>Response headers that scripts may read.</summary>
    public IReadOnlyList<string>? ExposeHeaders { get; init; }

    /// <summary>How long a preflight may be kept, in whole seconds.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Whether cookies and the like may be sent.</summary>
    public bool? AllowCredentials { get; init; }

    /// <summary>What happens to preflights from other origins.</summary>
    public UnmatchedPreflights? UnmatchedPreflights { get; init; }
}

/// <summary>What happens to a preflight whose origin is not allowed.</summary>
public enum UnmatchedPreflights
{
    /// <summary>As <see cref="Forward"/>.</summary>
    [JsonStringEnumMemberName("UNSPECIFIED")]
    Unspecified,

    /// <summary>It goes to the service.</summary>
    [JsonStringEnumMemberName("FORWARD")]
    Forward,

    /// <summary>The gateway answers it, without allowing.</summary>
    [JsonStringEnumMemberName("IGNORE")]
    Ignore,
}
