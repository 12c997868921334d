using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Pipeline;

/// <summary>What holds for every request, whatever its listener: from the MeshConfig and the command line.</summary>
public sealed record EdgeSettings
{
    /// <summary>How many proxies in front are trusted (MeshConfig <c>gatewayTopology.numTrustedProxies</c>). With 0 the peer is the client.</summary>
    public int TrustedProxies { get; init; }

    /// <summary>How the path is normalised before it is matched and forwarded (MeshConfig <c>pathNormalization</c>).</summary>
    public PathNormalization PathNormalization { get; init; } = PathNormalization.Base;

    /// <summary>Value of the <c>server</c> header on answers; null leaves the upstream's.</summary>
    public string? ServerHeader { get; init; } = "istio-envoy";

    /// <summary>Whether HTTP/1.0 is served (<c>--http10</c>); else it is answered with 426, as in Istio.</summary>
    public bool Http10 { get; init; }

    /// <summary>Where access log lines go (MeshConfig <c>accessLogFile</c>); null or empty for nowhere, <c>/dev/stdout</c> for standard output.</summary>
    public string? AccessLogFile { get; init; }

    /// <summary>Format of a line in Envoy's command operators (MeshConfig <c>accessLogFormat</c>); null for Istio's default.</summary>
    public string? AccessLogFormat { get; init; }

    /// <summary>Whether lines are JSON objects (MeshConfig <c>accessLogEncoding: JSON</c>).</summary>
    public bool AccessLogJson { get; init; }
}
