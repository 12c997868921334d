namespace Sluice.DataPlane.Pipeline;

/// <summary>A request to be explained. What is absent has the default of a plain GET.</summary>
/// <remarks>Settable, not init-only: the JSON reader would set what is absent to null.</remarks>
public sealed class ExplainCall
{
    /// <summary>Port of the Gateway server, or the port that is bound for it.</summary>
    public int? Port { get; set; }

    /// <summary><c>http</c>, <c>http2</c> or <c>tcp</c>.</summary>
    public string Protocol { get; set; } = "http";

    /// <summary><c>plaintext</c>, <c>tls</c>, or <c>mtls</c> for a client that shows a certificate.</summary>
    public string Tls { get; set; } = "plaintext";

    /// <summary>Server name in the ClientHello; null for none.</summary>
    public string? Sni { get; set; }

    /// <summary>Protocol that the client offers by ALPN; null for none.</summary>
    public string? Alpn { get; set; }

    /// <summary>Host header or <c>:authority</c>; null for the server name.</summary>
    public string? Host { get; set; }

    /// <summary>Method.</summary>
    public string Method { get; set; } = "GET";

    /// <summary>Path and query.</summary>
    public string Path { get; set; } = "/";

    /// <summary>Header fields.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; set; }

    /// <summary>Address that the client connects to; null for any.</summary>
    public string? Address { get; set; }

    /// <summary><c>mesh</c> for the listener of calls between services; null for the gateway.</summary>
    public string? Gateway { get; set; }
}
