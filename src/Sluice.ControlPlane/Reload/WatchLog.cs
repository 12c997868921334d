using Microsoft.Extensions.Logging;

namespace Sluice.ControlPlane.Reload;

internal static partial class WatchLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Folder}: no change notifications ({Reason}); changes are noticed by polling")]
    internal static partial void NoNotifications(ILogger log, string folder, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Folder}: more than {Most} folders to watch; changes in this one are noticed by polling")]
    internal static partial void TooMany(ILogger log, string folder, int most);

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking for changed files failed; the next look is in {Interval}")]
    internal static partial void LookFailed(ILogger log, TimeSpan interval, Exception exception);
}
