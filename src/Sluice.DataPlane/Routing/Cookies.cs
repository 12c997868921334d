using Microsoft.Extensions.Primitives;

namespace Sluice.DataPlane.Routing;

/// <summary>Reads cookies as they were sent (RFC 6265 §4.2.1).</summary>
internal static class Cookies
{
    /// <summary>Finds a cookie; the first of its name counts. Quotes around the value are not part of it. An empty value is none.</summary>
    public static bool TryFind(in StringValues lines, string name, out ReadOnlySpan<char> value)
    {
        foreach (var line in lines)
        {
            var rest = line.AsSpan();
            while (!rest.IsEmpty)
            {
                var end = rest.IndexOf(';');
                var pair = (end < 0 ? rest : rest[..end]).Trim(' ');
                rest = end < 0 ? default : rest[(end + 1)..];
                if (pair.Length <= name.Length || pair[name.Length] != '=' || !pair.StartsWith(name, StringComparison.Ordinal))
                    continue;
                value = pair[(name.Length + 1)..];
                if (value is ['"', .., '"'])
                    value = value[1..^1];
                return !value.IsEmpty;
            }
        }
        value = default;
        return false;
    }
}
