using Microsoft.Extensions.Logging;

namespace Sluice.Hosting;

internal static partial class HostingLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Information,
        Message = "Draining: still accepting for {Delay}, then waiting for requests in flight for at most {Timeout}.")]
    public static partial void DrainBegins(this ILogger logger, TimeSpan delay, TimeSpan timeout);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Drained: the last connection has closed.")]
    public static partial void DrainEnds(this ILogger logger);

    [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "The drain was cut short with {Connections} connections open.")]
    public static partial void DrainCuts(this ILogger logger, int connections);
}
