using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Forwarding;
using Sluice.DataPlane.Telemetry;

namespace Sluice.DataPlane.Pipeline;

/// <summary>An answer in the making.</summary>
/// <param name="exchange">The request, which decides how the gateway's own answers look.</param>
internal sealed class Explanation(Exchange exchange)
{
    private readonly List<ExplainStep> _why = [];

    /// <summary>What is known so far.</summary>
    public ExplainAnswer Answer { get; } = new();

    /// <summary>Notes a decision.</summary>
    public void Say(string step, string verdict, string detail, string? at) => _why.Add(new ExplainStep(step, verdict, detail, at));

    /// <summary>Notes the decision that ends the connection without an answer.</summary>
    /// <param name="error">The contract's word for it.</param>
    /// <param name="step">What was decided.</param>
    /// <param name="detail">In words.</param>
    /// <param name="at">Where it is written.</param>
    public void Fail(string error, string step, string detail, string? at)
    {
        Answer.Error = error;
        Say(step, "fails", detail, at);
    }

    /// <summary>Notes the decision that makes the gateway answer by itself.</summary>
    /// <param name="reply">The pipeline's answer.</param>
    /// <param name="step">What was decided.</param>
    /// <param name="detail">In words.</param>
    /// <param name="at">Where it is written.</param>
    /// <param name="error">The contract's word for it; null when it is no error of routing.</param>
    public void Reply(LocalReply reply, string step, string detail, string? at, string? error = null)
    {
        Answer.Error = error;
        Answer.Status = reply.Status;
        if (reply.BreaksProtocol && HttpProtocol.IsHttp2(exchange.Request.Protocol))
        {
            Answer.Status = null;
            detail += "; the stream is reset";
        }
        else if (exchange.Info.IsGrpc)
        {
            Answer.Status = StatusCodes.Status200OK;
            detail += $"; gRPC clients see grpc-status {reply.GrpcStatus ?? LocalReply.ToGrpc(reply.Status)}";
        }
        Say(step, error is null or "tls_redirect" ? "answers" : "fails", detail, at);
    }

    /// <summary>Notes that the request is refused before it is routed.</summary>
    public void Refuse(LocalReply reply)
    {
        var error = reply.Flags.HasFlag(ResponseFlags.DownstreamProtocolError) ? "protocol_error"
            : reply.Flags.HasFlag(ResponseFlags.NoRoute) ? "no_route"
            : null;
        Reply(reply, "request", $"{Reason(reply)} ({reply.Status})", null, error);
    }

    /// <summary>The answer, whole.</summary>
    public ExplainAnswer Finish()
    {
        Answer.Why = _why;
        return Answer;
    }

    private string Reason(LocalReply reply)
    {
        var request = exchange.Request;
        if (reply == LocalReplies.BadTarget)
            return $"{exchange.Request.RawTarget} is no path that can be served";
        if (reply == LocalReplies.BadHost)
            return request.Headers.Host.Count == 0 ? "the request has no Host" : $"\"{request.Headers.Host}\" is no host";
        if (reply == LocalReplies.BadMethod)
            return $"{request.Method} is no method: their case counts";
        if (reply == LocalReplies.BadHeader)
            return "a header field has characters that none may have, or does not belong to this version of HTTP";
        if (reply == LocalReplies.BadFraming || reply == LocalReplies.UnknownCoding)
            return $"where the body ends can't be told for sure with transfer-encoding \"{request.Headers.TransferEncoding}\"";
        if (reply == LocalReplies.NoConnect)
            return "CONNECT is not served";
        return reply == LocalReplies.UpgradeRefused ? $"an upgrade to \"{request.Headers.Upgrade}\" is not served" : reply.Details;
    }
}
