namespace Sluice.Api.Mesh;

/// <summary>An authorization service that is asked over HTTP.</summary>
public sealed record ExtAuthzHttpProvider
{
    /// <summary>Its host, <c>[namespace/]host</c>.</summary>
    public string? Service { get; init; }

    /// <summary>Its port.</summary>
    public uint? Port { get; init; }

    /// <summary>Time for a call; absent means 600s.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>What is put before the request's path.</summary>
    public string? PathPrefix { get; init; }

    /// <summary>Let requests pass when it can't be asked; absent means no.</summary>
    public bool? FailOpen { get; init; }

    /// <summary>Choose the route again after it changed headers.</summary>
    public bool? ClearRouteCache { get; init; }

    /// <summary>Status when it can't be asked; absent means 403.</summary>
    public string? StatusOnError { get; init; }

    /// <summary>Old form of <see cref="IncludeRequestHeadersInCheck"/>.</summary>
    public IReadOnlyList<string>? IncludeHeadersInCheck { get; init; }

    /// <summary>Request headers it is shown; <c>prefix*</c> and <c>*suffix</c> are understood.</summary>
    public IReadOnlyList<string>? IncludeRequestHeadersInCheck { get; init; }

    /// <summary>Fixed headers it is shown.</summary>
    public IReadOnlyDictionary<string, string>? IncludeAdditionalHeadersInCheck { get; init; }

    /// <summary>Whether it is shown the body.</summary>
    public ExtAuthzRequestBody? IncludeRequestBodyInCheck { get; init; }

    /// <summary>Headers of its answer that go on to the service.</summary>
    public IReadOnlyList<string>? HeadersToUpstreamOnAllow { get; init; }

    /// <summary>Headers of its answer that go to the client when it denies.</summary>
    public IReadOnlyList<string>? HeadersToDownstreamOnDeny { get; init; }

    /// <summary>Headers of its answer that go to the client when it allows.</summary>
    public IReadOnlyList<string>? HeadersToDownstreamOnAllow { get; init; }
}

/// <summary>An authorization service that is asked over gRPC.</summary>
public sealed record ExtAuthzGrpcProvider
{
    /// <summary>Its host, <c>[namespace/]host</c>.</summary>
    public string? Service { get; init; }

    /// <summary>Its port.</summary>
    public uint? Port { get; init; }

    /// <summary>Time for a call; absent means 600s.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Let requests pass when it can't be asked; absent means no.</summary>
    public bool? FailOpen { get; init; }

    /// <summary>Choose the route again after it changed headers.</summary>
    public bool? ClearRouteCache { get; init; }

    /// <summary>Status when it can't be asked; absent means 403.</summary>
    public string? StatusOnError { get; init; }

    /// <summary>Whether it is shown the body.</summary>
    public ExtAuthzRequestBody? IncludeRequestBodyInCheck { get; init; }
}

/// <summary>How an authorization service is shown the body.</summary>
public sealed record ExtAuthzRequestBody
{
    /// <summary>Most bytes it is shown.</summary>
    public uint? MaxRequestBytes { get; init; }

    /// <summary>Show it the beginning of a longer body; absent means that such a request gets 413.</summary>
    public bool? AllowPartialMessage { get; init; }

    /// <summary>Send it as bytes; for gRPC.</summary>
    public bool? PackAsBytes { get; init; }
}
