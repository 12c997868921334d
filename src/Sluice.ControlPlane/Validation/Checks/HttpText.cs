using System.Buffers;
using System.Collections.Frozen;

namespace Sluice.ControlPlane.Validation.Checks;

/// <summary>Names and values of headers, and methods.</summary>
internal static class HttpText
{
    private const string ClaimPrefix = "@request.auth.claims";
    private const string TokenHint = "a header name has letters, digits and hyphens";

    private static readonly SearchValues<char> StrictNameChars =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~");

    private static readonly FrozenSet<string> PseudoHeaders =
        FrozenSet.Create(StringComparer.Ordinal, ":method", ":scheme", ":authority", ":path", ":status");

    private static readonly FrozenSet<string> Methods = FrozenSet.Create(
        StringComparer.Ordinal, "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE");

    /// <summary>Whether the text is a method of the standard.</summary>
    public static bool IsMethod(string text) => Methods.Contains(text);

    /// <summary>What may have been meant by a text that is no method.</summary>
    public static string MethodHint(string text) => Suggestions.DidYouMean(text, Methods)
        ?? "methods are written in capitals, e.g. GET";

    /// <summary>Whether a header condition is really one on a claim of the token: <c>@request.auth.claims.a.b</c> or
    /// <c>…[a][b]</c>.</summary>
    public static bool IsClaim(string name)
    {
        if (!name.StartsWith(ClaimPrefix, StringComparison.OrdinalIgnoreCase)) return false;
        return name.AsSpan(ClaimPrefix.Length) is ['.', _, ..] or ['[', _, .., ']'];
    }

    /// <summary>Whether the header is the authority under one of its two names.</summary>
    public static bool IsAuthority(string name) =>
        name.Equals(":authority", StringComparison.OrdinalIgnoreCase) || name.Equals("host", StringComparison.OrdinalIgnoreCase);

    /// <summary>Checks the name of a header that is looked at: ordinary, pseudo, or a claim.</summary>
    public static void CheckMatchedName(Field at, string name)
    {
        if (name.Length == 0) RefuseEmpty(at);
        else if (!IsClaim(name) && !PseudoHeaders.Contains(name) && !IsToken(name)) RefuseName(at, name);
    }

    /// <summary>Checks the name of a header that is set or added on requests, where the authority may be replaced.</summary>
    public static void CheckRequestOperation(Field at, string name)
    {
        if (!IsAuthority(name)) CheckOperation(at, name);
    }

    /// <summary>Checks the name of a header that is removed, or set or added on answers.</summary>
    public static void CheckOperation(Field at, string name)
    {
        if (name.Length == 0) RefuseEmpty(at);
        else if (IsAuthority(name)) at.Error(Codes.HeaderName, $"{at.Path} \"{name}\" is not a header that can be changed here");
        else if (name[0] == ':') at.Error(Codes.HeaderName, $"{at.Path} \"{name}\" is a pseudo header, which can't be changed");
        else if (!IsToken(name)) RefuseName(at, name);
    }

    /// <summary>Checks a name in one of the lists of a CORS policy, where * stands for all.</summary>
    public static void CheckCorsHeader(Field at, string name)
    {
        if (name.Length == 0) RefuseEmpty(at);
        else if (name != "*" && !IsToken(name)) RefuseName(at, name);
    }

    /// <summary>Checks the name of a header that the gateway makes: letters, digits, hyphens and underscores.</summary>
    public static void CheckStrictName(Field at, string name)
    {
        if (name.AsSpan().ContainsAnyExcept(StrictNameChars)) RefuseName(at, name);
    }

    /// <summary>Checks a method in a CORS policy, where * stands for all.</summary>
    public static void CheckCorsMethod(Field at, string method)
    {
        if (method != "*" && !IsMethod(method))
        {
            at.Error(Codes.UnknownWord, $"{at.Path} \"{method}\" is not an HTTP method", MethodHint(method));
        }
    }

    /// <summary>Whether a text is a token (RFC 9110 §5.6.2), as names of fields and cookies are.</summary>
    public static bool IsToken(string name) => !name.AsSpan().ContainsAnyExcept(TokenChars);

    private static void RefuseEmpty(Field at) => at.Error(Codes.HeaderName, $"{at.Path} has an empty header name");

    private static void RefuseName(Field at, string name) =>
        at.Error(Codes.HeaderName, $"{at.Path} \"{name}\" is not a header name", TokenHint);
}
