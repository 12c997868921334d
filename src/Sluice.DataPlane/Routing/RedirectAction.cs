namespace Sluice.DataPlane.Routing;

/// <summary>Answers with a redirect (HTTPRoute <c>redirect</c>). Null fields keep the request's own part.</summary>
public sealed class RedirectAction : RouteAction
{
    /// <summary>301, 302, 303, 307 or 308.</summary>
    public required int Status { get; init; }

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public string? Scheme { get; init; }

    /// <summary>Host, with a port when one was written.</summary>
    public string? Authority { get; init; }

    /// <summary>Port to put behind the host, already without the default ports of the scheme; null keeps what the host has.</summary>
    public int? Port { get; init; }

    /// <summary>Replaces the whole path (HTTPRedirect <c>uri</c>); with a query of its own, the query as well.</summary>
    public string? Path
    {
        get;
        init => field = value is null ? null : TargetText.Encode(value);
    }

    /// <summary>Replaces the matched prefix (HTTPRedirect <c>prefixRewrite</c>): the prefix, and what to put in its place.</summary>
    public (string Prefix, string Replacement)? PrefixRewrite
    {
        get;
        init => field = value is var (prefix, replacement) ? (prefix, TargetText.Encode(replacement)) : null;
    }

    /// <summary>The value of <c>location</c>: <c>scheme://authority[:port]path[?query]</c>.</summary>
    public string Location(in RequestHead head)
    {
        var scheme = Scheme ?? head.Scheme;
        var host = Port is { } port
            ? $"{HostTable.WithoutPort(Authority ?? head.Authority)}:{port}"
            : Authority ?? WithoutDefaultPort(head, scheme);
        return $"{scheme}://{host}{Target(head)}";
    }

    private string Target(in RequestHead head)
    {
        if (PrefixRewrite is var (prefix, replacement))
            return TargetText.ReplacePrefix(head.Target, prefix, replacement);
        if (Path is null)
            return TargetText.Rooted(head.Target);
        return TargetText.Rooted(Path.Contains('?', StringComparison.Ordinal)
            ? Path
            : string.Concat(Path, head.Target.AsSpan(head.Path.Length)));
    }

    // Where the scheme changes, the default port of the old one would point to the wrong place.
    private static string WithoutDefaultPort(in RequestHead head, string scheme)
    {
        var host = HostTable.WithoutPort(head.Authority);
        var port = head.Authority.AsSpan(host.Length);
        return scheme != head.Scheme && port is ":80" or ":443" && port.SequenceEqual(head.Scheme == "https" ? ":443" : ":80")
            ? host.ToString()
            : head.Authority;
    }
}
