using System.Security.Authentication;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Telemetry;
using Sluice.Transport.Upstream;

namespace Sluice.DataPlane.Forwarding;

/// <summary>What does not change from request to request of a connection; looked up once.</summary>
internal sealed class ClientConnection
{
    private ProxyHeader? _proxyV1;
    private ProxyHeader? _proxyV2;
    private string? _serverName;
    private string? _tlsVersion;
    private string? _tlsCipher;

    /// <summary>The features of the connection.</summary>
    public IFeatureCollection Features { get; private set; } = new FeatureCollection();

    /// <summary>The client's end.</summary>
    public AddressText Peer { get; } = new();

    /// <summary>Our end.</summary>
    public AddressText Local { get; } = new();

    /// <summary>Whether it is encrypted.</summary>
    public bool IsTls { get; private set; }

    /// <summary>The key of the listener that accepted it, as the pipeline knows it; null before the first request. Not the listener: a
    /// connection that waits must not keep a snapshot alive.</summary>
    public object? ListenerKey { get; set; }

    /// <summary>The place where the connection lives, as the upstream transport numbers them; null before it was asked.</summary>
    public int? Place { get; set; }

    /// <summary>Takes up another connection, or another stream of one.</summary>
    public void Take(IFeatureCollection features)
    {
        Features = features;
        (ListenerKey, Place) = (null, null);
        if (features.Get<IHttpConnectionFeature>() is { } connection)
        {
            Peer.Set(connection.RemoteIpAddress, connection.RemotePort);
            Local.Set(connection.LocalIpAddress, connection.LocalPort);
        }
        IsTls = features.Get<ITlsConnectionFeature>() is not null;
        (_serverName, _tlsVersion, _tlsCipher) = (null, null, null);
        (_proxyV1, _proxyV2) = (null, null);
        if (features.Get<ITlsHandshakeFeature>() is not { } tls)
            return;
        _serverName = string.IsNullOrEmpty(tls.HostName) ? null : tls.HostName;
        _tlsVersion = tls.Protocol == SslProtocols.Tls13 ? "TLSv1.3" : "TLSv1.2";
        _tlsCipher = tls.NegotiatedCipherSuite?.ToString();
    }

    /// <summary>The PROXY header that tells an upstream of it; null where there is to be none. It names the ends of the connection, whatever
    /// header fields say about the client, as in Envoy.</summary>
    public ProxyHeader? ProxyHeader(ProxyHeaderVersion? version) => version switch
    {
        null => null,
        ProxyHeaderVersion.V1 => _proxyV1 ??= Sluice.Transport.Upstream.ProxyHeader.V1(Peer.EndPoint, Local.EndPoint),
        _ => _proxyV2 ??= Sluice.Transport.Upstream.ProxyHeader.V2(Peer.EndPoint, Local.EndPoint),
    };

    /// <summary>Notes what is known of it among the facts of a request.</summary>
    public void Describe(RequestInfo info)
    {
        info.DownstreamDirectRemoteAddress = info.DownstreamRemoteAddress = Peer.Text;
        info.DownstreamLocalAddress = Local.Text;
        info.RequestedServerName = _serverName;
        info.DownstreamTlsVersion = _tlsVersion;
        info.DownstreamTlsCipher = _tlsCipher;
    }
}
