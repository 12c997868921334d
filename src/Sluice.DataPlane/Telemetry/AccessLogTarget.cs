using System.Buffers;

namespace Sluice.DataPlane.Telemetry;

/// <summary>Where lines go, and their form.</summary>
/// <param name="path">Path of the file, <c>/dev/stdout</c> for standard output.</param>
/// <param name="format">The form.</param>
public sealed class AccessLogTarget(string path, AccessLogFormat format)
{
    // A thread writes one line at a time, and its buffer serves for all of them.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _line;

    /// <summary>Writes the line of a request.</summary>
    public void Write(AccessLog log, RequestInfo info)
    {
        var line = _line ??= new ArrayBufferWriter<byte>(1024);
        line.ResetWrittenCount();
        format.Write(info, line);
        log.Write(path, line.WrittenSpan);
    }
}
