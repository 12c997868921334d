using System.Net;
using Microsoft.Extensions.Logging;

namespace Sluice.Transport.Hub;

internal static partial class HubLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "Connection {ConnectionId} was lost before it said what it speaks.")]
    public static partial void ConnectionLost(this ILogger logger, string connectionId, Exception exception);

    [LoggerMessage(EventId = 2, Level = LogLevel.Critical, Message = "{EndPoint} no longer accepts connections.")]
    public static partial void AcceptFailed(this ILogger logger, IPEndPoint endPoint, Exception exception);
}
