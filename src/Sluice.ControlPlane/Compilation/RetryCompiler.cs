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
    /// <param name="isHashed">Whether clients keep to an endpoint: then an attempt may follow on the same one unless the block says
    /// otherwise.</param>
    public static RetryPolicy Compile(HttpRetry? retry, RetryPolicy meshDefault, bool isHashed = false)
    {
        if (retry is null)
            return isHashed ? meshDefault with { AvoidPreviousEndpoints = false } : meshDefault;
        if (retry.Attempts is not > 0)
            return Off;
        var policy = RetryPolicy.Default with
        {
            Attempts = retry.Attempts.Value,
            PerTryTimeout = retry.PerTryTimeout is { Ticks: > 0 } bound ? bound : null,
            Backoff = retry.Backoff is { Ticks: > 0 } backoff ? backoff : RetryPolicy.Default.Backoff,
            AvoidPreviousEndpoints = retry.RetryIgnorePreviousHosts ?? !isHashed,
            TriesRemoteLocalities = retry.RetryRemoteLocalities == true,
        };
        if (string.IsNullOrEmpty(retry.RetryOn))
            return policy;
        // Validation refuses unknown words.
        _ = RetryConditions.TryParse(retry.RetryOn, out var conditions, out _);
        return policy with { On = conditions.On, StatusCodes = conditions.StatusCodes };
    }

    private static readonly RetryPolicy Off = RetryPolicy.Default with { Attempts = 0 };
}
