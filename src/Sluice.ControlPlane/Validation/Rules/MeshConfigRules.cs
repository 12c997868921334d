using Sluice.Api.Mesh;
using Sluice.ControlPlane.Validation.Checks;
using Format = Sluice.DataPlane.Telemetry.AccessLogFormat;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of the MeshConfig.</summary>
internal static class MeshConfigRules
{
    private static readonly TimeSpan MaxConnectTimeout = TimeSpan.FromHours(1);

    /// <summary>Checks the MeshConfig.</summary>
    /// <param name="mesh">Its content.</param>
    /// <param name="at">Its root.</param>
    /// <param name="rootNamespace">The mesh's root namespace, to which it belongs.</param>
    public static void Check(MeshConfig mesh, Field at, string rootNamespace)
    {
        Numbers.CheckDuration(at["connectTimeout"], mesh.ConnectTimeout);
        if (mesh.ConnectTimeout > MaxConnectTimeout)
            at["connectTimeout"].Error(Codes.Duration, "connectTimeout is longer than an hour");
        Numbers.CheckDuration(at["dnsRefreshRate"], mesh.DnsRefreshRate);
        if (mesh.TcpKeepalive is { } keepalive) ConnectionPoolRules.CheckKeepalive(at["tcpKeepalive"], keepalive);
        if (mesh.DefaultHttpRetryPolicy is { } retries) HttpPolicyRules.CheckRetries(at["defaultHttpRetryPolicy"], retries);
        if (mesh.DefaultTrafficPolicy is { } policy) TrafficPolicyRules.Check(at["defaultTrafficPolicy"], policy, rootNamespace);
        if (mesh.LocalityLbSetting is { } locality)
            LocalityRules.Check(at["localityLbSetting"], locality, hasOutlierDetection: true);
        if (mesh.DefaultConfig is { } proxy) CheckProxy(at["defaultConfig"], proxy);
        if (mesh.AccessLogFormat is { Length: > 0 } format) CheckAccessLog(at["accessLogFormat"], format, mesh.AccessLogEncoding);
        CheckTrustDomain(at["trustDomain"], mesh.TrustDomain);
        foreach (var (alias, each) in at["trustDomainAliases"].Each(mesh.TrustDomainAliases)) CheckTrustDomain(each, alias);
        foreach (var (settings, each) in at["serviceSettings"].Each(mesh.ServiceSettings))
        {
            foreach (var (host, hostAt) in each["hosts"].Each(settings.Hosts)) Hosts.CheckWildcardDomain(hostAt, host);
        }

        ExtensionProviderRules.Check(at["extensionProviders"], mesh.ExtensionProviders);
    }

    private static void CheckProxy(Field at, ProxyConfig proxy)
    {
        Numbers.CheckCount(at["concurrency"], proxy.Concurrency);
        Numbers.CheckDuration(at["drainDuration"], proxy.DrainDuration);
        Numbers.CheckPercent(at["tracing"]["sampling"], proxy.Tracing?.Sampling, smallest: 0);
        if (proxy.Tracing?.TlsSettings is { } tls) ClientTlsRules.Check(at["tracing"]["tlsSettings"], tls, "");
        CheckCollector(at["tracing"]["zipkin"]["address"], proxy.Tracing?.Zipkin);
        CheckCollector(at["tracing"]["datadog"]["address"], proxy.Tracing?.Datadog);
    }

    private static void CheckCollector(Field at, TracerAddress? tracer)
    {
        if (tracer is null) return;
        var address = tracer.Address ?? "";
        var colon = address.LastIndexOf(':');
        var host = colon < 0 ? address : address[..colon].Replace("$(HOST_IP)", "127.0.0.1", StringComparison.Ordinal);
        if (colon < 0 || !ushort.TryParse(address.AsSpan(colon + 1), out var port) || port == 0
            || !(Hosts.IsFullyQualified(host) || Addresses.IsIp(host.Trim('[', ']'))))
        {
            at.Error(Codes.Address, $"{at.Path} \"{address}\" is not an address", "write host:port");
        }
    }

    private static void CheckAccessLog(Field at, string format, AccessLogEncoding? encoding)
    {
        if (!Format.TryParse(format, encoding == AccessLogEncoding.Json, out _, out var reason))
            at.Error(Codes.Format, $"{at.Path}: {reason}");
    }

    private static void CheckTrustDomain(Field at, string? domain)
    {
        if (domain is { Length: > 0 } && !domain.TrimEnd('.').Split('.').All(label => Names.IsLabel(label)))
        {
            at.Error(Codes.Name, $"{at.Path} \"{domain}\" is not a trust domain", "e.g. cluster.local");
        }
    }
}
