using Microsoft.Extensions.Logging;

namespace Sluice.DataPlane.Pipeline;

internal static partial class RequestPipelineLog
{
    [LoggerMessage(1, LogLevel.Error, "Request {RequestId} failed in a way that was not foreseen")]
    public static partial void RequestFailed(ILogger logger, Exception exception, string requestId);

    [LoggerMessage(2, LogLevel.Warning, "No connection to {Endpoint} of {Cluster}: {Reason}")]
    public static partial void UpstreamTlsFailed(ILogger logger, string? endpoint, string cluster, string reason);
}
