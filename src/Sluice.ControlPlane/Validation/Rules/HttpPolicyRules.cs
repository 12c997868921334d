using System.Collections.Frozen;
using Sluice.Api.Networking;
using Sluice.ControlPlane.Validation.Checks;
using Sluice.DataPlane.Routing;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of what a route does besides routing: timeout, retries, faults and CORS.</summary>
internal static class HttpPolicyRules
{
    private static readonly FrozenSet<string> GrpcStatuses = FrozenSet.Create(
        StringComparer.Ordinal,
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE",
        "DATA_LOSS", "UNAUTHENTICATED");

    /// <summary>Checks the policies of one route.</summary>
    public static void Check(Field at, HttpRoute route)
    {
        Numbers.CheckDuration(at["timeout"], route.Timeout);
        if (route.Retries is { } retries) CheckRetries(at["retries"], retries);
        if (route.Fault is { } fault) CheckFault(at["fault"], fault);
        if (route.CorsPolicy is { } cors) CheckCors(at["corsPolicy"], cors);
    }

    /// <summary>Checks a retry policy.</summary>
    public static void CheckRetries(Field at, HttpRetry retries)
    {
        Numbers.CheckCount(at["attempts"], retries.Attempts);
        var configured = retries.PerTryTimeout is not null || !string.IsNullOrEmpty(retries.RetryOn)
            || retries.RetryRemoteLocalities is not null;
        if (retries.Attempts is null or 0 && configured)
        {
            at.Error(Codes.Empty, $"{at.Path} configures retries, but attempts is 0 (no retries)", "set attempts");
        }

        Numbers.CheckDuration(at["perTryTimeout"], retries.PerTryTimeout);
        Numbers.CheckDuration(at["backoff"], retries.Backoff);
        if (string.IsNullOrEmpty(retries.RetryOn)) return;
        foreach (var condition in retries.RetryOn.Split(','))
        {
            if (!IsCondition(condition)) RefuseCondition(at["retryOn"], condition);
        }
    }

    private static void RefuseCondition(Field at, string condition)
    {
        var trimmed = condition.Trim();
        var hint = trimmed != condition && IsCondition(trimmed)
            ? "write the list without spaces"
            : Suggestions.DidYouMean(trimmed, RetryConditions.Words) ?? "e.g. connect-failure,refused-stream,503";
        at.Error(Codes.UnknownWord, $"{at.Path} names \"{condition}\", which is no condition for a retry", hint);
    }

    /// <summary>Whether a retry can be made on it. Of the statuses Istio takes only those that HTTP assigns a meaning.</summary>
    private static bool IsCondition(string word) =>
        word.Length > 0 && RetryConditions.TryParse(word, out var conditions, out _)
        && Array.TrueForAll(conditions.StatusCodes, IsAssigned);

    private static bool IsAssigned(int status) =>
        status is (>= 100 and <= 103) or (>= 200 and <= 208) or 226 or (>= 300 and <= 305) or 307 or 308
            or (>= 400 and <= 418) or (>= 421 and <= 426) or 428 or 429 or 431 or 451 or (>= 500 and <= 508) or 510 or 511;

    private static void CheckFault(Field at, HttpFaultInjection fault)
    {
        if (fault.Abort is null && fault.Delay is null)
        {
            at.Error(Codes.Empty, $"{at.Path} injects nothing: abort or delay is needed");
        }

        if (fault.Abort is { } abort) CheckAbort(at["abort"], abort);
        if (fault.Delay is not { } delay) return;
        var delayAt = at["delay"];
        Numbers.CheckPercent(delayAt["percentage"]["value"], delay.Percentage?.Value);
        Numbers.CheckDuration(delayAt["fixedDelay"], delay.FixedDelay);
        if (delay.ExponentialDelay is null) return;
        delayAt["exponentialDelay"].Error(Codes.Unsupported, $"{delayAt.Path}.exponentialDelay is not supported",
            "use fixedDelay");
    }

    private static void CheckAbort(Field at, HttpFaultAbort abort)
    {
        Numbers.CheckPercent(at["percentage"]["value"], abort.Percentage?.Value);
        var kinds = (abort.HttpStatus is null ? 0 : 1) + (abort.GrpcStatus is null ? 0 : 1) + (abort.Http2Error is null ? 0 : 1);
        if (kinds > 1)
            at.Error(Codes.Exclusive, $"httpStatus, grpcStatus and http2Error can't be set together in {at.Path}: keep one");
        if (abort.Http2Error is not null)
        {
            at["http2Error"].Error(Codes.Unsupported, $"{at.Path}.http2Error is not supported", "use httpStatus or grpcStatus");
        }

        if (abort.HttpStatus is { } status) Numbers.CheckStatus(at["httpStatus"], status);
        if (abort.GrpcStatus is { } grpc && !GrpcStatuses.Contains(grpc))
        {
            at["grpcStatus"].Error(Codes.UnknownWord, $"{at.Path}.grpcStatus \"{grpc}\" is not a gRPC status",
                Suggestions.DidYouMean(grpc, GrpcStatuses) ?? "e.g. UNAVAILABLE");
        }

        if (kinds == 0)
            at.Warning(Codes.SchemaWarning, $"{at.Path} says not what to answer: nothing is aborted",
                "set httpStatus or grpcStatus");
    }

    private static void CheckCors(Field at, CorsPolicy cors)
    {
        foreach (var (origin, each) in at["allowOrigins"].Each(cors.AllowOrigins)) Patterns.CheckOrigin(each, origin);
        foreach (var (method, each) in at["allowMethods"].Each(cors.AllowMethods)) HttpText.CheckCorsMethod(each, method);
        foreach (var (name, each) in at["allowHeaders"].Each(cors.AllowHeaders)) HttpText.CheckCorsHeader(each, name);
        foreach (var (name, each) in at["exposeHeaders"].Each(cors.ExposeHeaders)) HttpText.CheckCorsHeader(each, name);
        Numbers.CheckDuration(at["maxAge"], cors.MaxAge);
        if (cors.MaxAge is { } age && age >= TimeSpan.FromMilliseconds(1) && age.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            at["maxAge"].Error(Codes.Duration, $"{at.Path}.maxAge is finer than a second", "browsers count whole seconds");
        }
    }
}
