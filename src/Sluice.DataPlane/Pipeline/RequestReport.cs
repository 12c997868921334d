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
        if (info.Status > 0)
            info.ResponseHeadBytes = HeadSize.OfAnswer(exchange.Response.Headers);

        metrics.Observe(info);
        if (exchange.Log is { } target)
            target.Write(log, info);
    }
}
