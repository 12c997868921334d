using System.Text.Json.Serialization;
using Sluice.Api.Resources;

namespace Sluice.Api.Security;

/// <summary>Who may do what (<c>security.istio.io AuthorizationPolicy</c>).</summary>
public sealed record AuthorizationPolicySpec
{
    /// <summary>Workloads it applies to; absent means all of the namespace, or of the mesh in the root namespace.</summary>
    public LabelSelector? Selector { get; init; }

    /// <summary>Old form of <see cref="TargetRefs"/>.</summary>
    public PolicyTargetReference? TargetRef { get; init; }

    /// <summary>Objects it is attached to; not beside <see cref="Selector"/>.</summary>
    public IReadOnlyList<PolicyTargetReference>? TargetRefs { get; init; }

    /// <summary>Rules of which one must match; none never matches.</summary>
    public IReadOnlyList<Rule>? Rules { get; init; }

    /// <summary>What a match leads to; absent means <c>ALLOW</c>.</summary>
    public AuthorizationAction? Action { get; init; }

    /// <summary>Who is asked, for <c>CUSTOM</c>.</summary>
    public ExtensionProvider? Provider { get; init; }
}

/// <summary>Who, what and under which conditions; absent parts always hold.</summary>
public sealed record Rule
{
    /// <summary>Callers of whom one must match.</summary>
    public IReadOnlyList<From>? From { get; init; }

    /// <summary>Operations of which one must match.</summary>
    public IReadOnlyList<To>? To { get; init; }

    /// <summary>Conditions that must all hold.</summary>
    public IReadOnlyList<Condition>? When { get; init; }
}

/// <summary>A caller.</summary>
public sealed record From
{
    /// <summary>Its properties.</summary>
    public Source? Source { get; init; }
}

/// <summary>An operation.</summary>
public sealed record To
{
    /// <summary>Its properties.</summary>
    public Operation? Operation { get; init; }
}

/// <summary>Properties of a caller: every list that is given must hold, any of its values is enough; the <c>not</c> lists
/// forbid.</summary>
public sealed record Source
{
    /// <summary>Identities from client certificates, <c>domain/ns/NS/sa/SA</c>.</summary>
    public IReadOnlyList<string>? Principals { get; init; }

    /// <summary>Identities that must not match.</summary>
    public IReadOnlyList<string>? NotPrincipals { get; init; }

    /// <summary>Identities from tokens, <c>issuer/subject</c>.</summary>
    public IReadOnlyList<string>? RequestPrincipals { get; init; }

    /// <summary>Token identities that must not match.</summary>
    public IReadOnlyList<string>? NotRequestPrincipals { get; init; }

    /// <summary>Namespaces of the identity.</summary>
    public IReadOnlyList<string>? Namespaces { get; init; }

    /// <summary>Namespaces that must not match.</summary>
    public IReadOnlyList<string>? NotNamespaces { get; init; }

    /// <summary>Service accounts of the identity, <c>SA</c> or <c>NS/SA</c>.</summary>
    public IReadOnlyList<string>? ServiceAccounts { get; init; }

    /// <summary>Service accounts that must not match.</summary>
    public IReadOnlyList<string>? NotServiceAccounts { get; init; }

    /// <summary>Trust domains of the identity.</summary>
    public IReadOnlyList<string>? TrustDomains { get; init; }

    /// <summary>Trust domains that must not match.</summary>
    public IReadOnlyList<string>? NotTrustDomains { get; init; }

    /// <summary>Address of the peer of the connection, as IP or CIDR range.</summary>
    public IReadOnlyList<string>? IpBlocks { get; init; }

    /// <summary>Peer addresses that must not match.</summary>
    public IReadOnlyList<string>? NotIpBlocks { get; init; }

    /// <summary>Address of the client behind trusted proxies, as IP or CIDR range.</summary>
    public IReadOnlyList<string>? RemoteIpBlocks { get; init; }

    /// <summary>Client addresses that must not match.</summary>
    public IReadOnlyList<string>? NotRemoteIpBlocks { get; init; }
}

/// <summary>Properties of a request: every list that is given must hold, any of its values is enough; the <c>not</c> lists
/// forbid.</summary>
public sealed record Operation
{
    /// <summary>Authority with its port as sent, in any case.</summary>
    public IReadOnlyList<string>? Hosts { get; init; }

    /// <summary>Hosts that must not match.</summary>
    public IReadOnlyList<string>? NotHosts { get; init; }

    /// <summary>Port on which the request came in.</summary>
    public IReadOnlyList<string>? Ports { get; init; }

    /// <summary>Ports that must not match.</summary>
    public IReadOnlyList<string>? NotPorts { get; init; }

    /// <summary>Methods.</summary>
    public IReadOnlyList<string>? Methods { get; init; }

    /// <summary>Methods that must not match.</summary>
    public IReadOnlyList<string>? NotMethods { get; init; }

    /// <summary>Normalised paths without query; <c>prefix*</c>, <c>*suffix</c>, <c>{*}</c> and <c>{**}</c> are
    /// understood.</summary>
    public IReadOnlyList<string>? Paths { get; init; }

    /// <summary>Paths that must not match.</summary>
    public IReadOnlyList<string>? NotPaths { get; init; }
}

/// <summary>A condition on an attribute.</summary>
public sealed record Condition
{
    /// <summary>Attribute, e.g. <c>request.headers[x-role]</c>.</summary>
    public string? Key { get; init; }

    /// <summary>Values of which one must match.</summary>
    public IReadOnlyList<string>? Values { get; init; }

    /// <summary>Values that must not match.</summary>
    public IReadOnlyList<string>? NotValues { get; init; }
}

/// <summary>A reference to an extension provider of the MeshConfig.</summary>
public sealed record ExtensionProvider
{
    /// <summary>Its name.</summary>
    public string? Name { get; init; }
}

/// <summary>What a matching policy leads to.</summary>
public enum AuthorizationAction
{
    /// <summary>The request may go on; once such a policy applies, everything else is denied.</summary>
    [JsonStringEnumMemberName("ALLOW")]
    Allow,

    /// <summary>The request is denied.</summary>
    [JsonStringEnumMemberName("DENY")]
    Deny,

    /// <summary>The request is logged.</summary>
    [JsonStringEnumMemberName("AUDIT")]
    Audit,

    /// <summary>An external service decides.</summary>
    [JsonStringEnumMemberName("CUSTOM")]
    Custom,
}
