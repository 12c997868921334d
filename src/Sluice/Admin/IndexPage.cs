using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Sluice.Reports;

namespace Sluice.Admin;

/// <summary>The page at <c>/</c>: what the admin API has.</summary>
internal static class IndexPage
{
    private const string Head = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Sluice</title>
        <style>
        :root { color-scheme: light dark; }
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
        table { border-collapse: collapse; }
        th, td { text-align: left; padding: .25rem 1rem .25rem 0; vertical-align: top; }
        code { font-size: .9rem; }
        </style>
        </head>
        <body>

        """;

    /// <summary>The page that lists these endpoints.</summary>
    public static AdminEndpoint For(IReadOnlyList<AdminEndpoint> endpoints)
    {
        var html = Html(endpoints);
        return AdminEndpoint.Get("/", "This page", () => AdminReply.Body(StatusCodes.Status200OK, "text/html; charset=utf-8", html));
    }

    private static string Html(IReadOnlyList<AdminEndpoint> endpoints)
    {
        var encoder = HtmlEncoder.Default;
        var html = new StringBuilder(Head);
        html.Append("<h1>Sluice</h1>\n<p>").Append(encoder.Encode(BuildInfo.Text)).Append("</p>\n");
        html.Append("<table>\n<thead><tr><th>Method</th><th>Path</th><th>Answer</th></tr></thead>\n<tbody>\n");
        foreach (var endpoint in endpoints)
        {
            var path = encoder.Encode(endpoint.Path);
            html.Append("<tr><td>").Append(encoder.Encode(endpoint.Method)).Append("</td><td><code>");
            // A link is a GET; what changes something is only named.
            html.Append(HttpMethods.IsGet(endpoint.Method) ? $"<a href=\"{path}\">{path}</a>" : path);
            html.Append("</code></td><td>").Append(encoder.Encode(endpoint.Summary)).Append("</td></tr>\n");
        }
        return html.Append("</tbody>\n</table>\n</body>\n</html>\n").ToString();
    }
}
