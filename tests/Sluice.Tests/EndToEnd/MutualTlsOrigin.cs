using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sluice.Tests.EndToEnd;

/// <summary>An upstream that demands a certificate of its clients.</summary>
internal sealed class MutualTlsOrigin : IAsyncDisposable
{
    private readonly WebApplication _host;

    private MutualTlsOrigin(WebApplication host) => _host = host;

    public int Port =>
        new Uri(_host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

    /// <param name="certificate">What it shows, by the name that it is asked for.</param>
    /// <param name="accepts">Whether it takes a client's certificate.</param>
    /// <param name="answer">What it says to whoever showed one.</param>
    public static async Task<MutualTlsOrigin> StartAsync(
        Func<string?, X509Certificate2> certificate, Func<X509Certificate2, bool> accepts, Func<X509Certificate2, string> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, o => o.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificateSelector = (_, name) => certificate(name),
            ClientCertificateMode = ClientCertificateMode.RequireCertificate,
            ClientCertificateValidation = (shown, _, _) => accepts(shown),
        })));
        var host = builder.Build();
        host.Run(context => context.Response.WriteAsync(answer(context.Connection.ClientCertificate!)));
        await host.StartAsync();
        return new MutualTlsOrigin(host);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
