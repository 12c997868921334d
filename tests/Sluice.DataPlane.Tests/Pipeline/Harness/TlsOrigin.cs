using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sluice.DataPlane.Tests.Pipeline.Harness;

/// <summary>An upstream that speaks TLS, with HTTP/2 or HTTP/1.1 as agreed on. It answers with what it saw of the client.</summary>
internal sealed class TlsOrigin : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TlsOrigin(WebApplication app) => _app = app;

    /// <summary>What it shows; may be changed at any time.</summary>
    public required X509Certificate2 Certificate { get; set; }

    /// <summary>Further certificates that it sends.</summary>
    public X509Certificate2Collection Chain { get; init; } = [];

    /// <summary>Whose certificates clients must have; null when they need none.</summary>
    public X509Certificate2? ClientAuthority { get; init; }

    public SslProtocols Protocols { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>The server name of each handshake.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public int Handshakes => Asked.Count;

    public int Port => new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    public static async Task<TlsOrigin> StartAsync(
        X509Certificate2 certificate, X509Certificate2? clientAuthority = null, X509Certificate2[]? chain = null,
        SslProtocols protocols = SslProtocols.Tls12 | SslProtocols.Tls13)
    {
        TlsOrigin? origin = null;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, o => o.UseHttps(new Microsoft.AspNetCore.Server.Kestrel.Https.TlsHandshakeCallbackOptions
        {
            OnConnection = hello => ValueTask.FromResult(origin!.Options(hello.ClientHelloInfo)),
        })));
        var app = builder.Build();
        app.Run(AnswerAsync);
        origin = new TlsOrigin(app) { Certificate = certificate, ClientAuthority = clientAuthority, Chain = [.. chain ?? []], Protocols = protocols };
        await app.StartAsync(TestContext.Current.CancellationToken);
        return origin;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private SslServerAuthenticationOptions Options(SslClientHelloInfo hello)
    {
        Asked.Enqueue(hello.ServerName);
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(Certificate, Chain, offline: true),
            EnabledSslProtocols = Protocols,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            ClientCertificateRequired = ClientAuthority is not null,
            RemoteCertificateValidationCallback = (_, shown, chain, _) => ClientAuthority is null || IsIssuedByAuthority(shown, chain),
        };
    }

    private bool IsIssuedByAuthority(X509Certificate? shown, X509Chain? chain)
    {
        if (shown is not X509Certificate2 leaf || chain is null)
            return false;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(ClientAuthority!);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(leaf);
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        var client = context.Features.Get<ITlsConnectionFeature>()?.ClientCertificate;
        await context.Response.WriteAsync(
            $"{context.Request.Protocol} {context.Request.Scheme} {context.Request.Host} client={client?.SerialNumber ?? "none"}", context.RequestAborted);
    }
}
