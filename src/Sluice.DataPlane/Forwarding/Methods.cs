namespace Sluice.DataPlane.Forwarding;

/// <summary>What RFC 9110 §9.2 says about methods.</summary>
internal static class Methods
{
    /// <summary>Whether sending it twice intends the same as sending it once. Case counts.</summary>
    public static bool IsIdempotent(string method) => method is "GET" or "HEAD" or "OPTIONS" or "TRACE" or "PUT" or "DELETE";
}
