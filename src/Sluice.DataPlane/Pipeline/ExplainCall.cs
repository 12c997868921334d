namespace Sluice.DataPlane.Pipeline;

/// <summary>A request to be explained. What is absent has the default of a plain GET.</summary>
<<<<<<< HEAD
/// <remarks>Settable, not init-only: the JSON reader would set what is absent to null.</remarks>
public sealed class ExplainCall
=======
/// <remarks>The serializer assigns null to what JSON leaves out, which stands for the default here.</remarks>
public sealed record ExplainCall
>>>>>>> exe
{
    private const string Http = "http";
    private const string Plaintext = "plaintext";
    private const string Get = "GET";
    private const string Root = "/";

    /// <summary>Port of the Gateway server, or the port that is bound for it.</summary>
    public int? Port { get; set; }

    /// <summary><c>http</c>, <c>http2</c> or <c>tcp</c>.</summary>
<<<<<<< HEAD
    public string Protocol { get; set; } = "http";

    /// <summary><c>plaintext</c>, <c>tls</c>, or <c>mtls</c> for a client that shows a certificate.</summary>
    public string Tls { get; set; } = "plaintext";
=======
    public string Protocol { get; init => field = value ?? Http; } = Http;

    /// <summary><c>plaintext</c>, <c>tls</c>, or <c>mtls</c> for a client that shows a certificate.</summary>
    public string Tls { get; init => field = value ?? Plaintext; } = Plaintext;
>>>>>>> exe

    /// <summary>Server name in the ClientHello; null for none.</summary>
    public string? Sni { get; set; }

    /// <summary>Protocol that the client offers by ALPN; null for none.</summary>
    public string? Alpn { get; set; }

    /// <summary>Host header or <c>:authority</c>; null for the server name.</summary>
    public string? Host { get; set; }

    /// <summary>Method.</summary>
<<<<<<< HEAD
    public string Method { get; set; } = "GET";

    /// <summary>Path and query.</summary>
    public string Path { get; set; } = "/";
=======
    public string Method { get; init => field = value ?? Get; } = Get;

    /// <summary>Path and query.</summary>
    public string Path { get; init => field = value ?? Root; } = Root;
>>>>>>> exe

    /// <summary>Header fields.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; set; }

    /// <summary>Address that the client connects to; null for any.</summary>
    public string? Address { get; set; }

    /// <summary><c>mesh</c> for the listener of calls between services; null for the gateway.</summary>
    public string? Gateway { get; set; }
}
