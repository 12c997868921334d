namespace Sluice.ControlPlane.Validation.Checks;

/// <summary>What a port speaks, as far as the checks tell protocols apart.</summary>
internal enum ProtocolKind
{
    Unknown,
    Http,
    Tls,
    Tcp,
    Udp,
}

/// <summary>Protocols of ports, in Istio's spelling; case does not matter.</summary>
internal static class Protocols
{
    private static readonly string[] Known =
        ["HTTP", "HTTP2", "GRPC", "GRPC-WEB", "HTTPS", "TLS", "TCP", "MONGO", "MYSQL", "REDIS"];

    /// <summary>The kind of a protocol by its name.</summary>
    public static ProtocolKind KindOf(string? protocol) => protocol?.ToUpperInvariant() switch
    {
        "HTTP" or "HTTP2" or "GRPC" or "GRPC-WEB" or "HTTP_PROXY" => ProtocolKind.Http,
        "HTTPS" or "TLS" => ProtocolKind.Tls,
        "TCP" or "MONGO" or "MYSQL" or "REDIS" or "HBONE" => ProtocolKind.Tcp,
        "UDP" => ProtocolKind.Udp,
        _ => ProtocolKind.Unknown,
    };

    /// <summary>Checks a protocol that has to be written.</summary>
    public static void CheckRequired(Field at, string? protocol)
    {
        if (string.IsNullOrEmpty(protocol))
            at.Error(Codes.Required, $"{at.Path} is missing: say what the port speaks", $"one of {List}");
        else CheckOptional(at, protocol);
    }

    /// <summary>Checks a protocol that may be left out (it is detected then).</summary>
    public static void CheckOptional(Field at, string? protocol)
    {
        if (!string.IsNullOrEmpty(protocol) && KindOf(protocol) == ProtocolKind.Unknown)
        {
            at.Error(Codes.Protocol, $"{at.Path} \"{protocol}\" is not a protocol that a port can speak",
                Suggestions.DidYouMean(protocol, Known) ?? $"one of {List}");
        }
    }

    private static string List => string.Join(", ", Known);
}
