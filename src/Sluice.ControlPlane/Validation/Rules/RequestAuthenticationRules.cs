using System.Text.Json;
using Sluice.Api.Resources;
using Sluice.Api.Security;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of a RequestAuthentication.</summary>
internal static class RequestAuthenticationRules
{
    /// <summary>Checks one object.</summary>
    public static void Check(Resource<RequestAuthenticationSpec> authentication, Field root)
    {
        var spec = authentication.Spec;
        var at = root["spec"];
        Labels.CheckAttachment(at, spec.Selector, spec.TargetRef, spec.TargetRefs);
        foreach (var (rule, each) in at["jwtRules"].Each(spec.JwtRules)) CheckRule(each, rule);
    }

    private static void CheckRule(Field at, JwtRule rule)
    {
        if (string.IsNullOrEmpty(rule.Issuer))
            at["issuer"].Error(Codes.Required, $"{at.Path}.issuer is missing: say whose tokens are accepted");
        CheckTexts(at["audiences"], rule.Audiences);
        CheckTexts(at["fromParams"], rule.FromParams);
        CheckTexts(at["fromCookies"], rule.FromCookies);
        CheckTexts(at["spaceDelimitedClaims"], rule.SpaceDelimitedClaims);
        CheckKeys(at, rule);
        foreach (var (header, each) in at["fromHeaders"].Each(rule.FromHeaders))
        {
            if (string.IsNullOrEmpty(header.Name))
                each["name"].Error(Codes.Required, $"{each.Path}.name is missing: name the header");
        }

        foreach (var (output, each) in at["outputClaimToHeaders"].Each(rule.OutputClaimToHeaders))
        {
            if (string.IsNullOrEmpty(output.Claim))
                each["claim"].Error(Codes.Required, $"{each.Path}.claim is missing: name the claim");
            if (string.IsNullOrEmpty(output.Header))
                each["header"].Error(Codes.Required, $"{each.Path}.header is missing: name the header");
            else HttpText.CheckStrictName(each["header"], output.Header);
        }

        Numbers.CheckDuration(at["timeout"], rule.Timeout);
    }

    private static void CheckTexts(Field at, IReadOnlyList<string>? texts)
    {
        foreach (var (text, each) in at.Each(texts))
        {
            if (text.Length == 0) each.Error(Codes.Empty, $"{each.Path} is empty");
        }
    }

    private static void CheckKeys(Field at, JwtRule rule)
    {
        if (rule.Jwks is not null && rule.JwksUri is not null)
        {
            at.Error(Codes.Exclusive, $"jwks and jwksUri can't both be set in {at.Path}: keep one");
        }

        if (rule.JwksUri is { Length: > 0 } uri && !IsHttpUri(uri))
        {
            at["jwksUri"].Error(Codes.Jwks, $"{at.Path}.jwksUri \"{uri}\" is not an address that keys can be fetched from",
                "it begins with https:// or http://");
        }

        if (rule.Jwks is { Length: > 0 } jwks && KeysProblem(jwks) is { } problem)
        {
            at["jwks"].Error(Codes.Jwks, $"{at.Path}.jwks {problem}", "a JSON Web Key Set: {\"keys\": [{\"kty\": …}]}");
        }
    }

    private static bool IsHttpUri(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri.OriginalString.StartsWith($"{uri.Scheme}://", StringComparison.OrdinalIgnoreCase);

    private static string? KeysProblem(string jwks)
    {
        try
        {
            using var document = JsonDocument.Parse(jwks);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return "is not a JSON object";
            if (!document.RootElement.TryGetProperty("keys", out var keys))
                return IsKey(document.RootElement) ? null : "has no keys";
            if (keys.ValueKind != JsonValueKind.Array) return "has no list of keys";
            return keys.EnumerateArray().All(IsKey) ? null : "holds a key without kty";
        }
        catch (JsonException)
        {
            return "is not JSON";
        }
    }

    private static bool IsKey(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty("kty", out var kty)
            && kty.ValueKind == JsonValueKind.String;
}
