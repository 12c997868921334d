using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Sluice.Transport.Server;

/// <summary>A handler as Kestrel wants it, for the protocols that are Kestrel's.</summary>
public sealed class KestrelApplication(IRequestHandler handler) : IHttpApplication<object>
{
    /// <inheritdoc/>
    public object CreateContext(IFeatureCollection contextFeatures) => handler.Open(contextFeatures);

    /// <inheritdoc/>
    public Task ProcessRequestAsync(object context) => handler.AnswerAsync(context).AsTask();

    /// <inheritdoc/>
    public void DisposeContext(object context, Exception? exception) => handler.Close(context, exception);
}
