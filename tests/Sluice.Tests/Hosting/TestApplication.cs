using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sluice.Transport.Server;
using Sluice.Transport.Tests.Wire;

namespace Sluice.Tests.Hosting;

/// <summary>Stands in for the request pipeline.</summary>
internal sealed class TestApplication(RequestDelegate handler) : IRequestHandler
{
    public static Task AnswerAsync(HttpContext context, string text)
    {
        context.Response.ContentLength = text.Length;
        return context.Response.WriteAsync(text);
    }

    /// <summary>Answers <c>/held</c> once the gate opens, and everything else at once.</summary>
    public static RequestDelegate Held(Gate gate) => async context =>
    {
        if (context.Request.Path == "/held")
            await gate.PassAsync();
        await AnswerAsync(context, "done");
    };

    /// <summary>Answers with an upgrade that sends back what it gets.</summary>
    public static async Task UpgradeAsync(HttpContext context)
    {
        var stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        var buffer = new byte[16];
        while (await stream.ReadAsync(buffer) is var count and > 0)
            await stream.WriteAsync(buffer.AsMemory(0, count));
    }

    public object Open(IFeatureCollection features) => new DefaultHttpContext(features);

    public ValueTask AnswerAsync(object context) => new(handler((HttpContext)context));

    public void Refused(IFeatureCollection features, int status, string details)
    {
    }

    public void Close(object context, Exception? exception)
    {
    }
}
