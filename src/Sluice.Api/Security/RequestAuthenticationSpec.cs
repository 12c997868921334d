using Sluice.Api.Resources;

namespace Sluice.Api.Security;

/// <summary>Which tokens are valid (<c>security.istio.io RequestAuthentication</c>).</summary>
public sealed record RequestAuthenticationSpec
{
    /// <summary>Workloads it applies to; absent means all of the namespace, or of the mesh in the root namespace.</summary>
    public LabelSelector? Selector { get; init; }

    /// <summary>Old form of <see cref="TargetRefs"/>.</summary>
    public PolicyTargetReference? TargetRef { get; init; }

    /// <summary>Objects it is attached to; not beside <see cref="Selector"/>.</summary>
    public IReadOnlyList<PolicyTargetReference>? TargetRefs { get; init; }

    /// <summary>Issuers with their keys; a token must be valid for one of them.</summary>
    public IReadOnlyList<JwtRule>? JwtRules { get; init; }
}

/// <summary>An issuer of tokens.</summary>
public sealed record JwtRule
{
    /// <summary>The <c>iss</c> claim, compared exactly.</summary>
    public string? Issuer { get; init; }

    /// <summary>Accepted <c>aud</c> claims; none means any.</summary>
    public IReadOnlyList<string>? Audiences { get; init; }

    /// <summary>Address of the keys; absent means the issuer's OpenID discovery.</summary>
    public string? JwksUri { get; init; }

    /// <summary>The keys themselves, as a JSON Web Key Set.</summary>
    public string? Jwks { get; init; }

    /// <summary>Headers that carry the token.</summary>
    public IReadOnlyList<JwtHeader>? FromHeaders { get; init; }

    /// <summary>Query parameters that carry the token.</summary>
    public IReadOnlyList<string>? FromParams { get; init; }

    /// <summary>Cookies that carry the token.</summary>
    public IReadOnlyList<string>? FromCookies { get; init; }

    /// <summary>Header that gets the payload, in base64url.</summary>
    public string? OutputPayloadToHeader { get; init; }

    /// <summary>Leave the token in the request; absent means no.</summary>
    public bool? ForwardOriginalToken { get; init; }

    /// <summary>Claims that are copied to headers.</summary>
    public IReadOnlyList<ClaimToHeader>? OutputClaimToHeaders { get; init; }

    /// <summary>Time to fetch the keys, at least 1ms; absent means 5s.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Claims, besides <c>scope</c> and <c>permission</c>, that are lists separated by spaces.</summary>
    public IReadOnlyList<string>? SpaceDelimitedClaims { get; init; }
}

/// <summary>A header that carries a token.</summary>
public sealed record JwtHeader
{
    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>What stands before the token, e.g. <c>Bearer </c>.</summary>
    public string? Prefix { get; init; }
}

/// <summary>A claim that is copied to a header.</summary>
public sealed record ClaimToHeader
{
    /// <summary>Name of the header.</summary>
    public string? Header { get; init; }

    /// <summary>Name of the claim, nested ones with dots.</summary>
    public string? Claim { get; init; }
}
