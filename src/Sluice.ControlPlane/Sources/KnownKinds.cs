using System.Text.Json.Serialization.Metadata;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Sources.Schema;

namespace Sluice.ControlPlane.Sources;

/// <summary>The kinds that are read, and how others are told apart from misspelt ones.</summary>
internal static class KnownKinds
{
    private const string Networking = "networking.istio.io";
    private const string Security = "security.istio.io";
    private const string Telemetry = "telemetry.istio.io";
    private const string Extensions = "extensions.istio.io";

    private static readonly string[] NetworkingVersions = ["v1", "v1beta1", "v1alpha3"];
    private static readonly string[] SecurityVersions = ["v1", "v1beta1"];

    private static readonly KnownKind[] All =
    [
        Istio("Gateway", Networking, NetworkingVersions, ApiJson.Default.GatewaySpec),
        Istio("VirtualService", Networking, NetworkingVersions, ApiJson.Default.VirtualServiceSpec),
        Istio("DestinationRule", Networking, NetworkingVersions, ApiJson.Default.DestinationRuleSpec),
        Istio("ServiceEntry", Networking, NetworkingVersions, ApiJson.Default.ServiceEntrySpec),
        Istio("WorkloadEntry", Networking, NetworkingVersions, ApiJson.Default.WorkloadEntrySpec),
        Istio("PeerAuthentication", Security, SecurityVersions, ApiJson.Default.PeerAuthenticationSpec),
        Istio("RequestAuthentication", Security, SecurityVersions, ApiJson.Default.RequestAuthenticationSpec),
        Istio("AuthorizationPolicy", Security, SecurityVersions, ApiJson.Default.AuthorizationPolicySpec),
        Istio("Telemetry", Telemetry, ["v1", "v1alpha1"], ApiJson.Default.TelemetrySpec),
        new KnownKind<Api.Kubernetes.ServiceSpec>("Service", "", ["v1"], hasSpec: true, ApiJson.Default.ServiceSpec),
        Kubernetes("Endpoints", "", ["v1"], ApiJson.Default.Endpoints),
        Kubernetes("EndpointSlice", "discovery.k8s.io", ["v1", "v1beta1"], ApiJson.Default.EndpointSlice),
        Kubernetes("Pod", "", ["v1"], ApiJson.Default.Pod),
        Kubernetes("Secret", "", ["v1"], ApiJson.Default.Secret),
        Kubernetes("ConfigMap", "", ["v1"], ApiJson.Default.ConfigMap),
    ];

    /// <summary>Istio's kinds that are not read; they have no effect here, which is worth a warning.</summary>
    private static readonly string[] OtherIstioKinds = ["EnvoyFilter", "ProxyConfig", "Sidecar", "WorkloadGroup", "WasmPlugin"];

    private static readonly string[] IstioGroups = [Networking, Security, Telemetry, Extensions];

    /// <summary>The kind of that name in that group, or null.</summary>
    public static KnownKind? Find(string group, string kind)
    {
        foreach (var known in All)
        {
            if (known.Name == kind && known.Group == group) return known;
        }

        return null;
    }

    /// <summary>The preferred apiVersion of a kind that is read, or null.</summary>
    public static string? ApiVersionOf(string kind) => All.FirstOrDefault(known => known.Name == kind)?.ApiVersions[0];

    /// <summary>Whether the group is one of Istio's, of which kinds that are not read are worth a warning.</summary>
    public static bool IsIstioGroup(string group) => IstioGroups.Contains(group);

    /// <summary>The kind of the group that was probably meant, or null.</summary>
    public static KnownKind? NearestKind(string group, string kind)
    {
        if (OtherIstioKinds.Contains(kind)) return null;
        var near = Suggestion.Nearest(kind, All.Where(known => known.Group == group).Select(known => known.Name));
        return near is null ? null : Find(group, near);
    }

    /// <summary>The kind that was meant when its name is right but the group is nearly right or left out. The same names in
    /// groups that are far off belong to other products.</summary>
    public static KnownKind? WithNearestGroup(string group, string kind) => All.FirstOrDefault(known =>
        known.Name == kind && known.Group.Length > 0
        && (group.Length == 0 || Suggestion.Nearest(group, [known.Group]) is not null));

    private static KnownKind<T> Istio<T>(string name, string group, string[] versions, JsonTypeInfo<T> info) where T : class =>
        new(name, group, versions, hasSpec: true, info);

    private static KnownKind<T> Kubernetes<T>(string name, string group, string[] versions, JsonTypeInfo<T> info)
        where T : class =>
        new(name, group, versions, hasSpec: false, info);
}
