using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Sluice.Api.Findings;
using Sluice.Api.Kubernetes;
using Sluice.Api.Mesh;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.Api.Security;
using Sluice.Api.Telemetry;

namespace Sluice.ControlPlane.Sources;

/// <summary>Everything that was read, and everything that is to be said about it. The lists of each kind are in the order in
/// which Istio looks at objects: by creation time (those without one first), name, namespace.</summary>
public sealed class ConfigSet
{
    internal ConfigSet(IReadOnlyList<Resource> all, MeshDocument? mesh)
    {
        All = all;
        Mesh = mesh?.Config ?? new MeshConfig();
        MeshPosition = mesh?.Position ?? default;
        LocateMesh = mesh?.Locate ?? (_ => default);
        Gateways = InOrder<GatewaySpec>();
        VirtualServices = InOrder<VirtualServiceSpec>();
        DestinationRules = InOrder<DestinationRuleSpec>();
        ServiceEntries = InOrder<ServiceEntrySpec>();
        WorkloadEntries = InOrder<WorkloadEntrySpec>();
        PeerAuthentications = InOrder<PeerAuthenticationSpec>();
        RequestAuthentications = InOrder<RequestAuthenticationSpec>();
        AuthorizationPolicies = InOrder<AuthorizationPolicySpec>();
        Telemetries = InOrder<TelemetrySpec>();
        Services = InOrder<ServiceSpec>();
        Endpoints = InOrder<Endpoints>();
        EndpointSlices = InOrder<EndpointSlice>();
        Pods = InOrder<Pod>();
        Secrets = InOrder<Secret>();
        ConfigMaps = InOrder<ConfigMap>();
    }

    /// <summary>Every object of a known kind, in the order of the files. Of objects that are written twice it has the
    /// first.</summary>
    public IReadOnlyList<Resource> All { get; }

    /// <summary>Gateways.</summary>
    public IReadOnlyList<Resource<GatewaySpec>> Gateways { get; }

    /// <summary>VirtualServices.</summary>
    public IReadOnlyList<Resource<VirtualServiceSpec>> VirtualServices { get; }

    /// <summary>DestinationRules.</summary>
    public IReadOnlyList<Resource<DestinationRuleSpec>> DestinationRules { get; }

    /// <summary>ServiceEntries.</summary>
    public IReadOnlyList<Resource<ServiceEntrySpec>> ServiceEntries { get; }

    /// <summary>WorkloadEntries.</summary>
    public IReadOnlyList<Resource<WorkloadEntrySpec>> WorkloadEntries { get; }

    /// <summary>PeerAuthentications.</summary>
    public IReadOnlyList<Resource<PeerAuthenticationSpec>> PeerAuthentications { get; }

    /// <summary>RequestAuthentications.</summary>
    public IReadOnlyList<Resource<RequestAuthenticationSpec>> RequestAuthentications { get; }

    /// <summary>AuthorizationPolicies.</summary>
    public IReadOnlyList<Resource<AuthorizationPolicySpec>> AuthorizationPolicies { get; }

    /// <summary>Telemetries.</summary>
    public IReadOnlyList<Resource<TelemetrySpec>> Telemetries { get; }

    /// <summary>Kubernetes Services.</summary>
    public IReadOnlyList<Resource<ServiceSpec>> Services { get; }

    /// <summary>Endpoints in the old form.</summary>
    public IReadOnlyList<Resource<Endpoints>> Endpoints { get; }

    /// <summary>EndpointSlices.</summary>
    public IReadOnlyList<Resource<EndpointSlice>> EndpointSlices { get; }

    /// <summary>Pods.</summary>
    public IReadOnlyList<Resource<Pod>> Pods { get; }

    /// <summary>Secrets.</summary>
    public IReadOnlyList<Resource<Secret>> Secrets { get; }

    /// <summary>ConfigMaps.</summary>
    public IReadOnlyList<Resource<ConfigMap>> ConfigMaps { get; }

    /// <summary>The mesh configuration; without fields when there is none.</summary>
    public MeshConfig Mesh { get; }

    /// <summary>Where the mesh configuration begins; without a file when there is none.</summary>
    public SourcePosition MeshPosition { get; }

    /// <summary>Finds the place of a field of the mesh configuration, e.g. <c>defaultConfig.tracing.sampling</c>.</summary>
    public Func<string, SourcePosition> LocateMesh { get; }

    /// <summary>Everything that reading has to say, in the order of the files.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Paths of all files that were read, in order.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>A hash in hex of the content of all files in their order, those included that the objects name; equal content gives equal
    /// hashes anywhere.</summary>
    public required string Hash
    {
        get => NamedFiles.Digest.Length == 0 ? field : Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(field + NamedFiles.Digest)));
        init;
    }

    /// <summary>The files that the objects name: certificates and what belongs to them.</summary>
    public NamedFiles NamedFiles { get; internal set; } = NamedFiles.None;

    /// <summary>Names of the Namespaces that the configuration holds; empty when it holds none, and nothing is known about
    /// them.</summary>
    public IReadOnlySet<string> Namespaces { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Number of objects of unrelated kinds, which are passed over.</summary>
    public required int PassedOver { get; init; }

    private Resource<T>[] InOrder<T>() where T : class
    {
        Resource<T>[] resources = [.. All.OfType<Resource<T>>()];
        Array.Sort(resources, static (a, b) => Compare(a.Metadata, b.Metadata));
        return resources;
    }

    private static int Compare(ObjectMeta a, ObjectMeta b)
    {
        var byTime = Nullable.Compare(a.CreationTimestamp, b.CreationTimestamp);
        if (byTime != 0) return byTime;
        var byName = string.CompareOrdinal(a.Name, b.Name);
        return byName != 0 ? byName : string.CompareOrdinal(a.Namespace, b.Namespace);
    }
}
