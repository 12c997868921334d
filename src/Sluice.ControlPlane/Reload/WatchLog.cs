using Microsoft.Extensions.Logging;

namespace Sluice.ControlPlane.Reload;

internal static partial class WatchLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Folder}: no change notifications ({Reason}); changes are noticed by polling")]
    internal static partial void NoNotifications(ILogger log, string folder, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Looking for changed files failed; the next look is in {Interval}")]
    internal static partial void LookFailed(ILogger log, TimeSpan interval, Exception exception);
}
