using Microsoft.Extensions.Logging;

namespace Sluice.Authority;

internal static partial class CertificateRenewalLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Issued a certificate for {Name}, valid until {End:u}")]
    public static partial void Issued(ILogger log, string name, DateTimeOffset end);

    [LoggerMessage(Level = LogLevel.Information, Message = "Renewed the certificate of {Name}, valid until {End:u}")]
    public static partial void Renewed(ILogger log, string name, DateTimeOffset end);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The certificates in {Folder} can't be renewed: {Reason}")]
    public static partial void Failed(ILogger log, string folder, string reason);
}
