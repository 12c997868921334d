using System.Globalization;
using System.Text;
using Sluice.Api.Networking;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>A text for a condition that is equal for equal conditions, whatever their names and the order of their
/// maps.</summary>
internal static class MatchKeys
{
    /// <summary>The key of a condition of an http route.</summary>
    public static string Of(HttpMatch match)
    {
        var key = new StringBuilder();
        Append(key, "uri", match.Uri);
        Append(key, "scheme", match.Scheme);
        Append(key, "method", match.Method);
        Append(key, "authority", match.Authority);
        Append(key, "headers", match.Headers);
        Append(key, "withoutHeaders", match.WithoutHeaders);
        Append(key, "queryParams", match.QueryParams);
        if (match.IgnoreUriCase == true) key.Append("ignoreUriCase;");
        AppendOrigin(key, match.Port, match.Gateways, match.SourceLabels, match.SourceNamespace);
        return Append(key, "statPrefix", match.StatPrefix).ToString();
    }

    /// <summary>The key of a condition of a tls route.</summary>
    public static string Of(TlsMatchAttributes match)
    {
        var key = new StringBuilder();
        Append(key, "sniHosts", match.SniHosts);
        Append(key, "destinationSubnets", match.DestinationSubnets);
        AppendOrigin(key, match.Port, match.Gateways, match.SourceLabels, match.SourceNamespace);
        return key.ToString();
    }

    /// <summary>The key of a condition of a tcp route.</summary>
    public static string Of(L4MatchAttributes match)
    {
        var key = new StringBuilder();
        Append(key, "destinationSubnets", match.DestinationSubnets);
        Append(key, "sourceSubnet", match.SourceSubnet);
        AppendOrigin(key, match.Port, match.Gateways, match.SourceLabels, match.SourceNamespace);
        return key.ToString();
    }

    private static void AppendOrigin(
        StringBuilder key, uint? port, IReadOnlyList<string>? gateways, IReadOnlyDictionary<string, string>? labels,
            string? source)
    {
        if (port is > 0) key.Append(CultureInfo.InvariantCulture, $"port={port};");
        Append(key, "gateways", gateways);
        foreach (var (name, value) in (labels ?? Empty).OrderBy(l => l.Key, StringComparer.Ordinal))
            Append(key, "label " + name, value);
        Append(key, "sourceNamespace", source);
    }

    private static readonly IReadOnlyDictionary<string, string> Empty = new Dictionary<string, string>();

    private static void Append(StringBuilder key, string field, IReadOnlyDictionary<string, StringMatch>? matches)
    {
        if (matches is null) return;
        foreach (var (name, match) in matches.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            Append(key, $"{field} {name}", match);
            if (match is { Exact: null, Prefix: null, Regex: null })
                key.Append(CultureInfo.InvariantCulture, $"{field} {name} present;");
        }
    }

    private static void Append(StringBuilder key, string field, StringMatch? match)
    {
        Append(key, field + " exact", match?.Exact);
        Append(key, field + " prefix", match?.Prefix);
        Append(key, field + " regex", match?.Regex);
    }

    private static void Append(StringBuilder key, string field, IReadOnlyList<string>? values)
    {
        foreach (var value in values ?? []) Append(key, field, value);
    }

    /// <summary>Texts are written with their length, so that none can pass for the next field.</summary>
    private static StringBuilder Append(StringBuilder key, string field, string? value) =>
        value is null ? key : key.Append(CultureInfo.InvariantCulture, $"{field}={value.Length}:{value};");
}
