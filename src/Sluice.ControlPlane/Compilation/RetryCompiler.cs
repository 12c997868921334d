using System.Globalization;
using Sluice.Api.Networking;
using Sluice.DataPlane.Routing;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Compiles <c>retries</c>.</summary>
/// <remarks>https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRetry. Without the block the MeshConfig's default
/// holds, or Istio's; with it, <c>attempts</c> has no default: left out it means 0, which turns retries off.</remarks>
internal static class RetryCompiler
{
    /// <summary>What holds for routes without the block.</summary>
    public static RetryPolicy Default(HttpRetry? mesh) => Compile(mesh, RetryPolicy.Default);

    /// <summary>Compiles a block.</summary>
    /// <param name="retry">The block; null when the route has none.</param>
    /// <param name="meshDefault">What holds without the block.</param>
    public static RetryPolicy Compile(HttpRetry? retry, RetryPolicy meshDefault)
    {
        if (retry is null)
            return meshDefault;
        if (retry.Attempts is not > 0)
            return Off;
        var policy = RetryPolicy.Default with
        {
            Attempts = retry.Attempts.Value,
            PerTryTimeout = retry.PerTryTimeout is { Ticks: > 0 } bound ? bound : null,
            Backoff = retry.Backoff is { Ticks: > 0 } backoff ? backoff : RetryPolicy.Default.Backoff,
            AvoidPreviousEndpoints = retry.RetryIgnorePreviousHosts ?? true,
        };
        if (string.IsNullOrEmpty(retry.RetryOn))
            return policy;
        var on = RetryOn.None;
        var codes = new List<int>();
        foreach (var item in retry.RetryOn.Split(','))
        {
            if (int.TryParse(item, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is >= 100 and <= 599)
                codes.Add(code);
            else
                on |= Condition(item);
        }
        if (codes.Count > 0)
            on |= RetryOn.StatusCodes;
        return policy with { On = on, StatusCodes = [.. codes] };
    }

    private static readonly RetryPolicy Off = RetryPolicy.Default with { Attempts = 0 };

    // Unknown conditions are refused by validation; those that only HTTP/3 upstreams know never occur.
    private static RetryOn Condition(string item) => item switch
    {
        "5xx" => RetryOn.ServerError,
        "gateway-error" => RetryOn.GatewayError,
        "reset" => RetryOn.Reset,
        "reset-before-request" => RetryOn.ResetBeforeRequest,
        "connect-failure" => RetryOn.ConnectFailure,
        "refused-stream" => RetryOn.RefusedStream,
        "retriable-4xx" => RetryOn.Retriable4xx,
        "retriable-status-codes" => RetryOn.StatusCodes,
        "retriable-headers" => RetryOn.RetriableHeaders,
        "envoy-ratelimited" => RetryOn.RateLimited,
        "cancelled" => RetryOn.GrpcCancelled,
        "deadline-exceeded" => RetryOn.GrpcDeadlineExceeded,
        "internal" => RetryOn.GrpcInternal,
        "resource-exhausted" => RetryOn.GrpcResourceExhausted,
        "unavailable" => RetryOn.GrpcUnavailable,
        _ => RetryOn.None,
    };
}
