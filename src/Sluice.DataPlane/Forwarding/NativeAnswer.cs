using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Sluice.Transport.Http1;
using Sluice.Transport.Server;
using Sluice.Transport.Tasks;

namespace Sluice.DataPlane.Forwarding;

/// <summary>Brings an upstream's answer from the native carrier's connection to the client.</summary>
internal static class NativeAnswer
{
    // What frames a chunk must fit into the largest block, too.
    private const int PieceSize = 64 * 1024 - 64;

    /// <summary>Passes interim answers on, from the one that has been received, until another head has come.</summary>
    /// <returns>How the receiving of that ended.</returns>
    /// <exception cref="InvalidDataException">It is an upgrade that nobody asked for, or there is no end of them.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    public static async ValueTask<HeadOutcome> PassInterimAsync(Exchange exchange, Http1Connection connection, BodySending? sending)
    {
        var head = connection.Head;
        var outcome = HeadOutcome.Received;
        for (var interim = 0; outcome == HeadOutcome.Received && IsInterim(head); interim++)
        {
            if (head.Status == StatusCodes.Status101SwitchingProtocols || interim == ResponseLimits.InterimResponses)
                return HeadOutcome.Malformed;
            if (head.Status == StatusCodes.Status100Continue)
                sending?.Continue();
            else if (exchange.Client.Features.Get<IInterimAnswerFeature>() is { } client)
                await client.SendInterimAsync(head.Status, InterimFields(head));
            outcome = await connection.ReceiveHeadAsync(HttpMethods.IsHead(exchange.Info.Method));
        }
        return outcome;
    }

    /// <summary>Whether a head is an interim answer's.</summary>
    public static bool IsInterim(ResponseHead head) => head.Status is >= 100 and < 200;

    /// <summary>Gives the final head to the client, unless another attempt is to be made.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="attempt">Gets to know what was answered.</param>
    /// <param name="connection">Has received the head.</param>
    /// <param name="outcome">How that ended.</param>
    /// <param name="time">Measures how long it took.</param>
    /// <returns>Whether the answer is the client's.</returns>
    /// <exception cref="InvalidDataException">The upstream broke the protocol.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    public static bool Accept(Exchange exchange, Attempt attempt, Http1Connection connection, HeadOutcome outcome, TimeProvider time)
    {
        switch (outcome)
        {
            case HeadOutcome.Malformed when connection.Defect is { } defect:
                throw new InvalidDataException($"The upstream sent {defect}.");
            case HeadOutcome.Malformed:
                attempt.Progress = AttemptProgress.Malformed;
                return false;
            case HeadOutcome.Closed or HeadOutcome.Truncated:
                throw new EndOfStreamException("The upstream closed the connection before its answer was there.");
        }
        var head = connection.Head;
        attempt.Status = head.Status;
        if (exchange.Info.IsGrpc)
            attempt.GrpcStatus = GrpcStatus(head);
        if (UpstreamAnswer.HasForbiddenContent(head.Status, head.ContentLength))
        {
            attempt.Progress = AttemptProgress.Malformed;
            return false;
        }
        if (UpstreamAnswer.IsDiscarded(exchange, attempt, connection, static connection => Headers(connection.Head)))
        {
            attempt.Progress = AttemptProgress.Discarded;
            return false;
        }
        attempt.PerTry?.Lift();
        attempt.Progress = AttemptProgress.Accepted;
        exchange.Accept(attempt, time);
        exchange.Response.StatusCode = head.Status;
        if (head.Reason != ReasonPhrases.GetReasonPhrase(head.Status))
            exchange.Response.ReasonPhrase = head.Reason;
        CopyHeaders(exchange, head);
        exchange.FinishResponseHeaders();
        return true;
    }

    /// <summary>Copies the body as it comes, and the trailers; what came last is not sent yet.</summary>
    /// <exception cref="ClientGoneException">The client does not take it.</exception>
    /// <exception cref="InvalidDataException">The upstream broke the protocol.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    [AsyncMethodBuilder(typeof(PooledMethodBuilder))]
    public static async ValueTask CopyBodyAsync(Exchange exchange, Attempt attempt, Http1Connection connection)
    {
        var answer = exchange.Answer;
        var writer = answer.Writer;
        while (connection.BodyLength is not 0)
        {
            // What is there already shares one send with the head; else the head goes first, as event streams need it.
            if (!connection.HasBufferedBody && !exchange.Response.HasStarted)
                await FlushAsync(exchange);
            var count = writer is IBlockTaker taker ? connection.GiveBody(taker) : 0;
            if (count == 0)
            {
                var room = writer.GetMemory((int)Math.Min(connection.BodyLength ?? PieceSize, PieceSize));
                count = await connection.ReceiveBodyAsync(room);
                if (count == 0)
                    break;
                writer.Advance(count);
            }
            answer.Count(count);
            if (!connection.HasBufferedBody && connection.BodyLength is not 0)
                await FlushAsync(exchange);
        }
        if (connection.Trailers.Count > 0)
            AddTrailers(exchange, connection);
        attempt.Progress = AttemptProgress.Complete;
    }

    /// <summary>Sends the last bytes of a body. A client that takes them no more is nobody's concern here.</summary>
    public static ValueTask<FlushResult> FlushLastAsync(Exchange exchange) =>
        exchange.Answer.BytesSent == 0 ? default : exchange.Answer.Writer.FlushAsync();

    private static void AddTrailers(Exchange exchange, Http1Connection connection)
    {
        UpstreamAnswer.OpenTrailers(exchange);
        foreach (var (name, value) in connection.Trailers)
            UpstreamAnswer.AddTrailer(exchange, name, value);
    }

    private static async ValueTask FlushAsync(Exchange exchange)
    {
        var result = await exchange.Answer.Writer.FlushAsync();
        if (result.IsCompleted || result.IsCanceled)
            throw new ClientGoneException();
    }

    private static void CopyHeaders(Exchange exchange, ResponseHead head)
    {
        var headers = exchange.Response.Headers;
        var connection = head.NamesHopByHop ? ((IHeaderDictionary)Headers(head)).Connection : default;
        foreach (var field in head.Fields)
        {
            var name = field.Name;
            if (name == "content-length")
                headers.ContentLength = head.ContentLength;
            else if (!UpstreamAnswer.IsForwarded(name, connection))
                continue;
            else if (!headers.TryAdd(name, field.Value))
                headers.Append(name, field.Value);
            if (name == "grpc-status")
                exchange.NoteGrpcStatus(field.Value);
        }
        UpstreamAnswer.Finish(exchange);
    }

    private static sbyte GrpcStatus(ResponseHead head)
    {
        foreach (var field in head.Fields)
        {
            if (field.Name == "grpc-status")
                return GrpcStatuses.Parse(field.Value);
        }
        return GrpcStatuses.None;
    }

    private static HeaderDictionary InterimFields(ResponseHead head)
    {
        var fields = Headers(head);
        var connection = ((IHeaderDictionary)fields).Connection;
        foreach (var name in fields.Keys.ToArray())
        {
            if (!UpstreamAnswer.IsForwarded(name, connection))
                fields.Remove(name);
        }
        return fields;
    }

    private static HeaderDictionary Headers(ResponseHead head)
    {
        var headers = new HeaderDictionary();
        foreach (var field in head.Fields)
            headers.Append(field.Name, field.Value);
        return headers;
    }
}
