using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Sluice.DataPlane.Routing;

/// <summary>The words of HTTPRetry <c>retryOn</c>: conditions and HTTP status codes, separated by commas without spaces.</summary>
/// <param name="On">All conditions; codes bring <see cref="RetryOn.StatusCodes"/> with them.</param>
/// <param name="StatusCodes">The codes, in the order written.</param>
public readonly record struct RetryConditions(RetryOn On, int[] StatusCodes)
{
    /// <summary>The conditions that look at a gRPC status.</summary>
    internal const RetryOn AnyGrpc = RetryOn.GrpcCancelled | RetryOn.GrpcDeadlineExceeded | RetryOn.GrpcInternal
        | RetryOn.GrpcResourceExhausted | RetryOn.GrpcUnavailable;

    private static readonly FrozenDictionary<string, RetryOn> Conditions = new Dictionary<string, RetryOn>
    {
        ["5xx"] = RetryOn.ServerError,
        ["gateway-error"] = RetryOn.GatewayError,
        ["reset"] = RetryOn.Reset,
        ["reset-before-request"] = RetryOn.ResetBeforeRequest,
        ["connect-failure"] = RetryOn.ConnectFailure,
        ["refused-stream"] = RetryOn.RefusedStream,
        ["retriable-4xx"] = RetryOn.Retriable4xx,
        ["retriable-status-codes"] = RetryOn.StatusCodes,
        ["retriable-headers"] = RetryOn.RetriableHeaders,
        ["envoy-ratelimited"] = RetryOn.RateLimited,
        ["cancelled"] = RetryOn.GrpcCancelled,
        ["deadline-exceeded"] = RetryOn.GrpcDeadlineExceeded,
        ["internal"] = RetryOn.GrpcInternal,
        ["resource-exhausted"] = RetryOn.GrpcResourceExhausted,
        ["unavailable"] = RetryOn.GrpcUnavailable,
        // Of HTTP/3 to the upstream, which is not spoken here: it never occurs.
        ["http3-post-connect-failure"] = RetryOn.None,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>All words that stand for a condition.</summary>
    public static IReadOnlyCollection<string> Words => Conditions.Keys;

    /// <summary>Reads a list.</summary>
    /// <param name="text">The list; empty means none, where Istio takes its default.</param>
    /// <param name="conditions">What it says; on failure what the other words say, as Envoy passes over a word that it does not know.</param>
    /// <param name="reason">Which word is the first unknown one, as a sentence without a full stop; null on success.</param>
    public static bool TryParse(string text, out RetryConditions conditions, [NotNullWhen(false)] out string? reason)
    {
        var on = RetryOn.None;
        var codes = new List<int>();
        reason = null;
        foreach (var word in text.Length == 0 ? [] : text.Split(','))
        {
            if (Conditions.TryGetValue(word, out var condition))
            {
                on |= condition;
            }
            else if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is >= 100 and <= 599)
            {
                on |= RetryOn.StatusCodes;
                codes.Add(code);
            }
            else
            {
                reason ??= $"\"{word}\" is no condition to retry on and no HTTP status";
            }
        }
        conditions = new RetryConditions(on, [.. codes]);
        return reason is null;
    }

    /// <summary>The words again, for people: <c>connect-failure,refused-stream,503</c>.</summary>
    public override string ToString()
    {
        var on = On & ~RetryOn.StatusCodes;
        var words = Conditions.Where(pair => pair.Value != RetryOn.None && on.HasFlag(pair.Value)).OrderBy(pair => pair.Value).Select(pair => pair.Key);
        return string.Join(',', words.Concat(StatusCodes.Select(code => code.ToString(CultureInfo.InvariantCulture))));
    }

    /// <summary>The condition that a <c>grpc-status</c> meets.</summary>
    internal static RetryOn OfGrpcStatus(string? status) => status switch
    {
        "1" => RetryOn.GrpcCancelled,
        "4" => RetryOn.GrpcDeadlineExceeded,
        "8" => RetryOn.GrpcResourceExhausted,
        "13" => RetryOn.GrpcInternal,
        "14" => RetryOn.GrpcUnavailable,
        _ => RetryOn.None,
    };
}
