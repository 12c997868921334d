using System.Net;
using Microsoft.Extensions.Logging;

namespace Sluice.Transport.Sockets;

internal static partial class SocketsLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{EndPoint} can't accept: {Reason}")]
    public static partial void OutOfDescriptors(this ILogger logger, EndPoint endPoint, string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Debug, Message = "{EndPoint} lost a client before it was accepted (errno {Error})")]
    public static partial void LostInBacklog(this ILogger logger, EndPoint endPoint, int error);
}
