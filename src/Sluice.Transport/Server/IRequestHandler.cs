using Microsoft.AspNetCore.Http.Features;

namespace Sluice.Transport.Server;

/// <summary>What answers the requests of an <see cref="Http1Server"/>, and through <see cref="KestrelApplication"/> those of Kestrel. As
/// <c>IHttpApplication</c>, but answering makes no task.</summary>
public interface IRequestHandler
{
    /// <summary>A request's head is there.</summary>
    /// <param name="features">The request and its answer: an object that serves one request after the other, and may be an
    /// <see cref="Microsoft.AspNetCore.Hosting.Server.Abstractions.IHostContextContainer{TContext}"/> of <see cref="object"/>, where the
    /// context can be kept for the next one.</param>
    /// <returns>What the handler wants to be given for this request.</returns>
    object Open(IFeatureCollection features);

    /// <summary>Answers it. An exception makes an answer of 500, or breaks the connection when the answer has begun.</summary>
    ValueTask AnswerAsync(object context);

    /// <summary>What came was no request: it was refused, and the connection closes.</summary>
    /// <param name="features">Empty but for what is known of the connection.</param>
    /// <param name="status">Status that the client got.</param>
    /// <param name="details">Why, in one word.</param>
    void Refused(IFeatureCollection features, int status, string details);

    /// <summary>The answer is with the kernel, or will never be.</summary>
    void Close(object context, Exception? exception);
}
