using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Forwarding;
using Sluice.DataPlane.Telemetry;

namespace Sluice.DataPlane.Pipeline;

/// <summary>The last step, whatever became of a request: completes its facts, counts it, and writes its line.</summary>
/// <param name="metrics">Counts it.</param>
/// <param name="log">Takes the line.</param>
/// <param name="time">Tells how long it took.</param>
internal sealed class RequestReport(RequestMetrics metrics, AccessLog log, TimeProvider time)
{
    /// <summary>Reports a request that has ended.</summary>
    public void Close(Exchange exchange)
    {
        var info = exchange.Info;
        info.Duration = time.GetElapsedTime(info.StartTimestamp);
        if (exchange.Body.IsComplete)
            info.RequestDuration = time.GetElapsedTime(info.StartTimestamp, exchange.Body.LastProgress);
        info.BytesReceived = exchange.Body.BytesReceived;
        info.BytesSent = exchange.Answer.BytesSent;
        info.RequestHeadBytes = HeadSize(info.RequestHeaders, info.Method.Length + info.Target.Length + info.Protocol.Length);
        info.ResponseHeadBytes = info.Status == 0 ? 0 : HeadSize(info.ResponseHeaders, "HTTP/1.1 200".Length);

        metrics.Observe(info);
        if (exchange.Log is { } target)
            target.Write(log, info);
    }

    /// <summary>The size of a head as HTTP/1.1 writes it.</summary>
    /// <param name="headers">The fields.</param>
    /// <param name="line">Length of the first line without its spaces.</param>
    private static long HeadSize(IHeaderDictionary? headers, int line)
    {
        // Two spaces and a line end; a colon, a space and a line end for each field; an empty line.
        long size = line + 4 + 2;
        if (headers is null)
            return size;
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
                size += name.Length + (value?.Length ?? 0) + 4;
        }
        return size;
    }
}
