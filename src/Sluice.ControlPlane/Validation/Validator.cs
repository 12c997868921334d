using Sluice.Api.Findings;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.Api.Security;
using Sluice.Api.Telemetry;
using Sluice.ControlPlane.Compilation;
using Sluice.ControlPlane.Sources;
using Sluice.ControlPlane.Validation.Analysis;
using Sluice.ControlPlane.Validation.Rules;

namespace Sluice.ControlPlane.Validation;

/// <summary>Says everything that is wrong or doubtful about a configuration that could be read. Errors with <c>SLU00xx</c> codes
/// are what
/// Istio's validation refuses, and keep the configuration from being loaded; those of analysis (<c>IST01xx</c>) never
/// do.</summary>
public static class Validator
{
    /// <summary>Validates a configuration.</summary>
    /// <param name="set">What was read; its own findings are not repeated.</param>
    /// <param name="identity">The gateway it is for.</param>
    /// <param name="time">The clock by which certificates expire; null for the system's.</param>
    /// <returns>All findings, object by object.</returns>
    public static IReadOnlyList<Finding> Validate(ConfigSet set, GatewayIdentity identity, TimeProvider? time = null)
    {
        var findings = new List<Finding>();
        foreach (var resource in set.All)
        {
            var first = findings.Count;
            CheckValues(resource, Field.Of(resource, findings));
            if (!resource.IsComplete) RemoveConsequences(findings, first);
        }

        var index = new ConfigIndex(set, identity, (time ?? TimeProvider.System).GetUtcNow());
        if (set.MeshPosition.File is { Length: > 0 })
        {
            MeshConfigRules.Check(set.Mesh, Field.Of(set.LocateMesh, findings), index.RootNamespace);
        }

        Analyzers.Run(index, findings);
        return findings;
    }

    private static void CheckValues(Resource resource, Field root)
    {
        switch (resource)
        {
            case Resource<GatewaySpec> gateway:
                GatewayRules.Check(gateway, root);
                break;
            case Resource<VirtualServiceSpec> service:
                VirtualServiceRules.Check(service, root);
                break;
            case Resource<DestinationRuleSpec> rule:
                DestinationRuleRules.Check(rule, root);
                break;
            case Resource<ServiceEntrySpec> entry:
                ServiceEntryRules.Check(entry, root);
                break;
            case Resource<WorkloadEntrySpec> entry:
                WorkloadEntryRules.Check(entry, root);
                break;
            case Resource<AuthorizationPolicySpec> policy:
                AuthorizationPolicyRules.Check(policy, root);
                break;
            case Resource<RequestAuthenticationSpec> authentication:
                RequestAuthenticationRules.Check(authentication, root);
                break;
            case Resource<PeerAuthenticationSpec> authentication:
                PeerAuthenticationRules.Check(authentication, root);
                break;
            case Resource<TelemetrySpec> telemetry:
                TelemetryRules.Check(telemetry, root);
                break;
            default:
                return;
        }

        DryRunRules.Check(resource, root);
    }

    /// <summary>Where a part of an object did not fit its schema and was left out, that it is missing says nothing.</summary>
    private static void RemoveConsequences(List<Finding> findings, int first)
    {
        for (var i = findings.Count - 1; i >= first; i--)
        {
            if (findings[i].Code is Codes.Required or Codes.Empty or Codes.TlsAndProtocol) findings.RemoveAt(i);
        }
    }
}
