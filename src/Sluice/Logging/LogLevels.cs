using Microsoft.Extensions.Logging;

namespace Sluice.Logging;

/// <summary>The levels of <c>--log-level</c> and of the admin API's <c>/logging?level=</c>.</summary>
internal static class LogLevels
{
    /// <summary>The words, from talkative to quiet.</summary>
    public static readonly string[] Words = ["debug", "info", "warn", "error"];

    /// <summary>Reads a level.</summary>
    public static bool TryParse(string word, out LogLevel level)
    {
        (var known, level) = word switch
        {
            "debug" => (true, LogLevel.Debug),
            "info" => (true, LogLevel.Information),
            "warn" => (true, LogLevel.Warning),
            "error" => (true, LogLevel.Error),
            _ => (false, LogLevel.None),
        };
        return known;
    }

    /// <summary>Reads a level.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static LogLevel Parse(string word) =>
        TryParse(word, out var level) ? level : throw new FormatException($"'{word}' is none of {string.Join(", ", Words)}");

    /// <summary>The word for a level, as log lines show it.</summary>
    public static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        _ => "error",
    };
}
