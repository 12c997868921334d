using Microsoft.Extensions.Logging;
using Sluice.Api.Findings;

namespace Sluice.ControlPlane.Reload;

internal static partial class ReloadLog
{
    // Enough to see what is wrong; /config_status has all of them.
    private const int Most = 50;

    /// <summary>Writes findings one a line, the errors of a refused load as errors, what was served nevertheless as warnings.</summary>
    internal static void Findings(ILogger log, IEnumerable<Finding> findings, bool refused)
    {
        var shown = findings.Where(f => refused ? f.StopsLoad : f.Severity >= Severity.Warning).ToList();
        foreach (var f in shown.Take(Most))
        {
            var place = f.Position.File.Length == 0 ? "-" : $"{f.Position}:{f.Position.Column}";
            var text = f.Hint.Length == 0 ? f.Message : $"{f.Message} ({f.Hint})";
            Finding(log, f.StopsLoad ? LogLevel.Error : LogLevel.Warning, place, f.Code, text);
        }
        if (shown.Count > Most)
            More(log, shown.Count - Most);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Configuration {Generation} is in force: {Objects} objects, {Milliseconds} ms")]
    internal static partial void Published(ILogger log, long generation, int objects, long milliseconds);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The configuration says what it said before; nothing changed")]
    internal static partial void Unchanged(ILogger log);

    [LoggerMessage(Level = LogLevel.Error, Message = "Configuration refused ({Errors} errors); generation {Generation} stays in force")]
    internal static partial void Refused(ILogger log, int errors, long generation);

    [LoggerMessage(Level = LogLevel.Error, Message = "Loading the configuration failed")]
    internal static partial void Failed(ILogger log, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Closing listeners that the configuration no longer names failed")]
    internal static partial void CloseFailed(ILogger log, Exception exception);

    [LoggerMessage(Message = "{Place} {Code} {Text}")]
    private static partial void Finding(ILogger log, LogLevel level, string place, string code, string text);

    [LoggerMessage(Level = LogLevel.Warning, Message = "and {Count} more")]
    private static partial void More(ILogger log, int count);
}
