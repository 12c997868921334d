using Microsoft.Extensions.Logging;

namespace Sluice.ControlPlane.Discovery.Names;

internal static partial class NameLog
{
    /// <summary>Says what a look-up changed. A failure is said once, and not at every look-up of an outage.</summary>
    internal static void Tell(ILogger log, NameState before, NameState now)
    {
        var failing = now.Error is not null;
        if (failing == (before.Error is not null) && (failing || before.Addresses.SequenceEqual(now.Addresses)))
            return;
        var addresses = now.Addresses.Count == 0 ? "nothing" : string.Join(", ", now.Addresses);
        if (now.Error is not null)
            Failing(log, now.Name, now.Error, addresses);
        else if (before.Error is not null)
            Recovered(log, now.Name, addresses);
        else
            Moved(log, now.Name, addresses);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The new addresses of {Name} could not be put in force")]
    internal static partial void NotApplied(ILogger log, string name, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Name} does not resolve ({Error}); used meanwhile: {Addresses}")]
    private static partial void Failing(ILogger log, string name, string error, string addresses);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Name} resolves again, to {Addresses}")]
    private static partial void Recovered(ILogger log, string name, string addresses);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Name} resolves to {Addresses}")]
    private static partial void Moved(ILogger log, string name, string addresses);
}
