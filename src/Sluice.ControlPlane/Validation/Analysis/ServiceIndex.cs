using Sluice.Api.Kubernetes;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Sources;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>A host that requests can be sent to.</summary>
/// <param name="Host">Its full name, or a wildcard.</param>
/// <param name="Source">The Service or ServiceEntry that defines it.</param>
/// <param name="Ports">Its port numbers.</param>
/// <param name="ExportTo">The namespaces that may use it; empty for all.</param>
internal sealed record KnownService(string Host, Resource Source, IReadOnlyList<uint> Ports, IReadOnlyList<string> ExportTo)
{
    /// <summary>Whether it can be used from that namespace.</summary>
    public bool IsVisibleFrom(string place) => Exports.Reach(ExportTo, Source.Namespace, place);
}

/// <summary>Services and ServiceEntries by host.</summary>
internal sealed class ServiceIndex
{
    private const string ExportAnnotation = "networking.istio.io/exportTo";

    private readonly string _domain;
    private readonly Dictionary<string, List<KnownService>> _byHost = new(StringComparer.Ordinal);
    private readonly HostSet _hosts = new();
    private readonly List<KnownService> _partialWildcards = [];

    /// <summary>Hosts by their first label.</summary>
    private readonly Dictionary<string, string> _byName = new(StringComparer.Ordinal);

    /// <summary>Indexes the services of a configuration.</summary>
    public ServiceIndex(ConfigSet set, string domain)
    {
        _domain = domain;
        foreach (var service in set.Services) Add(service);
        foreach (var entry in set.ServiceEntries) Add(entry);
    }

    /// <summary>All hosts.</summary>
    public IReadOnlyCollection<string> Hosts => _byHost.Keys;

    /// <summary>The full name of a host: short ones are services of that namespace.</summary>
    public string Expand(string host, string place) => Expand(host, place, _domain);

    /// <summary>The full name of a host: short ones are services of that namespace.</summary>
    public static string Expand(string host, string place, string domain) =>
        host.Contains('.') || host.StartsWith('*') || host.Contains(':') ? host : $"{host}.{place}.svc.{domain}";

    /// <summary>The service that a host leads to from that namespace: one of that namespace before others, the exact host before
    /// wildcards. Null when there is none, or none that is exported.</summary>
    public KnownService? Find(string host, string place)
    {
        var full = Expand(host, place);
        if (Visible(full, place) is { } exact) return exact;
        for (var dot = full.IndexOf('.'); dot >= 0; dot = full.IndexOf('.', dot + 1))
        {
            if (Visible("*" + full[dot..], place) is { } wild) return wild;
        }

        return _partialWildcards.Find(wild => wild.IsVisibleFrom(place) && Checks.Hosts.IsWithin(full, wild.Host));
    }

    /// <summary>A service of that host in any namespace, exported or not.</summary>
    public KnownService? FindHidden(string host, string place) => _byHost.TryGetValue(Expand(host, place), out var found)
        ? found[0] : null;

    /// <summary>A host whose first label is that name, whatever its namespace or domain; null when there is none.</summary>
    public string? FindElsewhere(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Whether some service's host is the host, or lies under it when it is a wildcard.</summary>
    public bool AnyUnder(string host, string place) =>
        host.StartsWith('*') ? _hosts.Overlaps(host) : Find(host, place) is not null;

    private KnownService? Visible(string host, string place)
    {
        if (!_byHost.TryGetValue(host, out var found)) return null;
        KnownService? best = null;
        foreach (var service in found)
        {
            if (!service.IsVisibleFrom(place)) continue;
            if (service.Source.Namespace == place) return service;
            best ??= service;
        }

        return best;
    }

    private void Add(Resource<ServiceSpec> service)
    {
        var exports = service.Metadata.Annotations.TryGetValue(ExportAnnotation, out var text)
            ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [];
        var ports = (service.Spec.Ports ?? []).Where(port => port.Port is > 0 && port.Protocol is not "UDP")
            .Select(port => (uint)port.Port!.Value);
        Add(new KnownService($"{service.Name}.{service.Namespace}.svc.{_domain}", service, [.. ports], exports));
    }

    private void Add(Resource<ServiceEntrySpec> entry)
    {
        uint[] ports = [.. (entry.Spec.Ports ?? []).Select(port => port.Number ?? 0)];
        foreach (var host in entry.Spec.Hosts ?? [])
        {
            Add(new KnownService(Expand(host, entry.Namespace), entry, ports, entry.Spec.ExportTo ?? []));
        }
    }

    private void Add(KnownService service)
    {
        if (!_byHost.TryGetValue(service.Host, out var list)) _byHost[service.Host] = list = [];
        list.Add(service);
        if (service.Host.IndexOf('.') is > 0 and var dot) _byName.TryAdd(service.Host[..dot], service.Host);
        _hosts.Add(service.Host);
        if (Checks.Hosts.IsPartialWildcard(service.Host)) _partialWildcards.Add(service);
    }
}
