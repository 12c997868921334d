namespace Sluice.DataPlane.Routing;

/// <summary>Finds the one virtual host of an authority: exact name, then the longest <c>*.suffix</c>, then <c>*</c>. Case and port are
/// ignored, but a domain written with a port goes before the one without. The cost does not grow with the number of hosts.</summary>
/// <remarks>There is no falling back: when none of the chosen host's routes match, the answer is 404, even if <c>*</c> would have one. A dot at
/// the end of the name counts, as in Envoy: <c>a.example.</c> is not <c>a.example</c>.</remarks>
public sealed class HostTable
{
    // Longer than any name that can be configured; of a longer authority only the end can matter.
    private const int MaxNameLength = 255;

    private readonly TextTable<VirtualHost> _exact;
    private readonly TextTable<VirtualHost> _suffixes;
    private readonly int[] _suffixLengths;
    private readonly bool _hasPorts;
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
                _hasPorts |= domain.AsSpan().Count(':') == 1;
            }
        }
        _exact = new TextTable<VirtualHost>(exact);
        _suffixes = new TextTable<VirtualHost>(suffixes);
        _suffixLengths = [.. suffixes.Keys.Select(s => s.Length).Distinct().OrderDescending()];
    }

    /// <summary>The virtual host for a Host header or <c>:authority</c>, or null (404, flag NR).</summary>
    public VirtualHost? Find(ReadOnlySpan<char> authority)
    {
        if (_hasPorts && FindWithPort(authority) is { } withPort)
            return withPort;
        var name = WithoutPort(authority);
        var end = name.Length > MaxNameLength ? name[^MaxNameLength..] : name;
        Span<char> buffer = stackalloc char[MaxNameLength];
        ReadOnlySpan<char> lower = buffer[..end.ToLowerInvariant(buffer)];
        if (name.Length <= MaxNameLength && _exact.Find(lower) is { } exact)
            return exact;
        foreach (var length in _suffixLengths)
        {
            // `*.a.com` needs at least one character before the dot.
            if (length < name.Length && length <= lower.Length && _suffixes.Find(lower[^length..]) is { } host)
                return host;
        }
        return _any;
    }

    // Names with a port lead to the ports of a service on the mesh listener; the one without a port is for those it does not have.
    private VirtualHost? FindWithPort(ReadOnlySpan<char> authority)
    {
        if (authority.Length > MaxNameLength)
            return null;
        Span<char> lower = stackalloc char[MaxNameLength];
        return _exact.Find(lower[..authority.ToLowerInvariant(lower)]);
    }

    /// <summary>The domain by which a virtual host answers for an authority that was found to be its own.</summary>
    internal static string DomainFor(VirtualHost host, ReadOnlySpan<char> authority)
    {
        var name = WithoutPort(authority);
        var best = "*";
        foreach (var domain in host.Domains)
        {
            if (authority.Equals(domain, StringComparison.OrdinalIgnoreCase) || name.Equals(domain, StringComparison.OrdinalIgnoreCase))
                return domain;
            if (domain.Length > best.Length && domain[0] == '*' && name.EndsWith(domain.AsSpan(1), StringComparison.OrdinalIgnoreCase))
                best = domain;
        }
        return best;
    }

    /// <summary>The name without <c>:port</c>; brackets of an IPv6 address stay.</summary>
    internal static ReadOnlySpan<char> WithoutPort(ReadOnlySpan<char> authority)
    {
        var colon = authority.LastIndexOf(':');
        return colon < 0 || authority[colon..].Contains(']') ? authority : authority[..colon];
    }
}
