using System.Net;
using Microsoft.Extensions.Logging;

namespace Sluice.Commands;

internal static partial class GatewayLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Ready with configuration {Generation}, {Milliseconds:0} ms after the start")]
    public static partial void Ready(ILogger log, long generation, double milliseconds);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The {Name} port listens on {Address}")]
    public static partial void Listening(ILogger log, string name, IPEndPoint address);

    [LoggerMessage(Level = LogLevel.Error, Message = "The {Name} port can't be bound to {Reason}")]
    public static partial void NotBound(ILogger log, string name, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The access log {Path} can't be written")]
    public static partial void AccessLogFailed(ILogger log, string path, Exception exception);
}
