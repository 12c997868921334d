using Microsoft.Extensions.Logging;

namespace Sluice.Certificates;

internal static partial class CertificateWatchLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "The certificate of {Names} ({Source}) expires on {End:u}, in {Days} days and {Hours} hours")]
    public static partial void Expires(ILogger log, string names, string source, DateTimeOffset end, int days, int hours);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The certificate of {Names} ({Source}) expired on {End:u}")]
    public static partial void Expired(ILogger log, string names, string source, DateTimeOffset end);
}
