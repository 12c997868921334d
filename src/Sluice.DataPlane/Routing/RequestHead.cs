using Microsoft.AspNetCore.Http;

namespace Sluice.DataPlane.Routing;

/// <summary>What routing looks at of a request. The same view is made from a live request and from a call to be explained, so that both
/// meet the same matcher.</summary>
public readonly struct RequestHead
{
    /// <param name="method">Method, case kept.</param>
    /// <param name="scheme"><c>http</c> or <c>https</c>, after the trust in x-forwarded-proto was settled.</param>
    /// <param name="authority">Host header or <c>:authority</c> as received, with its port.</param>
    /// <param name="target">Origin-form target after path normalisation: path, and query when there is one.</param>
    /// <param name="headers">Request header fields.</param>
    public RequestHead(string method, string scheme, string authority, string target, IHeaderDictionary headers)
    {
        Method = method;
        Scheme = scheme;
        Authority = authority;
        Target = target;
        Headers = headers;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        _pathLength = query < 0 ? target.Length : query;
    }

    private readonly int _pathLength;

    /// <summary>Method, case kept.</summary>
    public string Method { get; }

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public string Scheme { get; }

    /// <summary>Host header or <c>:authority</c> as received, with its port.</summary>
    public string Authority { get; }

    /// <summary>Path and query.</summary>
    public string Target { get; }

    /// <summary>Request header fields.</summary>
    public IHeaderDictionary Headers { get; }

    /// <summary>The path, without query.</summary>
    public ReadOnlySpan<char> Path => Target.AsSpan(0, _pathLength);

    /// <summary>The query without its question mark; empty when there is none.</summary>
    public ReadOnlySpan<char> Query => _pathLength == Target.Length ? default : Target.AsSpan(_pathLength + 1);
}
