using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Clusters;

namespace Sluice.DataPlane.Routing;

/// <summary>When a failed attempt may be followed by another (HTTPRoute <c>retries</c>, or Istio's default without one). Acts on every
/// method, as in Istio.</summary>
public sealed record RetryPolicy
{
    private const int Conflict = 409;
    private const int LargestBackoff = 10;
    private const int MostDoublings = 4;

    /// <summary>Istio's policy for routes without <c>retries</c>: two more attempts when the connection failed or the stream was refused.</summary>
    public static readonly RetryPolicy Default = new();

    /// <summary>Attempts beyond the first; 0 turns retries off.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>Conditions.</summary>
    public RetryOn On { get; init; } =
        RetryOn.ConnectFailure | RetryOn.RefusedStream | RetryOn.GrpcUnavailable | RetryOn.GrpcCancelled | RetryOn.StatusCodes;

    /// <summary>HTTP status codes of <see cref="RetryOn.StatusCodes"/>.</summary>
    public int[] StatusCodes { get; init; } = [];

    /// <summary>Bound on one attempt; null for none but the route's timeout.</summary>
    public TimeSpan? PerTryTimeout { get; init; }

    /// <summary>Base of the back-off between attempts; the longest wait is ten times as long.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>Whether an endpoint that was tried is avoided on the next attempt (<c>retryIgnorePreviousHosts</c>).</summary>
    public bool AvoidPreviousEndpoints { get; init; } = true;

    /// <summary>Whether every second retry passes over the levels of localities that were tried, as long as others are left
    /// (<c>retryRemoteLocalities</c>, Envoy's <c>previous_priorities</c> with an update frequency of two).</summary>
    public bool TriesRemoteLocalities { get; init; }

    /// <summary>Whether an answer is one to try again for.</summary>
    /// <param name="status">Its HTTP status.</param>
    /// <param name="headers">Its fields; a gRPC status counts only where it is among them, as in answers without a body.</param>
    public bool RetriesAnswer(int status, IHeaderDictionary headers)
    {
        // Whoever limits the rate wants fewer requests, not more, unless the policy says that it knows.
        if (headers.ContainsKey("x-envoy-ratelimited"))
            return Has(RetryOn.RateLimited);
        return (Has(RetryOn.ServerError) && status is >= 500 and <= 599)
            || (Has(RetryOn.GatewayError) && status is 502 or 503 or 504)
            || (Has(RetryOn.Retriable4xx) && status == Conflict)
            || (Has(RetryOn.StatusCodes) && Array.IndexOf(StatusCodes, status) >= 0)
            || (Has(RetryConditions.AnyGrpc) && Has(RetryConditions.OfGrpcStatus(headers["grpc-status"])));
    }

    /// <summary>Whether an attempt without an answer is one to follow by another.</summary>
    /// <param name="met">All conditions that the failure meets.</param>
    public bool RetriesFailure(RetryOn met) => Has(met);

    /// <summary>Whether an attempt can be followed by another once its body is on its way, so that the body must be kept.</summary>
    /// <param name="protocol">What the upstream speaks; only HTTP/2 refuses streams.</param>
    /// <param name="grpc">Whether the request is gRPC; other answers have no gRPC status.</param>
    public bool MayRetryAfterBody(UpstreamProtocol protocol, bool grpc) => Attempts > 0
        && (Has(RetryOn.ServerError | RetryOn.GatewayError | RetryOn.Reset | RetryOn.Retriable4xx | RetryOn.RateLimited)
            || (Has(RetryOn.StatusCodes) && StatusCodes.Length > 0)
            || (Has(RetryOn.RefusedStream) && protocol == UpstreamProtocol.Http2)
            || (Has(RetryConditions.AnyGrpc) && grpc));

    /// <summary>How long to wait before a retry: anything from nothing to the base, three times, seven times the base, ..., at most ten
    /// times.</summary>
    /// <param name="number">Which retry it is, from 1.</param>
    /// <param name="dice">Draws uniformly from 0 to below its argument.</param>
    public TimeSpan BackoffBefore(int number, Func<int, int> dice)
    {
        var factor = number > MostDoublings ? LargestBackoff : Math.Min(LargestBackoff, (1 << number) - 1);
        var range = Math.Clamp(factor * Backoff.TotalMilliseconds, 1, int.MaxValue);
        return TimeSpan.FromMilliseconds(dice((int)range));
    }

    private bool Has(RetryOn conditions) => (On & conditions) != 0;
}
