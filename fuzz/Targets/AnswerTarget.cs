using System.Buffers;
using System.Net;
using System.Text;
using Sluice.Transport.Http1;
using Sluice.Transport.Upstream;

namespace Sluice.Fuzz.Targets;

/// <summary>The input is what an upstream sends for one request: interim answers, a head, a body. However it is cut into packets, it must be
/// understood alike, and nothing behind the answer may be taken for a part of it.</summary>
internal static class AnswerTarget
{
    private const int MaxInterim = 10;

    public static string Run(byte[] input)
    {
        var whole = Read(input, input.Length);
        foreach (var packet in (ReadOnlySpan<int>)[1, 2, 7, 64])
            Compare(whole, Read(input, packet), packet);
        return whole.Kind;
    }

    private static void Compare(Reading whole, Reading cut, int packet)
    {
        // Bytes in front of a defect may have been given away or not; of a proper answer they must be the same.
        if (whole.Outcome != cut.Outcome || whole.Heads != cut.Heads || whole.Usable != cut.Usable
            || (whole.Outcome == "complete" && whole.Body != cut.Body))
            throw new FuzzException($"in packets of {packet}: {cut}, whole: {whole}");
    }

    private static Reading Read(byte[] input, int packet)
    {
        using var socket = new ScriptedSocket(input, packet);
        using var connection = new Http1Connection(socket);
        connection.BeginRequest();
        var heads = new StringBuilder();
        var body = new StringBuilder();
        string outcome;
        try
        {
            outcome = ReadHeads(connection, heads);
            if (outcome == "complete")
                ReadBody(connection, heads, body);
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
        {
            outcome = e.GetType().Name;
        }
        var usable = connection.Reusable && !socket.IsStale;
        if (usable && socket.Received < input.Length)
            throw new FuzzException("a connection with unread bytes would be used again");
        return new Reading(outcome, heads.ToString(), body.ToString(), usable, $"{outcome} {connection.Defect} {connection.Head.Status / 100} {connection.Head.Count} {usable}");
    }

    private static string ReadHeads(Http1Connection connection, StringBuilder heads)
    {
        for (var i = 0; i < MaxInterim; i++)
        {
            var outcome = Now(connection.ReceiveHeadAsync(answersHead: false));
            if (outcome != HeadOutcome.Received)
                return outcome.ToString();
            var head = connection.Head;
            if (head.Status is < 100 or > 999 || head.Count > ResponseLimits.FieldCount || (head.Chunked && head.ContentLength is not null))
                throw new FuzzException($"status {head.Status}, {head.Count} fields, two framings");
            heads.Append(head.Status).Append(' ').Append(head.Reason).Append('\n');
            foreach (var field in head.Fields)
            {
                CheckText(field.Name, isName: true);
                CheckText(field.Value, isName: false);
                heads.Append(field.Name).Append(": ").Append(field.Value).Append('\n');
            }
            if (head.Status is not (>= 100 and < 200) or 101)
                return "complete";
        }
        return "endless";
    }

    private static void ReadBody(Http1Connection connection, StringBuilder heads, StringBuilder body)
    {
        var buffer = new byte[11];
        var declared = connection.BodyLength;
        while (Now(connection.ReceiveBodyAsync(buffer)) is > 0 and var count)
            body.Append(Encoding.Latin1.GetString(buffer, 0, count));
        if (declared is { } length && body.Length != length)
            throw new FuzzException($"{body.Length} bytes of a body of {length}");
        foreach (var (name, value) in connection.Trailers)
        {
            CheckText(name, isName: true);
            CheckText(value, isName: false);
            heads.Append(name).Append(": ").Append(value).Append('\n');
        }
    }

    /// <summary>Nothing that would be another field, or another message, when it is written again.</summary>
    private static void CheckText(string text, bool isName)
    {
        if (text.AsSpan().ContainsAny('\r', '\n', '\0') || (isName && (text.Length == 0 || text.AsSpan().ContainsAny(' ', ':'))))
            throw new FuzzException($"a field with '{text}'");
    }

    /// <summary>The socket never waits, so nobody does.</summary>
    private static T Now<T>(ValueTask<T> task) =>
        task.IsCompleted ? task.GetAwaiter().GetResult() : throw new FuzzException("it waits for a socket that is at its end");

    private sealed record Reading(string Outcome, string Heads, string Body, bool Usable, string Kind);

    private sealed class ScriptedSocket(byte[] input, int packet) : UpstreamSocket
    {
        public int Received { get; private set; }

        public override MemoryPool<byte> Buffers => MemoryPool<byte>.Shared;

        public override EndPoint? LocalEndPoint => null;

        public override bool IsStale => Received < input.Length;

        public override ValueTask<int> ReceiveAsync(Memory<byte> buffer)
        {
            var count = Math.Min(Math.Min(packet, buffer.Length), input.Length - Received);
            input.AsSpan(Received, count).CopyTo(buffer.Span);
            Received += count;
            return new(count);
        }

        public override ValueTask SendAsync(ReadOnlyMemory<byte> buffer) => default;

        public override void SetKeepalive(KeepaliveProbes probes)
        {
        }

        public override void Abort()
        {
        }

        public override void Dispose()
        {
        }
    }
}
