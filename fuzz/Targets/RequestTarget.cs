using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Sluice.Transport.Server;

namespace Sluice.Fuzz.Targets;

/// <summary>The input is what a client sends over a connection, until it closes its side. However it is cut into packets, the same requests
/// are found in it, with the same bodies, and nothing behind one that was refused.</summary>
internal static class RequestTarget
{
    private const int MaxRequests = 100;

    public static string Run(byte[] input)
    {
        var whole = Serve(input, input.Length);
        foreach (var packet in (ReadOnlySpan<int>)[1, 3, 64])
        {
            var cut = Serve(input, packet);
            if (cut.Requests != whole.Requests || cut.Answers != whole.Answers)
                throw new FuzzException($"in packets of {packet}: {cut}, whole: {whole}");
        }
        return $"{whole.Answers} {whole.Requests.AsSpan().Count('\n')} {whole.Requests.Length / 16}";
    }

    private static Reading Serve(byte[] input, int packet)
    {
        // All on this thread: what is written is read before the writing returns.
        var options = new PipeOptions(
            readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false);
        var (toServer, toClient) = (new Pipe(options), new Pipe(options));
        var connection = new DefaultConnectionContext("fuzz")
        {
            Transport = new Side(toServer.Reader, toClient.Writer),
        };
        var handler = new Handler();
        var serving = new Http1Server(handler, new Http1ServerLimits()).ServeAsync(connection);
        for (var at = 0; at < input.Length && !serving.IsCompleted; at += packet)
            Write(toServer.Writer, input.AsSpan(at, Math.Min(packet, input.Length - at)));
        toServer.Writer.Complete();
        if (!serving.IsCompleted)
            throw new FuzzException("the connection goes on although the client has closed it");
        serving.GetAwaiter().GetResult();
        toClient.Writer.Complete();
        return new Reading(handler.Requests.ToString(), Statuses(toClient.Reader));
    }

    private static void Write(PipeWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.Write(bytes);
        // Nobody holds it back.
        writer.FlushAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Status lines of the final answers, in order.</summary>
    private static string Statuses(PipeReader reader)
    {
        if (!reader.TryRead(out var result))
            return "";
        var text = Encoding.Latin1.GetString(result.Buffer);
        var statuses = text.Split("\r\n").Where(l => l.StartsWith("HTTP/1.1 ", StringComparison.Ordinal)).Select(l => l.Substring(9, 3));
        return string.Join(' ', statuses.Where(s => s != "100"));
    }

    private sealed record Reading(string Requests, string Answers);

    private sealed record Side(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Writes down what it is asked, body and all, and then answers.</summary>
    private sealed class Handler : IRequestHandler
    {
        private int _count;

        public StringBuilder Requests { get; } = new();

        public object Open(IFeatureCollection features) => features;

        public void Refused(IFeatureCollection features, int status, string details)
        {
        }

        public async ValueTask AnswerAsync(object context)
        {
            var features = (IFeatureCollection)context;
            var request = features.GetRequiredFeature<IHttpRequestFeature>();
            if (++_count > MaxRequests)
                throw new FuzzException("there is no end of requests");
            Requests.Append(request.Method).Append(' ').Append(request.RawTarget).Append('\n');
            Check(request.Method, isName: true);
            Check(request.RawTarget, isName: false);
            foreach (var (name, values) in request.Headers)
            {
                Check(name, isName: true);
                foreach (var value in values)
                {
                    Check(value ?? "", isName: false);
                    Requests.Append(name).Append(": ").Append(value).Append('\n');
                }
            }
            await ReadBodyAsync(features);
            features.GetRequiredFeature<IHttpResponseFeature>().Headers.ContentLength = 0;
        }

        public void Close(object context, Exception? exception)
        {
            if (exception is not null and not BadHttpRequestException)
                throw new FuzzException($"it failed: {exception}");
        }

        private async ValueTask ReadBodyAsync(IFeatureCollection features)
        {
            if (!features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody)
                return;
            var body = new StringBuilder();
            var reader = features.GetRequiredFeature<IRequestBodyPipeFeature>().Reader;
            while (true)
            {
                var result = await reader.ReadAsync();
                body.Append(Encoding.Latin1.GetString(result.Buffer));
                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                    break;
            }
            // Only of a whole body: how much comes in front of a defect depends on the packets.
            Requests.Append(body).Append('\n');
        }

        private static void Check(string text, bool isName)
        {
            if (text.AsSpan().ContainsAny('\r', '\n', '\0') || (isName && (text.Length == 0 || text.AsSpan().ContainsAny(' ', ':'))))
                throw new FuzzException($"a request with '{text}'");
        }
    }
}
