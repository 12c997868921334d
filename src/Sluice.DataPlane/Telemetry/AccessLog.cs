using System.Collections.Concurrent;
using Prometheus;

namespace Sluice.DataPlane.Telemetry;

/// <summary>Where access log lines go: one writer a path. Counts lost lines in <c>sluice_access_log_dropped_total</c>.</summary>
public sealed class AccessLog : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, AccessLogWriter> _writers = new(StringComparer.Ordinal);
    private readonly Func<string, AccessLogWriter> _create;

    /// <param name="open">Opens a path (MeshConfig <c>accessLogFile</c>) for appending.</param>
    /// <param name="onError">Told about a path that can't be opened or written, and why.</param>
    /// <param name="registry">Where the counter is shown.</param>
    /// <param name="time">Paces the writing: a line is on disk 100 ms after its request.</param>
    public AccessLog(Func<string, Stream> open, Action<string, Exception> onError, CollectorRegistry registry, TimeProvider time)
    {
        var dropped = Metrics.WithCustomRegistry(registry)
            .CreateCounter("sluice_access_log_dropped_total", "Access log lines that could not be written.");
        // A path that a reload takes away keeps its writer: requests of the snapshot before still end, and paths are few.
        _create = path => new AccessLogWriter(() => open(path), e => onError(path, e), dropped, time);
    }

    /// <summary>Takes one line, with its line feed, in UTF-8. Never waits for the disk.</summary>
    public void Write(string path, ReadOnlySpan<byte> line) => _writers.GetOrAdd(path, _create).Write(line);

    /// <summary>Writes what has gathered and closes all files.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers.Values)
            await writer.DisposeAsync();
    }
}
