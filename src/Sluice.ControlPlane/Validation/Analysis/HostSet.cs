using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>Hosts, some of them wildcards, of which can be asked in a few look-ups whether one overlaps another.</summary>
internal sealed class HostSet
{
    private readonly HashSet<string> _hosts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _parents = new(StringComparer.Ordinal);
    private readonly List<string> _partialWildcards = [];

    /// <summary>Whether there is no host in it.</summary>
    public bool IsEmpty => _hosts.Count == 0;

    /// <summary>Adds a host.</summary>
    public void Add(string host)
    {
        if (!_hosts.Add(host)) return;
        if (Hosts.IsPartialWildcard(host)) _partialWildcards.Add(host);
        for (var dot = host.IndexOf('.'); dot >= 0; dot = host.IndexOf('.', dot + 1)) _parents.Add(host[dot..]);
    }

    /// <summary>Whether some name matches both the host and one of the set.</summary>
    public bool Overlaps(string host)
    {
        if (_hosts.Contains(host) || _hosts.Contains("*")) return true;
        if (host == "*") return _hosts.Count > 0;
        for (var dot = host.IndexOf('.'); dot >= 0; dot = host.IndexOf('.', dot + 1))
        {
            if (_hosts.Contains("*" + host[dot..])) return true;
        }

        if (Hosts.IsPartialWildcard(host)) return _hosts.Any(other => Hosts.Overlap(host, other));
        return (host.StartsWith('*') && _parents.Contains(host[1..]))
            || _partialWildcards.Exists(wild => Hosts.Overlap(wild, host));
    }
}
