using Microsoft.Extensions.Logging;

namespace Sluice.Transport.Epoll;

internal static partial class EpollLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "An event loop met an exception that nobody caught")]
    public static partial void EventFailed(this ILogger logger, Exception exception);
}
