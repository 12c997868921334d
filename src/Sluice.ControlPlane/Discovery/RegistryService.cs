using Sluice.Api.Resources;
using Sluice.DataPlane.Clusters;

namespace Sluice.ControlPlane.Discovery;

/// <summary>A host that requests can be sent to, as one object describes it: a Kubernetes Service, or one host of a ServiceEntry.</summary>
internal sealed class RegistryService
{
    /// <summary>The Service or ServiceEntry.</summary>
    public required Resource Source { get; init; }

    /// <summary>Full host name; may be a wildcard for a ServiceEntry.</summary>
    public required string Host { get; init; }

    /// <summary>Short name for metrics: the Service's, or the host.</summary>
    public required string Name { get; init; }

    /// <summary>Namespace of the object.</summary>
    public string Namespace => Source.Namespace;

    /// <summary>Ports that can be served, in the order of the object, each number once.</summary>
    public required RegistryPort[] Ports { get; init; }

    /// <summary>The host that a Service of type ExternalName stands for; null for the others.</summary>
    public string? ExternalName { get; init; }

    /// <summary>What is known to be assumed about the endpoints; null when the configuration names them.</summary>
    public string? Assumption { get; init; }

    /// <summary>Which endpoints are preferred.</summary>
    public TrafficDistribution Distribution { get; init; }

    /// <summary>The port of this number; null when there is none.</summary>
    public RegistryPort? Port(int number)
    {
        foreach (var port in Ports)
        {
            if (port.Number == number)
                return port;
        }
        return null;
    }
}

/// <summary>One port of a service, and where it leads.</summary>
/// <param name="Number">The service's port number.</param>
/// <param name="Name">Its name; may be empty.</param>
/// <param name="Protocol">What it speaks.</param>
/// <param name="Endpoints">Where it leads, each address once; also those that take no requests.</param>
internal sealed record RegistryPort(int Number, string Name, PortProtocol Protocol, ServiceEndpoint[] Endpoints);

/// <summary>An address behind a service port.</summary>
/// <param name="Workload">What runs there.</param>
/// <param name="Port">TCP port.</param>
internal readonly record struct ServiceEndpoint(Workload Workload, int Port)
{
    /// <summary>Whether it is listed only: it is not ready, or about to end.</summary>
    public bool IsResting { get; init; }

    /// <summary>Whether a name stands for one endpoint that moves with its first address, and not for an endpoint at each address.</summary>
    public bool IsOneOfName { get; init; }

    /// <summary>Each address once: the first that has it stands for it, one that takes requests before one that does not.</summary>
    public static ServiceEndpoint[] Distinct(IEnumerable<ServiceEndpoint> endpoints) =>
        [.. endpoints.OrderBy(e => e.IsResting).DistinctBy(e => (e.Workload.Address, e.Port))];
}

/// <summary>Something that serves: a Pod, a WorkloadEntry, or an address that is all there is to know.</summary>
/// <param name="Address">IP address or DNS name.</param>
/// <param name="Labels">Labels, matched by subsets.</param>
/// <param name="Identity">Names for metrics.</param>
/// <param name="Weight">Relative share of the load, at least 1.</param>
internal sealed record Workload(
    string Address, IReadOnlyDictionary<string, string> Labels, WorkloadIdentity Identity, int Weight = 1)
{
    /// <summary>The account it runs under, <c>ns/NAMESPACE/sa/NAME</c> as in a SPIFFE name; null when it is not known.</summary>
    public string? ServiceAccount { get; init; }

    /// <summary>Where it runs.</summary>
    public Locality Locality { get; init; } = Locality.Unknown;

    /// <summary>Name of the node it runs on; null when it is not known.</summary>
    public string? Node { get; init; }

    /// <summary>No labels are known.</summary>
    public static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>();

    /// <summary>An address about which nothing else is known.</summary>
    public static Workload Bare(string address) => new(address, NoLabels, WorkloadIdentity.Unknown);
}
