using System.Collections.Frozen;

namespace Sluice.DataPlane.Routing;

/// <summary>Finds the one virtual host of an authority: exact name, then the longest <c>*.suffix</c>, then <c>*</c>. Case and port are
/// ignored. The cost does not grow with the number of hosts.</summary>
/// <remarks>There is no falling back: when none of the chosen host's routes match, the answer is 404, even if <c>*</c> would have one.</remarks>
public sealed class HostTable
{
    private const int MaxNameLength = 255;

    private readonly FrozenDictionary<string, VirtualHost>.AlternateLookup<ReadOnlySpan<char>> _exact;
    private readonly FrozenDictionary<string, VirtualHost>.AlternateLookup<ReadOnlySpan<char>> _suffixes;
    private readonly bool _hasSuffixes;
    private readonly VirtualHost? _any;

    /// <summary>Builds the table; of two hosts with the same domain the first wins.</summary>
    public HostTable(IEnumerable<VirtualHost> hosts)
    {
        var exact = new Dictionary<string, VirtualHost>(StringComparer.Ordinal);
        var suffixes = new Dictionary<string, VirtualHost>(StringComparer.Ordinal);
        foreach (var host in hosts)
        {
            foreach (var domain in host.Domains)
            {
                if (domain == "*")
                    _any ??= host;
                else if (domain.StartsWith('*'))
                    suffixes.TryAdd(domain[1..], host);
                else
                    exact.TryAdd(domain, host);
            }
        }
        _hasSuffixes = suffixes.Count > 0;
        _exact = exact.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        _suffixes = suffixes.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The virtual host for a Host header or <c>:authority</c>, or null (404, flag NR).</summary>
    public VirtualHost? Find(ReadOnlySpan<char> authority)
    {
        var name = WithoutPort(authority);
        if (name.Length > MaxNameLength)
            return _any;
        Span<char> lower = stackalloc char[MaxNameLength];
        lower = lower[..name.ToLowerInvariant(lower)];
        if (_exact.TryGetValue(lower, out var host))
            return host;
        if (_hasSuffixes)
        {
            // `*.a.com` needs at least one character before the dot, and `*-b.a.com` would need one before the dash.
            for (var start = 1; start < lower.Length; start++)
            {
                if (_suffixes.TryGetValue(lower[start..], out host))
                    return host;
            }
        }
        return _any;
    }

    /// <summary>The name without <c>:port</c>; brackets of an IPv6 address stay.</summary>
    internal static ReadOnlySpan<char> WithoutPort(ReadOnlySpan<char> authority)
    {
        var colon = authority.LastIndexOf(':');
        return colon < 0 || authority[colon..].Contains(']') ? authority : authority[..colon];
    }
}
