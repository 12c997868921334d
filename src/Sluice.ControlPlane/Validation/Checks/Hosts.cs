namespace Sluice.ControlPlane.Validation.Checks;

/// <summary>Host names in Istio's forms: fully qualified, or with a leading wildcard.</summary>
internal static class Hosts
{
    private const int MaxLength = 255;
    private const string GeneratedSni = "outbound_";
    private const string WildcardHint = "a * may only stand alone or at the very beginning, as in *.example.com";

    /// <summary>Whether the text is a name of DNS labels without wildcard; a closing dot is allowed, a numeric last label is
    /// not.</summary>
    public static bool IsFullyQualified(ReadOnlySpan<char> host) => host.Length is > 0 and <= MaxLength && AreLabels(host);

    /// <summary>Whether the text is a host name whose first label may begin with, or be, a wildcard.</summary>
    public static bool IsWildcardDomain(ReadOnlySpan<char> host)
    {
        if (host.Length is 0 or > MaxLength) return false;
        var dot = host.IndexOf('.');
        return dot < 0 ? IsWildcardLabel(host) : IsWildcardLabel(host[..dot]) && AreLabels(host[(dot + 1)..]);
    }

    /// <summary>Whether the text is one for a VirtualService at a gateway: there, the SNI names that Istio generates
    /// (<c>outbound_.PORT_.SUBSET_.HOST</c>) are allowed beside wildcard domains.</summary>
    /// <param name="host">The host.</param>
    /// <param name="sni">Whether the VirtualService routes by SNI.</param>
    public static bool IsGatewayDomain(ReadOnlySpan<char> host, bool sni)
    {
        if (!sni || !host.StartsWith(GeneratedSni + ".", StringComparison.Ordinal)) return IsWildcardDomain(host);
        return host.Length <= MaxLength && host.Length > GeneratedSni.Length + 1
            && char.IsAsciiDigit(host[GeneratedSni.Length + 1]);
    }

    /// <summary>Whether a wildcard covers part of a label (<c>*foo.com</c>), which Gateways refuse.</summary>
    public static bool IsPartialWildcard(string host) =>
        host.Length > 1 && host.Contains('*') && !host.StartsWith("*.", StringComparison.Ordinal);

    /// <summary>Whether some name matches both; a wildcard matches every name with its suffix.</summary>
    public static bool Overlap(string a, string b)
    {
        var (wildA, wildB) = (a.StartsWith('*'), b.StartsWith('*'));
        if (!wildA && !wildB) return a == b;
        var suffixA = a.AsSpan(wildA ? 1 : 0);
        var suffixB = b.AsSpan(wildB ? 1 : 0);
        if (wildA && wildB)
            return suffixA.EndsWith(suffixB, StringComparison.Ordinal) || suffixB.EndsWith(suffixA, StringComparison.Ordinal);
        return wildA ? suffixB.EndsWith(suffixA, StringComparison.Ordinal) : suffixA.EndsWith(suffixB, StringComparison.Ordinal);
    }

    /// <summary>Whether every name that matches the first also matches the second.</summary>
    public static bool IsWithin(string narrow, string wide)
    {
        if (!wide.StartsWith('*')) return narrow == wide;
        var name = narrow.AsSpan(narrow.StartsWith('*') ? 1 : 0);
        return name.EndsWith(wide.AsSpan(1), StringComparison.Ordinal);
    }

    /// <summary>Checks a host that may begin with a wildcard.</summary>
    public static void CheckWildcardDomain(Field at, string? host)
    {
        if (string.IsNullOrEmpty(host)) at.Error(Codes.Required, $"{at.Path} is missing: name a host");
        else if (!IsWildcardDomain(host)) RefuseHost(at, host);
    }

    /// <summary>Reports a text that is no host name.</summary>
    public static void RefuseHost(Field at, string host) =>
        at.Error(Codes.HostName, $"{at.Path} \"{Shorten(host)}\" is not a host name", host.Contains('*') ? WildcardHint
            : HintFor(host));

    /// <summary>Checks a host of a Gateway's server: <c>[namespace/]dnsName</c>.</summary>
    public static void CheckServerHost(Field at, string host, bool generated)
    {
        var slash = host.IndexOf('/');
        var name = slash < 0 ? host : host[(slash + 1)..];
        if (slash >= 0)
        {
            var scope = host.AsSpan(0, slash);
            if (scope is not ("*" or ".") && !(generated && scope is "~") && !Names.IsLabel(scope))
            {
                at.Error(Codes.Name, $"{at.Path} \"{host}\" does not begin with a namespace",
                    "before the slash stands a namespace, . for the Gateway's own, or * for all");
            }
        }

        if (name.Length == 0) at.Error(Codes.HostName, $"{at.Path} \"{host}\" names no host");
        else if (IsPartialWildcard(name))
            at.Error(Codes.HostName, $"{at.Path} \"{host}\" covers part of a label", PartialHint(name));
        else if (!IsWildcardDomain(name) && !Addresses.IsIp(name)) RefuseHost(at, name);
        else if (name != "*" && !name.Contains('.') && !Addresses.IsIp(name))
        {
            at.Error(Codes.HostName, $"{at.Path} \"{host}\" is a short name, which a Gateway can't serve",
                "write the full host name, or *");
        }
    }

    private static string PartialHint(string name)
    {
        var plain = name.Replace("*", "", StringComparison.Ordinal).TrimStart('.', '-');
        return plain.Contains('.') && IsFullyQualified(plain) ? $"write *.{plain}" : WildcardHint;
    }

    private static string HintFor(string host)
    {
        if (host.Contains(':')) return "leave out the port and the scheme";
        return host.Length > MaxLength ? "at most 255 characters" : "use letters, digits, hyphens and dots";
    }

    private static string Shorten(string host) => host.Length <= 80 ? host : host[..77] + "...";

    private static bool IsWildcardLabel(ReadOnlySpan<char> label)
    {
        if (label.Length > 63) return false;
        if (label is "*") return true;
        if (label is ['*', '-', .. var afterHyphen]) return Names.IsLabel(afterHyphen);
        return Names.IsLabel(label is ['*', .. var rest] ? rest : label);
    }

    private static bool AreLabels(ReadOnlySpan<char> host)
    {
        var last = host[(host.LastIndexOf('.') + 1)..];
        if (last.Length > 0 && !last.ContainsAnyExceptInRange('0', '9')) return false;
        foreach (var range in host.Split('.'))
        {
            var label = host[range];
            if (label.IsEmpty && range.End.Value == host.Length && range.Start.Value > 0) return true;
            if (!Names.IsLabel(label)) return false;
        }

        return true;
    }
}
