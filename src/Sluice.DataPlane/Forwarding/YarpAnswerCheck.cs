using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;

namespace Sluice.DataPlane.Forwarding;

/// <summary>Refuses heads of answers that HttpClient lets pass and the native carrier does not: where the body ends must not be a matter of
/// interpretation, and what is no field value can't be sent on.</summary>
internal static class YarpAnswerCheck
{
    private const int MaxHeaders = 100;

    // As many as can't overflow.
    private const int MaxDigits = 18;

    /// <summary>Whether the head is no proper answer to the request.</summary>
    /// <param name="answer">Its fields as they came.</param>
    /// <param name="isUpgrade">Whether the client asked for an upgrade.</param>
    public static bool IsMalformed(HttpResponseMessage answer, bool isUpgrade)
    {
        var (headers, content) = (answer.Headers.NonValidated, answer.Content.Headers.NonValidated);
        return (int)answer.StatusCode < StatusCodes.Status100Continue
            || (answer.StatusCode == HttpStatusCode.SwitchingProtocols && !isUpgrade)
            || UpstreamAnswer.HasForbiddenContent((int)answer.StatusCode, answer.Content.Headers.ContentLength)
            || headers.Count + content.Count > MaxHeaders
            || HasControls(headers) || HasControls(content)
            || (answer.Version.Major == 1 && !HasOneFraming(answer.Version, headers, content));
    }

    private static bool HasOneFraming(Version version, HttpHeadersNonValidated headers, HttpHeadersNonValidated content)
    {
        var hasLength = content.TryGetValues("Content-Length", out var lengths);
        if (hasLength && !IsOneLength(lengths))
            return false;
        if (!headers.TryGetValues("Transfer-Encoding", out var codings))
            return true;
        return !hasLength && version == HttpVersion.Version11
            && codings.Count == 1 && codings.ToString().Equals("chunked", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>"5, 5" and repeated equal lines are one length (RFC 9110 §8.6).</summary>
    private static bool IsOneLength(HeaderStringValues lines)
    {
        long? length = null;
        foreach (var line in lines)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                var digits = line.AsSpan(range).Trim();
                if (digits.Length is 0 or > MaxDigits || digits.ContainsAnyExceptInRange('0', '9'))
                    return false;
                var value = long.Parse(digits, provider: null);
                if ((length ?? value) != value)
                    return false;
                length = value;
            }
        }
        return length is not null;
    }

    private static bool HasControls(HttpHeadersNonValidated headers)
    {
        foreach (var (_, values) in headers)
        {
            foreach (var value in values)
            {
                foreach (var c in value)
                {
                    if (char.IsControl(c) && c is not ('\t' or >= '\u0080'))
                        return true;
                }
            }
        }
        return false;
    }
}
