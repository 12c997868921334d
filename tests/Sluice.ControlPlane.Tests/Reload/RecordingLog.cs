using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Sluice.ControlPlane.Tests.Reload;

/// <summary>A logger that keeps what it was told.</summary>
internal sealed class RecordingLog<T> : ILogger<T>
{
    internal ConcurrentQueue<(LogLevel Level, string Text)> Entries { get; } = [];

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Enqueue((logLevel, formatter(state, exception) + exception));
}
