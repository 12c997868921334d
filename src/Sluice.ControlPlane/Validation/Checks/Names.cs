using System.Buffers;

namespace Sluice.ControlPlane.Validation.Checks;

/// <summary>Names of objects, ports and subsets: DNS labels (RFC 1123), in which Istio allows capitals.</summary>
internal static class Names
{
    private const int MaxLabelLength = 63;

    private static readonly SearchValues<char> LabelChars =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

    /// <summary>Whether the text is a DNS label: letters, digits and inner hyphens, at most 63 of them.</summary>
    public static bool IsLabel(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= MaxLabelLength && !text.ContainsAnyExcept(LabelChars) && text[0] != '-' && text[^1] != '-';

    /// <summary>Checks a name that has to be a DNS label.</summary>
    /// <param name="at">The field.</param>
    /// <param name="name">Its value.</param>
    /// <param name="what">What it names, e.g. <c>a subset</c>.</param>
    public static void CheckLabel(Field at, string? name, string what)
    {
        if (string.IsNullOrEmpty(name))
        {
            at.Error(Codes.Required, $"{at.Path} is missing: {what} needs a name");
        }
        else if (!IsLabel(name))
        {
            at.Error(Codes.Name, $"{at.Path} \"{name}\" can't name {what}",
                "use letters, digits and inner hyphens, at most 63 characters");
        }
    }

    /// <summary>Checks a list of gateways as VirtualServices name them: <c>mesh</c>, <c>name</c>, <c>./name</c>,
    /// <c>namespace/name</c>,
    /// or the legacy <c>name.namespace</c>.</summary>
    public static void CheckGateways(Field at, IReadOnlyList<string>? gateways)
    {
        foreach (var (gateway, each) in at.Each(gateways)) CheckGateway(each, gateway);
    }

    private static void CheckGateway(Field at, string gateway)
    {
        var slash = gateway.IndexOf('/');
        if (slash >= 0)
        {
            var scope = gateway.AsSpan(0, slash);
            if ((scope is not "." && !IsLabel(scope)) || !IsLabel(gateway.AsSpan(slash + 1)))
            {
                at.Error(Codes.Name, $"{at.Path} \"{gateway}\" does not name a gateway",
                    "write namespace/name, both as plain names");
            }
        }
        else if (!Hosts.IsFullyQualified(gateway))
        {
            at.Error(Codes.Name, $"{at.Path} \"{gateway}\" does not name a gateway",
                "write the name of a Gateway, or namespace/name");
        }
        else if (gateway.Split('.') is [var name, var place, ..])
        {
            at.Warning(Codes.SchemaWarning, $"{at.Path} \"{gateway}\" uses the old form name.namespace", $"write {place}/{name}");
        }
    }
}
