using Sluice.Api.Findings;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Compilation;
using Sluice.ControlPlane.Sources;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>The configuration with what analysis looks up in it again and again.</summary>
internal sealed class ConfigIndex
{
    /// <summary>Guessing what a name was meant to be compares it with all others; where everything dangles that is not worth the
    /// time.</summary>
    private const int MaxSuggestions = 50;

    private int _suggestions;

    /// <summary>Indexes a configuration.</summary>
    public ConfigIndex(ConfigSet set, GatewayIdentity identity, DateTimeOffset now)
    {
        Set = set;
        Identity = identity;
        Now = now;
        RootNamespace = set.Mesh.RootNamespace is { Length: > 0 } root ? root : identity.Namespace;
        Workloads = new WorkloadIndex(set);
        Services = new ServiceIndex(set, identity.Domain);
        Subsets = new SubsetIndex(set, identity.Domain);
        Gateways = set.Gateways.ToDictionary(gateway => (gateway.Namespace, gateway.Name));
    }

    /// <summary>The configuration.</summary>
    public ConfigSet Set { get; }

    /// <summary>The gateway it is for.</summary>
    public GatewayIdentity Identity { get; }

    /// <summary>When it is analysed.</summary>
    public DateTimeOffset Now { get; }

    /// <summary>The namespace whose policies are mesh-wide.</summary>
    public string RootNamespace { get; }

    /// <summary>Pods and WorkloadEntries.</summary>
    public WorkloadIndex Workloads { get; }

    /// <summary>Services and ServiceEntries by host.</summary>
    public ServiceIndex Services { get; }

    /// <summary>Subsets by host.</summary>
    public SubsetIndex Subsets { get; }

    /// <summary>Gateways by namespace and name.</summary>
    public IReadOnlyDictionary<(string Namespace, string Name), Resource<GatewaySpec>> Gateways { get; }

    /// <summary>The Gateway that a VirtualService of that namespace refers to.</summary>
    public static (string Namespace, string Name) ResolveGateway(string reference, string ownNamespace)
    {
        var slash = reference.IndexOf('/');
        if (slash >= 0) return (reference[..slash] is "." ? ownNamespace : reference[..slash], reference[(slash + 1)..]);
        // The legacy form name.namespace[.svc.domain].
        return reference.Split('.') is [var name, var place, ..] ? (place, name) : (ownNamespace, reference);
    }

    /// <summary>A hint that names what is nearest to a name that leads nowhere, or an empty one.</summary>
    public string Suggest(string name, IEnumerable<string> candidates) =>
        _suggestions++ < MaxSuggestions ? Checks.Suggestions.DidYouMean(name, candidates) ?? "" : "";

    /// <summary>The objects that were read whole; what is said about the others says what reading has said already.</summary>
    public static IEnumerable<(Resource<T> Object, Field At)> Whole<T>(IReadOnlyList<Resource<T>> objects,
        List<Finding> findings) where T : class
    {
        foreach (var resource in objects)
        {
            if (resource.IsComplete) yield return (resource, Field.Of(resource, findings));
        }
    }
}
