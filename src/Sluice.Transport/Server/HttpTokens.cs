using Microsoft.Extensions.Primitives;

namespace Sluice.Transport.Server;

/// <summary>Comma-separated lists of tokens in field values.</summary>
public static class HttpTokens
{
    /// <summary>Whether a list, over all its lines, has a token; case does not count.</summary>
    public static bool Has(StringValues list, string token)
    {
        foreach (var line in list)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                if (line.AsSpan(range).Trim(" \t").Equals(token, StringComparison.OrdinalIgnoreCase))
                    return true;
            }
        }
        return false;
    }
}
