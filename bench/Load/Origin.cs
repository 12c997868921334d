using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Sluice.Load;

/// <summary>An upstream that answers every request with its path, or always with the same words.</summary>
internal static class Origin
{
    public static async Task<WebApplication> StartAsync(int port, string? answer = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var application = builder.Build();
        application.Run(context => context.Response.WriteAsync(answer ?? context.Request.Path.Value ?? ""));
        await application.StartAsync();
        return application;
    }
}
