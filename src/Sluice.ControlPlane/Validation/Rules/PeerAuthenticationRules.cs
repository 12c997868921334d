using System.Globalization;
using Sluice.Api.Resources;
using Sluice.Api.Security;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of a PeerAuthentication.</summary>
internal static class PeerAuthenticationRules
{
    /// <summary>Checks one object.</summary>
    public static void Check(Resource<PeerAuthenticationSpec> authentication, Field root)
    {
        var spec = authentication.Spec;
        var at = root["spec"];
        Labels.CheckSelector(at["selector"], spec.Selector);
        if (spec.PortLevelMtls is not { } ports) return;

        var portsAt = at["portLevelMtls"];
        if (ports.Count == 0) portsAt.Error(Codes.Empty, $"{portsAt.Path} is empty", "remove it, or name a port");
        if (ports.Count > 0 && spec.Selector?.MatchLabels is null or { Count: 0 })
        {
            portsAt.Error(Codes.Exclusive, $"{portsAt.Path} is set without selector: ports belong to certain workloads",
                "add selector");
        }

        foreach (var (port, _, each) in portsAt.Each(ports))
        {
            if (!uint.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number is 0 or > Numbers.MaxPort)
            {
                each.Error(Codes.Port,
                    $"{portsAt.Path} has the key \"{port}\": a port number lies between 1 and {Numbers.MaxPort}");
            }
        }
    }
}
