using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Sluice.DataPlane.Pipeline;

/// <summary>The size of heads as HTTP/1.1 writes them, in bytes; of HTTP/2's, too, whose size on the wire depends on what was sent before.</summary>
internal static class HeadSize
{
    // Two spaces and a line end in the first line, and the empty line.
    private const int Frame = 2 + 2 + 2;

    /// <summary>A request's, without its fields.</summary>
    public static int OfRequest(IHttpRequestFeature request) => request.Method.Length + request.RawTarget.Length + request.Protocol.Length + Frame;

    /// <summary>An answer's.</summary>
    public static long OfAnswer(IHeaderDictionary headers)
    {
        long size = "HTTP/1.1".Length + "200".Length + Frame;
        foreach (var (name, values) in headers)
            size += OfField(name, values);
        return size;
    }

    /// <summary>The lines of a field: name, colon, space, value, line end.</summary>
    public static long OfField(string name, StringValues values)
    {
        long size = 0;
        foreach (var value in values)
            size += name.Length + (value?.Length ?? 0) + 4;
        return size;
    }
}
