using Microsoft.AspNetCore.Http;

namespace Sluice.DataPlane.Routing;

/// <summary>Answers preflight requests and marks answers for allowed origins (HTTPRoute <c>corsPolicy</c>).</summary>
/// <remarks>As Envoy, it asks neither whether the requested method nor whether the requested headers are allowed: the browser compares the
/// lists. An allowed origin is always named, never answered with <c>*</c>.</remarks>
public sealed record CorsResponder
{
    /// <summary>Allowed origins; <c>exact "*"</c> allows all.</summary>
    public required StringMatcher[] Origins { get; init; }

    /// <summary>Value of access-control-allow-methods; null sends none, <c>*</c> echoes the requested one.</summary>
    public string? Methods { get; init; }

    /// <summary>Value of access-control-allow-headers; null sends none, <c>*</c> echoes the requested ones.</summary>
    public string? Headers { get; init; }

    /// <summary>Value of access-control-expose-headers; null sends none.</summary>
    public string? Exposed { get; init; }

    /// <summary>Value of access-control-max-age, whole seconds; null sends none.</summary>
    public string? MaxAge { get; init; }

    /// <summary>Whether access-control-allow-credentials: true is sent.</summary>
    public bool Credentials { get; init; }

    /// <summary>Whether preflights of other origins go upstream (FORWARD, the default) or are answered without allowance (IGNORE).</summary>
    public bool ForwardUnmatchedPreflights { get; init; } = true;

    /// <summary>What to make of a request.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="headers">Its fields.</param>
    public CorsDecision Decide(string method, IHeaderDictionary headers)
    {
        if (headers.Origin.ToString() is not { Length: > 0 } origin)
            return default;
        var allowed = Allows(origin);
        var requested = headers.AccessControlRequestMethod.ToString();
        if (method == HttpMethods.Options && requested.Length > 0 && (allowed || !ForwardUnmatchedPreflights))
            return new CorsDecision(this, allowed ? origin : null, requested, headers.AccessControlRequestHeaders.ToString());
        return allowed ? new CorsDecision(this, origin) : default;
    }

    private bool Allows(string origin)
    {
        foreach (var matcher in Origins)
        {
            if (matcher.Matches(origin) || matcher is { Kind: StringMatchKind.Exact, Text: "*" })
                return true;
        }
        return false;
    }
}

/// <summary>What a <see cref="CorsResponder"/> made of a request; the default does nothing.</summary>
public readonly struct CorsDecision
{
    private readonly CorsResponder? _policy;
    private readonly string? _origin;
    private readonly string? _requestedMethod;
    private readonly string? _requestedHeaders;

    internal CorsDecision(CorsResponder policy, string? origin, string? requestedMethod = null, string? requestedHeaders = null)
    {
        _policy = policy;
        _origin = origin;
        _requestedMethod = requestedMethod;
        _requestedHeaders = requestedHeaders;
    }

    /// <summary>Whether the request is answered here, with 200 and no body.</summary>
    public bool IsPreflight => _requestedMethod is not null;

    /// <summary>Whether the origin is an allowed one; false for a request without any.</summary>
    public bool AllowsOrigin => _origin is not null;

    /// <summary>Adds what the browser needs to the answer, over anything that the upstream said.</summary>
    public void ApplyToAnswer(IHeaderDictionary headers)
    {
        if (_policy is null)
            return;
        if (_origin is not null)
            headers.AccessControlAllowOrigin = _origin;
        if (_policy.Credentials)
            headers.AccessControlAllowCredentials = "true";
        if (!IsPreflight)
        {
            if (_policy.Exposed is { Length: > 0 } exposed)
                headers.AccessControlExposeHeaders = exposed;
            return;
        }
        if (Echo(_policy.Methods, _requestedMethod) is { } methods)
            headers.AccessControlAllowMethods = methods;
        if (Echo(_policy.Headers, _requestedHeaders) is { } fields)
            headers.AccessControlAllowHeaders = fields;
        if (_policy.MaxAge is { Length: > 0 } age)
            headers.AccessControlMaxAge = age;
    }

    private static string? Echo(string? allowed, string? requested) => allowed switch
    {
        null or "" => null,
        "*" => requested is { Length: > 0 } ? requested : null,
        _ => allowed,
    };
}
