using System.Globalization;
using Sluice.Api.Networking;
using Sluice.DataPlane.Routing;

namespace Sluice.ControlPlane.Compilation;

/// <summary>Compiles faults, cross-origin rules and shares of requests.</summary>
/// <remarks>https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPFaultInjection and #CorsPolicy.</remarks>
internal static class PolicyCompiler
{
    private const int Million = 1_000_000;
    private const int MillionthsPerPercent = 10_000;

    // In the order of their numbers.
    private static readonly string[] GrpcStatuses =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE",
        "DATA_LOSS", "UNAUTHENTICATED",
    ];

    /// <summary>Compiles <c>fault</c>; null when it never strikes. Without a percentage none of the requests is meant.</summary>
    public static FaultInjector? Fault(HttpFaultInjection? fault)
    {
        if (fault is null)
            return null;
        var delay = fault.Delay is { FixedDelay: { Ticks: > 0 } } written ? written : null;
        var abort = fault.Abort is { } a && (a.HttpStatus is > 0 || !string.IsNullOrEmpty(a.GrpcStatus)) ? a : null;
        var injector = new FaultInjector
        {
            Delay = delay?.FixedDelay ?? TimeSpan.Zero,
            DelayMillionths = delay is null ? 0
                : delay.Percentage is not null ? Millionths(delay.Percentage)
                : Millionths(delay.Percent ?? 0),
            AbortStatus = abort is { GrpcStatus: null or "" } ? abort.HttpStatus!.Value : 0,
            AbortGrpcStatus = abort is { GrpcStatus.Length: > 0 } ? Array.IndexOf(GrpcStatuses, abort.GrpcStatus) : null,
            AbortMillionths = abort is null ? 0 : Millionths(abort.Percentage),
        };
        return injector.DelayMillionths == 0 && injector.AbortMillionths == 0 ? null : injector;
    }

    /// <summary>Compiles <c>corsPolicy</c>.</summary>
    public static CorsResponder? Cors(CorsPolicy? policy, MatchCompiler matches)
    {
        if (policy is null)
            return null;
        var origins = policy.AllowOrigins is { } list
            ? list.Select(o => matches.Value(o)).OfType<StringMatcher>()
            : (policy.AllowOrigin ?? []).Select(o => StringMatcher.Exact(o));
        return new CorsResponder
        {
            Origins = [.. origins],
            Methods = Join(policy.AllowMethods),
            Headers = Join(policy.AllowHeaders),
            Exposed = Join(policy.ExposeHeaders),
            MaxAge = policy.MaxAge is { } age ? ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture) : null,
            Credentials = policy.AllowCredentials == true,
            ForwardUnmatchedPreflights = policy.UnmatchedPreflights != UnmatchedPreflights.Ignore,
        };
    }

    /// <summary>The share of requests to mirror: <c>mirrorPercentage</c>, else the old <c>mirrorPercent</c>, else all.</summary>
    public static int MirrorShare(Percent? percentage, uint? percent = null) =>
        percentage is not null ? Millionths(percentage) : percent is { } old ? Millionths(old) : Million;

    private static int Millionths(Percent? percent) => Millionths(percent?.Value ?? 0);

    // Truncated, as Istio does.
    private static int Millionths(double percent) => (int)Math.Clamp(percent * MillionthsPerPercent, 0, Million);

    private static string? Join(IReadOnlyList<string>? values) => values is { Count: > 0 } ? string.Join(',', values) : null;
}
