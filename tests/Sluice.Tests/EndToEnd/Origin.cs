using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Sluice.Tests.EndToEnd;

/// <summary>An upstream on a free port of the loopback address.</summary>
internal sealed class Origin : IAsyncDisposable
{
    private readonly WebApplication _application;

    private Origin(WebApplication application) => _application = application;

    public int Port { get; private init; }

    /// <summary>Starts an origin that answers with the path it was asked for, or as told.</summary>
    public static async Task<Origin> StartAsync(RequestDelegate? answer = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        application.Run(answer ?? (context => context.Response.WriteAsync($"origin {context.Request.Path}")));
        await application.StartAsync();
        var address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new Origin(application) { Port = new Uri(address).Port };
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
