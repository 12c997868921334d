namespace Sluice.ControlPlane.Discovery;

/// <summary>How host names with a leading wildcard relate. Letter case counts, as in Istio: a Gateway for <c>A.com</c> and a VirtualService
/// for <c>a.com</c> have nothing in common; what is left is put in lower case afterwards.</summary>
internal static class HostNames
{
    public static bool IsWildcard(string host) => host.StartsWith('*');

    /// <summary>Whether some name is covered by both.</summary>
    public static bool Overlap(string a, string b) => (IsWildcard(a), IsWildcard(b)) switch
    {
        (true, true) => Suffix(a).EndsWith(Suffix(b), StringComparison.Ordinal) || Suffix(b).EndsWith(Suffix(a), StringComparison.Ordinal),
        (true, false) => b.AsSpan().EndsWith(Suffix(a), StringComparison.Ordinal),
        (false, true) => a.AsSpan().EndsWith(Suffix(b), StringComparison.Ordinal),
        _ => a == b,
    };

    /// <summary>Whether <paramref name="outer"/> covers every name that <paramref name="inner"/> covers.</summary>
    public static bool IsWithin(string inner, string outer)
    {
        if (!IsWildcard(outer))
            return inner == outer;
        var covered = IsWildcard(inner) ? Suffix(inner) : inner;
        return covered.EndsWith(Suffix(outer), StringComparison.Ordinal);
    }

    /// <summary>Of each overlapping pair the narrower name, without repetitions.</summary>
    public static List<string> Intersect(IReadOnlyList<string> left, IReadOnlyList<string> right)
    {
        var result = new List<string>();
        foreach (var a in left)
        {
            foreach (var b in right)
            {
                var narrower = IsWithin(a, b) ? a : IsWithin(b, a) ? b : null;
                if (narrower is not null && !result.Contains(narrower))
                    result.Add(narrower);
            }
        }
        return result;
    }

    /// <summary><c>HOST:PORT</c>, the form of a virtual host's name; IPv6 addresses get brackets.</summary>
    public static string WithPort(string host, int port) => $"{AsDomain(host)}:{port}";

    /// <summary>The host as a Host header has it: an IPv6 address in brackets.</summary>
    public static string AsDomain(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;

    private static ReadOnlySpan<char> Suffix(string wildcard) => wildcard.AsSpan(1);
}
