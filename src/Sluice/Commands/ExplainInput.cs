using System.Globalization;
using System.Net;
using Sluice.DataPlane.Pipeline;

namespace Sluice.Commands;

/// <summary>Reads a call to be explained from a command line.</summary>
internal static class ExplainInput
{
    private const int HttpPort = 80;
    private const int HttpsPort = 443;

    /// <summary>A call as curl would make it.</summary>
    /// <param name="method">Method.</param>
    /// <param name="url">URL of scheme http or https.</param>
    /// <param name="headers"><c>name: value</c> each; a Host takes the place of the URL's.</param>
    /// <exception cref="FormatException">One of them makes no sense.</exception>
    public static ExplainCall FromUrl(string method, string url, IReadOnlyList<string> headers)
    {
        var isHttps = url.StartsWith("https://", StringComparison.OrdinalIgnoreCase);
        if (!isHttps && !url.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
            throw new FormatException($"'{url}' is not a URL that begins with http:// or https://");
        var rest = url[(url.IndexOf("//", StringComparison.Ordinal) + 2)..].Split('#')[0];
        var end = rest.IndexOfAny(['/', '?']);
        var authority = end < 0 ? rest : rest[..end];
        // The path stays as it is written: normalising it is the gateway's business, and part of what is explained.
        var path = end < 0 ? "/" : rest[end] == '/' ? rest[end..] : "/" + rest[end..];
        var (name, port) = Split(authority, isHttps ? HttpsPort : HttpPort);

        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (field, value) in headers.Select(Field))
            fields[field] = fields.TryGetValue(field, out var before) ? $"{before},{value}" : value;
        var host = fields.Remove("Host", out var written) ? written : authority;
        return new ExplainCall
        {
            Port = port,
            Tls = isHttps ? CallTls.Tls : CallTls.Plaintext,
            // Addresses are no server names (RFC 6066 §3).
            Sni = isHttps && !IPAddress.TryParse(name, out _) ? name : null,
            Host = host,
            Method = method,
            Path = path,
            Headers = fields,
        };
    }

    private static (string Name, int Port) Split(string authority, int defaultPort)
    {
        var colon = authority.LastIndexOf(':');
        var hasPort = colon >= 0 && !authority[colon..].Contains(']', StringComparison.Ordinal);
        var name = (hasPort ? authority[..colon] : authority).Trim('[', ']');
        if (name.Length == 0)
            throw new FormatException("the URL has no host");
        if (!hasPort)
            return (name, defaultPort);
        return int.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= IPEndPoint.MaxPort
            ? (name, port)
            : throw new FormatException($"'{authority[(colon + 1)..]}' is not a port number");
    }

    private static (string Name, string Value) Field(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            ? (text[..colon].Trim(), text[(colon + 1)..].Trim())
            : throw new FormatException($"'{text}' is not of the form 'name: value'");
    }
}
