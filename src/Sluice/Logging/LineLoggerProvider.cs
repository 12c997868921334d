using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Sluice.Logging;

/// <summary>Writes log entries to a stream, one line each: time in UTC, level, source, message. The level can change while the process
/// runs.</summary>
/// <param name="output">Where lines go; written under a lock and flushed line by line.</param>
/// <param name="time">The clock.</param>
internal sealed class LineLoggerProvider(TextWriter output, TimeProvider time) : ILoggerProvider
{
    private readonly Lock _gate = new();
    private volatile LogLevel _level = LogLevel.Information;

    /// <summary>Entries below it are dropped.</summary>
    public LogLevel Level
    {
        get => _level;
        set => _level = value;
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Write(LogLevel level, string source, string message, Exception? exception)
    {
        var at = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        // Names and values in a message come from files and from clients: an entry stays one line, whatever they hold.
        var line = $"{at} {LogLevels.Word(level),-5} {source}: {OneLine(message)}" + Cause(exception);
        lock (_gate)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    // At debug level the whole exception, which is for the people who repair the gateway; else what it says.
    private string Cause(Exception? exception) => exception is null ? ""
        : _level <= LogLevel.Debug ? Environment.NewLine + exception
        : $" ({exception.GetType().Name}: {OneLine(exception.Message)})";

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private sealed class LineLogger(LineLoggerProvider provider, string category) : ILogger
    {
        // The framework's own entries below warnings are about its insides. The forwarder's are about single requests, which clients
        // cause as they like: what became of a request is for the access log and the metrics to say.
        private readonly LogLevel _lowest = category.StartsWith("Microsoft.", StringComparison.Ordinal) ? LogLevel.Warning
            : category.StartsWith("Yarp.", StringComparison.Ordinal) ? LogLevel.Error
            : LogLevel.Trace;
        private readonly string _source = category[(category.LastIndexOf('.') + 1)..];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) =>
            logLevel != LogLevel.None && logLevel >= provider._level && (logLevel >= _lowest || provider._level <= LogLevel.Debug);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                provider.Write(logLevel, _source, formatter(state, exception), exception);
        }
    }
}
