namespace Sluice.DataPlane.Pipeline;

/// <summary>What a call speaks.</summary>
public enum CallProtocol
{
    /// <summary>HTTP/1.1.</summary>
    Http,

    /// <summary>HTTP/2.</summary>
    Http2,

    /// <summary>Opaque bytes.</summary>
    Tcp,
}

/// <summary>How a call is secured.</summary>
public enum CallTls
{
    /// <summary>Not at all.</summary>
    Plaintext,

    /// <summary>TLS without a client certificate.</summary>
    Tls,

    /// <summary>TLS with a client certificate.</summary>
    Mtls,
}

/// <summary>A request as someone might send it, to be explained.</summary>
/// <remarks>The serializer assigns null to what JSON leaves out; that stands for the default.</remarks>
public sealed record ExplainCall
{
    private const string Get = "GET";
    private const string Root = "/";
    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    /// <summary>Port that the Gateway server declares; where there is none, the port that is bound.</summary>
    public int Port { get; init; }

    /// <summary>What it speaks.</summary>
    public CallProtocol Protocol { get; init; }

    /// <summary>How it is secured.</summary>
    public CallTls Tls { get; init; }

    /// <summary>Server name of the TLS handshake; null for none.</summary>
    public string? Sni { get; init; }

    /// <summary>Protocol that the client offers in the TLS handshake. It decides nothing: servers take both versions of HTTP, and what is not
    /// terminated is told apart by its server name alone.</summary>
    public string? Alpn { get; init; }

    /// <summary>Host header or <c>:authority</c>.</summary>
    public string Host { get; init => field = value ?? ""; } = "";

    /// <summary>Method.</summary>
    public string Method { get; init => field = value ?? Get; } = Get;

    /// <summary>Path and query, as sent.</summary>
    public string Path { get; init => field = value ?? Root; } = Root;

    /// <summary>Other header fields.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init => field = value ?? None; } = None;

    /// <summary>Local address that the call comes in at; null for any.</summary>
    public string? Address { get; init; }

    /// <summary><c>mesh</c> for the listener of calls between services; null for the Gateways.</summary>
    public string? Gateway { get; init; }
}
