using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Sluice.DataPlane.Clusters;

/// <summary>TLS to the endpoints of a cluster (DestinationRule <c>trafficPolicy.tls</c>). Clusters with the same settings share one, also over a
/// reload; a change of a certificate makes another, and connections made with one are never used for another.</summary>
public sealed class UpstreamTls
{
    // Without a server name of its own the host of each request is asked for, and clients choose that: what they can make us remember
    // is bounded.
    private const int MostNames = 1024;

    // The same failure again and again is told once in this time.
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(10);

    private static readonly List<SslApplicationProtocol> Http2Only = [SslApplicationProtocol.Http2];

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ServerCertificateCheck _check;
    private readonly Names _http1;
    private readonly Names _http2;
    private string? _complaint;
    private long _complainedAt;

    /// <param name="settings">The settings.</param>
    /// <param name="time">The clock.</param>
    public UpstreamTls(UpstreamTlsSettings settings, TimeProvider time)
    {
        Settings = settings;
        _time = time;
        _check = new ServerCertificateCheck(settings, time);
        _http1 = new Names(name => Options(name, null));
        _http2 = new Names(name => Options(name, Http2Only));
    }

    /// <summary>The settings.</summary>
    public UpstreamTlsSettings Settings { get; }

    /// <summary>What a connection is made with, the same object for as long as connections can be shared.</summary>
    /// <param name="authority">Host of the request, as it is sent to the upstream.</param>
    /// <param name="http2">Whether HTTP/2 is to be agreed on.</param>
    internal SslClientAuthenticationOptions OptionsFor(string authority, bool http2) =>
        (http2 ? _http2 : _http1).Find(Settings.ServerName ?? HostOf(authority));

    /// <summary>Whether a failure is worth a line in the log: another one than the last, or the same after a while.</summary>
    /// <param name="reason">What went wrong.</param>
    internal bool IsNews(string reason)
    {
        var now = _time.GetTimestamp();
        lock (_gate)
        {
            if (reason == _complaint && _time.GetElapsedTime(_complainedAt, now) < QuietTime)
                return false;
            (_complaint, _complainedAt) = (reason, now);
            return true;
        }
    }

    /// <summary>The host in an authority, without port and brackets.</summary>
    internal static ReadOnlySpan<char> HostOf(ReadOnlySpan<char> authority)
    {
        if (authority is ['[', ..] && authority.IndexOf(']') is > 0 and var end)
            return authority[1..end];
        var colon = authority.LastIndexOf(':');
        return colon < 0 ? authority : authority[..colon];
    }

    private SslClientAuthenticationOptions Options(string name, List<SslApplicationProtocol>? protocols)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (Settings.Authorities.Length > 0)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(Settings.Authorities);
        }
        return new SslClientAuthenticationOptions
        {
            TargetHost = name,
            ApplicationProtocols = protocols,
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateChainPolicy = policy,
            RemoteCertificateValidationCallback = _check.Verify,
            ClientCertificateContext = Settings.Certificate,
            AllowRenegotiation = false,
            // A resumed session would skip what has changed since it began.
            AllowTlsResume = false,
        };
    }

    /// <summary>Options by the name that they ask for.</summary>
    private sealed class Names(Func<string, SslClientAuthenticationOptions> make)
    {
        private readonly ConcurrentDictionary<string, SslClientAuthenticationOptions> _byName = new(StringComparer.OrdinalIgnoreCase);

        public SslClientAuthenticationOptions Find(ReadOnlySpan<char> name)
        {
            if (_byName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var known))
                return known;
            // Forgotten options cost their connections another handshake, no more.
            if (_byName.Count >= MostNames)
                _byName.Clear();
            return _byName.GetOrAdd(name.ToString(), make);
        }
    }
}
