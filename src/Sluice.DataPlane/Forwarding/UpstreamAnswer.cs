using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Sluice.DataPlane.Telemetry;
using Sluice.Transport.Server;

namespace Sluice.DataPlane.Forwarding;

/// <summary>What becomes of an upstream's answer on its way to the client; the same over both carriers.</summary>
internal static class UpstreamAnswer
{
    private static readonly string[] SmallNumbers = [.. Enumerable.Range(0, 100).Select(n => n.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Whether the policy throws the answer away and another attempt is to be made. When it would, but no further attempt
    /// is possible, that is noted.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="attempt">Knows the answer's status.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="headers">Its header fields; asked only when the policy can want another attempt.</param>
    public static bool IsDiscarded<TAnswer>(Exchange exchange, Attempt attempt, TAnswer answer, Func<TAnswer, IHeaderDictionary> headers)
    {
        if (attempt is not { MayDiscard: true, Policy: { } policy } || !exchange.Body.CanReplay
            || !policy.RetriesAnswer(attempt.Status, headers(answer)))
            return false;
        return MayFollow(exchange, attempt);
    }

    /// <summary>Whether an attempt that the policy wants to follow by another can be: there are attempts left, and a place among the
    /// cluster's retries, which is taken. If not, that is noted.</summary>
    public static bool MayFollow(Exchange exchange, Attempt attempt)
    {
        if (attempt.IsLast)
            exchange.Info.Flags |= ResponseFlags.RetryLimitExceeded;
        else if (attempt.TryReserveRetry())
            return true;
        else
            exchange.Info.Flags |= ResponseFlags.UpstreamOverflow;
        return false;
    }

    /// <summary>Whether a header field goes on to the client: those of the connection and of Envoy's own dealings end here.</summary>
    /// <param name="name">Field name.</param>
    /// <param name="connection">The answer's <c>connection</c> field.</param>
    public static bool IsForwarded(string name, StringValues connection) =>
        !HopByHop.Is(name) && !name.StartsWith("x-envoy-", StringComparison.OrdinalIgnoreCase)
        && (connection.Count == 0 || !HttpTokens.Has(connection, name));

    /// <summary>What is changed of an accepted answer's fields once they are copied: it gets what the gateway has to say, how long the upstream
    /// took (most numbers are small and make no string) and the cookies that bind the client; and a 204 loses its length, which it must not
    /// declare (RFC 9110 §8.6), as careless servers do.</summary>
    public static void Finish(Exchange exchange)
    {
        var response = exchange.Response;
        if (exchange.SetCookies.Count > 0)
            response.Headers.SetCookie = StringValues.Concat(response.Headers.SetCookie, exchange.SetCookies);
        var milliseconds = exchange.Info.UpstreamServiceTime!.Value;
        response.Headers["x-envoy-upstream-service-time"] = milliseconds < SmallNumbers.Length
            ? SmallNumbers[milliseconds]
            : milliseconds.ToString(CultureInfo.InvariantCulture);
        if (response.StatusCode == StatusCodes.Status204NoContent)
            response.Headers.ContentLength = null;
    }

    /// <summary>Whether an answer declares content where there must be none (RFC 9110 §15.3.6). There is no way to send that on.</summary>
    public static bool HasForbiddenContent(int status, long? length) => status == StatusCodes.Status205ResetContent && length > 0;

    /// <summary>Passes a trailer field on, where the client can take it and it is one that may stand behind a body.</summary>
    public static void AddTrailer(Exchange exchange, string name, StringValues value)
    {
        if (name.Equals("grpc-status", StringComparison.OrdinalIgnoreCase))
            exchange.NoteGrpcStatus(value.ToString());
        if (exchange.Info.ResponseTrailers is { IsReadOnly: false } trailers && HopByHop.MayTrail(name))
            trailers.Append(name, value);
    }

    /// <summary>The client's trailers are open for <see cref="AddTrailer"/>, if it can take any.</summary>
    public static void OpenTrailers(Exchange exchange) =>
        exchange.Info.ResponseTrailers = exchange.Http.Features.Get<IHttpResponseTrailersFeature>()?.Trailers;
}
