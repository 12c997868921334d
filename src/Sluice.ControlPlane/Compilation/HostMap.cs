using Sluice.ControlPlane.Discovery;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Values by host name or wildcard. Finds the most specific one for a host: the name itself, then the longest wildcard. The cost
/// grows with the length of the name, not with the number of entries.</summary>
internal sealed class HostMap<T> where T : class
{
    private readonly Dictionary<string, T> _exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, T> _suffixes = new(StringComparer.Ordinal);

    /// <summary>The value under this very name, which may be a wildcard.</summary>
    public T? At(string host) =>
        HostNames.IsWildcard(host) ? _suffixes.GetValueOrDefault(host[1..]) : _exact.GetValueOrDefault(host);

    /// <summary>Adds a value unless the name has one.</summary>
    public bool TryAdd(string host, T value) =>
        HostNames.IsWildcard(host) ? _suffixes.TryAdd(host[1..], value) : _exact.TryAdd(host, value);

    /// <summary>The most specific value that covers the host, which may itself be a wildcard; null when none does.</summary>
    public T? Find(string host)
    {
        if (At(host) is { } own)
            return own;
        if (_suffixes.Count == 0)
            return null;
        var lookup = _suffixes.GetAlternateLookup<ReadOnlySpan<char>>();
        var start = HostNames.IsWildcard(host) ? 1 : 0;
        for (; start <= host.Length; start++)
        {
            if (lookup.TryGetValue(host.AsSpan(start), out var value))
                return value;
        }
        return null;
    }
}
