namespace Sluice.DataPlane.Pipeline;

/// <summary>A request to be explained. What is absent has the default of a plain GET.</summary>
/// <remarks>The serializer assigns null to what JSON leaves out, which stands for the default here.</remarks>
public sealed record ExplainCall
{
    private const string Http = "http";
    private const string Plaintext = "plaintext";
    private const string Get = "GET";
    private const string Root = "/";

    /// <summary>Port of the Gateway server, or the port that is bound for it.</summary>
    public int? Port { get; init; }

    /// <summary><c>http</c>, <c>http2</c> or <c>tcp</c>.</summary>
    public string Protocol { get; init => field = value ?? Http; } = Http;

    /// <summary><c>plaintext</c>, <c>tls</c>, or <c>mtls</c> for a client that shows a certificate.</summary>
    public string Tls { get; init => field = value ?? Plaintext; } = Plaintext;

    /// <summary>Server name in the ClientHello; null for none.</summary>
    public string? Sni { get; init; }

    /// <summary>Protocol that the client offers by ALPN; null for none. No filter chain of a Gateway is chosen by it.</summary>
    public string? Alpn { get; init; }

    /// <summary>Host header or <c>:authority</c>; null for the server name.</summary>
    public string? Host { get; init; }

    /// <summary>Method.</summary>
    public string Method { get; init => field = value ?? Get; } = Get;

    /// <summary>Path and query.</summary>
    public string Path { get; init => field = value ?? Root; } = Root;

    /// <summary>Header fields.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Address that the client connects to; null for any.</summary>
    public string? Address { get; init; }

    /// <summary><c>mesh</c> for the listener of calls between services; null for the gateway.</summary>
    public string? Gateway { get; init; }
}
