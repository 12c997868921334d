using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Telemetry;

namespace Sluice.DataPlane.Forwarding;

/// <summary>Whether an upstream's answer is the client's, or another attempt is to be made; the same for both carriers.</summary>
internal static class AnswerVerdict
{
    /// <summary>Whether the policy throws the answer away. When it would, but allows no further attempt, that is noted.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="attempt">Knows the answer's status.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="headers">Its header fields; asked only when the policy can want another attempt.</param>
    public static bool Discards<TAnswer>(Exchange exchange, Attempt attempt, TAnswer answer, Func<TAnswer, IHeaderDictionary> headers)
    {
        if (attempt is not { MayDiscard: true, Policy: { } policy } || !exchange.Body.CanReplay
            || !policy.RetriesAnswer(attempt.Status, headers(answer)))
            return false;
        if (!attempt.IsLast)
            return true;
        exchange.Info.Flags |= ResponseFlags.RetryLimitExceeded;
        return false;
    }
}
