using Sluice.Api.Security;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of the <c>when</c> conditions of an AuthorizationPolicy: known attributes with values of their
/// kind.</summary>
internal static class ConditionRules
{
    private static readonly string[] Attributes =
    [
        "source.ip", "remote.ip", "source.namespace", "source.principal", "source.serviceAccount", "source.trustDomain",
        "request.auth.principal", "request.auth.audiences", "request.auth.presenter", "destination.ip", "destination.port",
            "connection.sni",
    ];

    /// <summary>Attributes with a key in brackets.</summary>
    private static readonly string[] Maps = ["request.headers", "request.auth.claims", "experimental.envoy.filters."];

    /// <summary>Attributes of Istio's first authorization API, with what to use now.</summary>
    private static readonly Dictionary<string, string> Former = new(StringComparer.Ordinal)
    {
        ["destination.namespace"] = "put the policy into that namespace",
        ["destination.name"] = "use selector",
        ["destination.user"] = "use selector",
    };

    /// <summary>Checks one condition.</summary>
    public static void Check(Field at, Condition condition)
    {
        if (string.IsNullOrEmpty(condition.Key))
        {
            at["key"].Error(Codes.Required, $"{at.Path}.key is missing: say what to look at", "e.g. request.headers[x-token]");
            return;
        }

        CheckKey(at["key"], condition.Key);
        if (condition.Values is not { Count: > 0 } && condition.NotValues is not { Count: > 0 })
        {
            at.Error(Codes.Required, $"{at.Path} has neither values nor notValues");
        }

        CheckValues(at["values"], condition.Key, condition.Values);
        CheckValues(at["notValues"], condition.Key, condition.NotValues);
    }

    private static void CheckKey(Field at, string key)
    {
        if (Attributes.Contains(key)) return;
        if (Array.Exists(Maps, map => key.StartsWith(map, StringComparison.Ordinal)))
        {
            var bracket = key.IndexOf('[');
            if (bracket <= 0 || !key.EndsWith(']') || bracket >= key.Length - 2)
            {
                at.Error(Codes.UnknownWord, $"{at.Path} \"{key}\" lacks a name in brackets", "e.g. request.headers[x-token]");
            }

            return;
        }

        var hint = Former.GetValueOrDefault(key)
            ?? (key.StartsWith("destination.labels", StringComparison.Ordinal) ? "use selector" : null)
            ?? Suggestions.DidYouMean(key, Attributes.Concat(Maps))
                ?? $"one of {string.Join(", ", Attributes)}, request.headers[…], request.auth.claims[…]";
        at.Error(Codes.UnknownWord, $"{at.Path} \"{key}\" is not an attribute that can be checked", hint);
    }

    private static void CheckValues(Field at, string key, IReadOnlyList<string>? values)
    {
        foreach (var (value, each) in at.Each(values))
        {
            if (value.Length == 0) each.Error(Codes.Empty, $"{each.Path} is empty", "a * stands for any value");
            else if (key == "destination.port") Numbers.CheckPortText(each, value);
            else if (key is "source.ip" or "remote.ip" or "destination.ip" && !Addresses.IsIpOrBlock(value))
            {
                each.Error(Codes.Address, $"{each.Path} \"{value}\" is neither an IP address nor a block of them",
                    "e.g. 10.1.2.3 or 10.1.0.0/16");
            }
        }
    }
}
