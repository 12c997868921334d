using System.Text;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Sluice.Reports;

namespace Sluice.Admin;

/// <summary>Answer of an admin endpoint.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ContentType">Media type.</param>
/// <param name="Length">Length of the body in bytes; null when it is not known before it is written.</param>
/// <param name="Write">Writes the body.</param>
internal sealed record AdminReply(int Status, string ContentType, long? Length, Func<Stream, CancellationToken, Task> Write)
{
    /// <summary>A report as JSON.</summary>
    public static AdminReply Json<T>(T report, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        Body(status, "application/json", ReportJson.Text(report, type) + "\n");

    /// <summary>A line of text.</summary>
    public static AdminReply Text(int status, string line) => Body(status, "text/plain; charset=utf-8", line + "\n");

    /// <summary>Text of some media type.</summary>
    public static AdminReply Body(int status, string contentType, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return new(status, contentType, bytes.Length, (stream, cancellation) => stream.WriteAsync(bytes, cancellation).AsTask());
    }
}
