using Sluice.Api.Networking;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of the conditions of an http route.</summary>
internal static class HttpMatchRules
{
    /// <summary>Checks one condition.</summary>
    public static void Check(Field at, HttpMatch match, bool mayMatchClaims)
    {
        foreach (var (name, value, each) in at["headers"].Each(match.Headers))
        {
            CheckHeaderName(each, name, mayMatchClaims);
            Patterns.Check(each, value);
        }

        foreach (var (name, value, each) in at["withoutHeaders"].Each(match.WithoutHeaders))
        {
            CheckHeaderName(each, name, mayMatchClaims);
            Patterns.CheckOrPresence(each, value);
        }

        foreach (var (_, value, each) in at["queryParams"].Each(match.QueryParams)) Patterns.Check(each, value);
        Patterns.CheckPath(at["uri"], match.Uri);
        Patterns.Check(at["scheme"], match.Scheme);
        Patterns.Check(at["method"], match.Method);
        Patterns.Check(at["authority"], match.Authority);
        Numbers.CheckOptionalPort(at["port"], match.Port);
        Labels.Check(at["sourceLabels"], match.SourceLabels);
        Names.CheckGateways(at["gateways"], match.Gateways);
        if (match.SourceNamespace is { Length: > 0 } source && !Names.IsLabel(source))
        {
            at["sourceNamespace"].Error(Codes.Name, $"{at.Path}.sourceNamespace \"{source}\" is not a namespace");
        }
    }

    private static void CheckHeaderName(Field at, string name, bool mayMatchClaims)
    {
        HttpText.CheckMatchedName(at, name);
        if (!mayMatchClaims && HttpText.IsClaim(name))
        {
            at.Error(Codes.Unsupported, $"{at.Path} asks for a claim, which only a gateway can check",
                "name a Gateway, and not mesh, in spec.gateways");
        }
    }
}
