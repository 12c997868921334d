using Sluice.Api.Findings;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>Whether the destinations of VirtualServices exist: their hosts, ports, subsets and delegates.</summary>
internal sealed class DestinationAnalysis
{
    private readonly ConfigIndex _index;
    private readonly Dictionary<(string Namespace, string Name), Resource<VirtualServiceSpec>> _services;

    private DestinationAnalysis(ConfigIndex index)
    {
        _index = index;
        _services = index.Set.VirtualServices.ToDictionary(service => (service.Namespace, service.Name));
    }

    /// <summary>Looks at all VirtualServices.</summary>
    public static void Run(ConfigIndex index, List<Finding> findings)
    {
        var analysis = new DestinationAnalysis(index);
        foreach (var (service, root) in ConfigIndex.Whole(index.Set.VirtualServices, findings))
        {
            foreach (var (destination, at) in Destinations(service.Spec, root["spec"])) analysis.Check(at, destination, service);
            foreach (var (route, at) in root["spec"]["http"].Each(service.Spec.Http))
            {
                if (route.Delegate is { } reference) analysis.CheckDelegate(at["delegate"], reference, service);
            }
        }
    }

    /// <summary>All destinations of a VirtualService, those of mirrors included.</summary>
    private static IEnumerable<(Destination Destination, Field At)> Destinations(VirtualServiceSpec spec, Field at)
    {
        foreach (var (route, each) in at["http"].Each(spec.Http))
        {
            foreach (var (weighted, to) in each["route"].Each(route.Route))
            {
                if (weighted.Destination is { } destination) yield return (destination, to["destination"]);
            }

            if (route.Mirror is { } mirror) yield return (mirror, each["mirror"]);
            foreach (var (policy, to) in each["mirrors"].Each(route.Mirrors))
            {
                if (policy.Destination is { } destination) yield return (destination, to["destination"]);
            }
        }

        var l4 = at["tls"].Each(spec.Tls).Select(tls => (tls.Item.Route, tls.At))
            .Concat(at["tcp"].Each(spec.Tcp).Select(tcp => (tcp.Item.Route, tcp.At)));
        foreach (var (route, each) in l4)
        {
            foreach (var (weighted, to) in each["route"].Each(route))
            {
                if (weighted.Destination is { } destination) yield return (destination, to["destination"]);
            }
        }
    }

    private void Check(Field at, Destination destination, Resource<VirtualServiceSpec> owner)
    {
        if (destination.Host is not { Length: > 0 } host) return;
        var service = Find(host, owner);
        if (service is null) ReportHost(at["host"], host, owner.Namespace);
        else CheckPort(at, destination, service);
        if (destination.Subset is { Length: > 0 } subset) CheckSubset(at["subset"], subset, host, owner.Namespace);
    }

    /// <summary>The service, seen from the VirtualService's namespace or from one that it is exported to.</summary>
    private KnownService? Find(string host, Resource<VirtualServiceSpec> owner)
    {
        if (_index.Services.Find(host, owner.Namespace) is { } service) return service;
        var full = _index.Services.Expand(host, owner.Namespace);
        return owner.Spec.ExportTo?.Where(scope => scope is not ("." or "*" or "~"))
            .Select(scope => _index.Services.Find(full, scope)).FirstOrDefault(found => found is not null);
    }

    private void ReportHost(Field at, string host, string place)
    {
        var hint = "";
        if (_index.Services.FindHidden(host, place) is { } hidden)
        {
            hint = $"{hidden.Source.Id} is not exported to {place}";
        }
        else if (!host.Contains('.'))
        {
            hint = _index.Services.FindElsewhere(host) is { } elsewhere
                ? $"did you mean {elsewhere}?" : _index.Suggest(_index.Services.Expand(host, place), _index.Services.Hosts);
        }
        else
        {
            // name.namespace is not completed, unlike a bare name.
            var full = $"{host}.svc.{_index.Identity.Domain}";
            hint = _index.Services.FindHidden(full, place) is not null ? $"did you mean {full}?"
                : _index.Suggest(host, _index.Services.Hosts);
        }

        at.Error(Codes.NotFound, $"{at.Path} {host}: there is no such service, so requests get 503", hint);
    }

    private static void CheckPort(Field at, Destination destination, KnownService service)
    {
        if (destination.Port?.Number is not { } port)
        {
            if (service.Ports.Count <= 1 || destination.Port is not null) return;
            at.Error(Codes.PortRequired,
                $"{at.Path} names no port, but {destination.Host} has {service.Ports.Count}: {string.Join(", ", service.Ports)}",
                    "add port: {number: …}");
        }
        else if (!service.Ports.Contains(port))
        {
            at["port"].Error(Codes.NotFound, $"{at.Path}.port {port}: {destination.Host} has no such port, so requests get 503",
                service.Ports.Count == 0 ? "" : $"its ports are {string.Join(", ", service.Ports)}");
        }
    }

    private void CheckSubset(Field at, string subset, string host, string place)
    {
        var rules = _index.Subsets.For(host, place);
        if (rules.Any(rule => rule.Spec.Subsets?.Any(known => known.Name == subset) == true)) return;
        if (rules.Count == 0)
        {
            at.Error(Codes.NotFound, $"{at.Path} {subset}: no DestinationRule defines subsets of {host}, so requests get 503");
            return;
        }

        var names = rules.SelectMany(rule => rule.Spec.Subsets ?? []).Select(known => known.Name ?? "").ToList();
        var rule = rules[0];
        at.Error(Codes.NotFound,
            $"{at.Path} {subset}: {rule.Id} ({rule.Position}) has no such subset of {host}, so requests get 503",
            Suggestions.DidYouMean(subset, names) ?? (names.Count == 0 ? "it has none" : $"it has {string.Join(", ", names)}"));
    }

    private void CheckDelegate(Field at, Sluice.Api.Networking.Delegate reference, Resource<VirtualServiceSpec> owner)
    {
        if (reference.Name is not { Length: > 0 } name) return;
        var place = reference.Namespace is { Length: > 0 } given ? given : owner.Namespace;
        if (!_services.TryGetValue((place, name), out var target))
        {
            at["name"].Error(Codes.NotFound,
                $"{at.Path}.name {name}: there is no VirtualService {place}/{name}, so the rule is left out",
                _index.Suggest(name, _services.Keys.Where(key => key.Namespace == place).Select(key => key.Name)));
        }
        else if (target.Spec.Hosts is { Count: > 0 })
        {
            at["name"].Error(Codes.NotFound, $"{at.Path}.name {name}: {place}/{name} has hosts, so it is no delegate",
                "remove its hosts");
        }
    }
}
