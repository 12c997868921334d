using Microsoft.Extensions.Logging;

namespace Sluice.ControlPlane.Discovery.Names;

internal static partial class NameLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Name} does not resolve ({Error}); used meanwhile: {Addresses}")]
    internal static partial void Failing(ILogger log, string name, string error, string addresses);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Name} resolves again, to {Addresses}")]
    internal static partial void Recovered(ILogger log, string name, string addresses);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Name} resolves to {Addresses}")]
    internal static partial void Moved(ILogger log, string name, string addresses);

    [LoggerMessage(Level = LogLevel.Error, Message = "The new addresses of {Name} could not be put in force")]
    internal static partial void NotApplied(ILogger log, string name, Exception exception);
}
