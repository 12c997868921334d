namespace Sluice.DataPlane.Routing;

/// <summary>Answers preflight requests and marks answers for allowed origins (HTTPRoute <c>corsPolicy</c>).</summary>
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
}
