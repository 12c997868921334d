using System.Buffers;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Sluice.DataPlane.Telemetry;

/// <summary>The operators <c>%REQ(X?Y):Z%</c>, <c>%RESP(X?Y):Z%</c> and <c>%TRAILER(X?Y):Z%</c>: the first line of field X, else that of Y, and
/// of it at most Z bytes.</summary>
internal static class FormatFields
{
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>What the operator stands for; null and a reason when it is written wrongly.</summary>
    public static FormatPart? Resolve(in FormatCommand command, out string? reason)
    {
        var names = (command.Argument ?? "").Split('?');
        if (names.Length > 2)
        {
            reason = $"%{command.Name}({command.Argument})% names more than two fields";
            return null;
        }
        if (!Array.TrueForAll(names, IsName))
        {
            reason = $"%{command.Name}({command.Argument})% does not name a field";
            return null;
        }
        reason = null;
        var length = command.Length ?? int.MaxValue;
        Converter<string, Func<RequestInfo, string?>> reader = command.Name switch
        {
            "REQ" => OfRequest,
            "RESP" => OfAnswer,
            _ => OfTrailers,
        };
        var readers = Array.ConvertAll(names, reader);
        return new FormatPart(null, (RequestInfo info, ref FormatBuffer output) =>
        {
            foreach (var read in readers)
            {
                if (read(info) is not { } value)
                    continue;
                output.Append(value.AsSpan(0, Math.Min(length, value.Length)));
                return true;
            }
            return false;
        }, IsNumber: false);
    }

    private static bool IsName(string name)
    {
        var characters = name.AsSpan(name.StartsWith(':') ? 1 : 0);
        return !characters.IsEmpty && !characters.ContainsAnyExcept(NameCharacters);
    }

    private static Func<RequestInfo, string?> OfRequest(string name) => name.ToLowerInvariant() switch
    {
        ":method" => i => i.Method,
        ":path" => i => i.RewrittenTarget ?? i.Target,
        ":authority" or "host" => i => i.Authority,
        ":scheme" => i => i.Scheme,
        var field => i => First(i.RequestHeaders, field),
    };

    private static Func<RequestInfo, string?> OfAnswer(string name) => name.ToLowerInvariant() switch
    {
        ":status" => i => i.Status == 0 ? null : StatusText(i.Status),
        var field => i => First(i.ResponseHeaders, field),
    };

    private static Func<RequestInfo, string?> OfTrailers(string name)
    {
        var field = name.ToLowerInvariant();
        return i => First(i.ResponseTrailers, field);
    }

    private static string? First(IHeaderDictionary? fields, string name) =>
        fields is not null && fields.TryGetValue(name, out var lines) && lines.Count > 0 ? lines[0] : null;

    private static string StatusText(int status) => status.ToString(CultureInfo.InvariantCulture);
}
