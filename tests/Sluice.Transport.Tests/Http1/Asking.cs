using System.Text;
using Sluice.Transport.Http1;

namespace Sluice.Transport.Tests.Http1;

/// <summary>Asks over a connection, and reads what comes.</summary>
internal static class Asking
{
    public static async ValueTask<HeadOutcome> AskAsync(Http1Connection connection, string path = "/", bool answersHead = false)
    {
        connection.BeginRequest();
        await connection.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nhost: a\r\n\r\n"));
        return await connection.ReceiveHeadAsync(answersHead);
    }

    public static async Task<string> BodyAsync(Http1Connection connection)
    {
        var text = new StringBuilder();
        var buffer = new byte[7];
        while (await connection.ReceiveBodyAsync(buffer) is > 0 and var count)
            text.Append(Encoding.Latin1.GetString(buffer, 0, count));
        return text.ToString();
    }
}
