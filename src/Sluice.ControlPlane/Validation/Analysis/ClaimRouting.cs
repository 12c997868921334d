using Sluice.Api.Findings;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Analysis;

/// <summary>Routes by the claims of a token at a gateway where no RequestAuthentication checks tokens: they never
/// match.</summary>
internal static class ClaimRouting
{
    private const string Mesh = "mesh";

    /// <summary>Looks at all VirtualServices.</summary>
    public static void Run(ConfigIndex index, List<Finding> findings)
    {
        foreach (var (service, root) in ConfigIndex.Whole(index.Set.VirtualServices, findings))
        {
            if (FirstClaim(service.Spec, root["spec"]) is not var (at, claim)) continue;
            foreach (var reference in service.Spec.Gateways ?? [])
            {
                if (reference == Mesh
                    || !index.Gateways.TryGetValue(ConfigIndex.ResolveGateway(reference, service.Namespace), out var gateway))
                    continue;
                foreach (var workload in Unchecked(index, gateway))
                {
                    at.Error(Codes.ClaimsWithoutAuthentication,
                        $"{at.Path} asks for the claim {claim}, but no RequestAuthentication checks tokens at {workload}, which "
                            + $"serves {reference}",
                        "add a RequestAuthentication that selects it");
                }
            }
        }
    }

    private static (Field At, string Claim)? FirstClaim(VirtualServiceSpec spec, Field at)
    {
        foreach (var (route, each) in at["http"].Each(spec.Http))
        {
            foreach (var (match, matchAt) in each["match"].Each(route.Match))
            {
                foreach (var (name, _, header) in matchAt["headers"].Each(match.Headers)
                    .Concat(matchAt["withoutHeaders"].Each(match.WithoutHeaders)))
                {
                    if (HttpText.IsClaim(name)) return (header, name);
                }
            }
        }

        return null;
    }

    /// <summary>The workloads that a Gateway selects and no RequestAuthentication: its Pods, or this process when there are
    /// none.</summary>
    private static IEnumerable<string> Unchecked(ConfigIndex index, Resource<GatewaySpec> gateway)
    {
        var pods = index.Workloads.SelectAnywhere(gateway.Spec.Selector).ToList();
        foreach (var pod in pods)
        {
            if (!IsChecked(index, pod.Labels, pod.Source.Namespace)) yield return pod.Source.Id;
        }

        if (pods.Count == 0 && Labels.Select(gateway.Spec.Selector, index.Identity.Labels)
            && !IsChecked(index, index.Identity.Labels, index.Identity.Namespace)) yield return "this gateway";
    }

    private static bool IsChecked(ConfigIndex index, IReadOnlyDictionary<string, string> labels, string place) =>
        index.Set.RequestAuthentications.Any(authentication =>
            (authentication.Namespace == place || authentication.Namespace == index.RootNamespace)
            && Labels.Select(authentication.Spec.Selector?.MatchLabels, labels));
}
