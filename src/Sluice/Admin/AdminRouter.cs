using System.Collections.Frozen;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Sluice.Admin;

/// <summary>Finds the endpoint of a path and keeps the rules that hold for all of them: methods, and the Hosts that are answered.</summary>
internal sealed class AdminRouter
{
    private readonly FrozenDictionary<string, AdminEndpoint> _endpoints;
    private readonly (string[] Segments, AdminEndpoint Endpoint)[] _templates;
    private readonly Func<string, bool>? _allowsHost;

    /// <param name="endpoints">All paths; each has one method.</param>
    /// <param name="allowsHost">Which Hosts are answered; null for all of them.</param>
    public AdminRouter(IEnumerable<AdminEndpoint> endpoints, Func<string, bool>? allowsHost)
    {
        _endpoints = endpoints.ToFrozenDictionary(e => e.Path, StringComparer.Ordinal);
        _templates = [.. _endpoints.Values.Where(e => e.Path.Contains('{', StringComparison.Ordinal)).Select(e => (e.Path.Split('/'), e))];
        _allowsHost = allowsHost;
    }

    /// <summary>The rule of the admin port: a page of another site that resolves its name to this port must not be answered, so only
    /// <c>localhost</c>, IP addresses, and the host of <c>--admin</c> are.</summary>
    public static Func<string, bool> LocalHosts(string adminHost) => host =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.Equals(adminHost, StringComparison.OrdinalIgnoreCase)
        || IPAddress.TryParse(host.Trim('[', ']'), out _);

    /// <summary>Answers a request.</summary>
    public async Task Handle(HttpContext context)
    {
        var reply = await Answer(context).ConfigureAwait(false);
        var response = context.Response;
        response.StatusCode = reply.Status;
        response.ContentType = reply.ContentType;
        response.ContentLength = reply.Length;
        response.Headers[HeaderNames.CacheControl] = "no-store";
        response.Headers[HeaderNames.XContentTypeOptions] = "nosniff";
        if (!HttpMethods.IsHead(context.Request.Method))
            await reply.Write(response.Body, context.RequestAborted).ConfigureAwait(false);
    }

    private ValueTask<AdminReply> Answer(HttpContext context)
    {
        var request = context.Request;
        if (_allowsHost is not null && !_allowsHost(request.Host.Host))
            return Refuse(StatusCodes.Status403Forbidden, "this Host is not answered here: use localhost or an IP address");
        if (Find(request) is not { } endpoint)
            return Refuse(StatusCodes.Status404NotFound, "no such path: / lists them");
        var reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (endpoint.Method == HttpMethods.Get ? !reads : request.Method != endpoint.Method)
        {
            context.Response.Headers[HeaderNames.Allow] = endpoint.Method;
            return Refuse(StatusCodes.Status405MethodNotAllowed, $"{endpoint.Path} takes {endpoint.Method}");
        }
        return endpoint.Answer(context);
    }

    private AdminEndpoint? Find(HttpRequest request)
    {
        var path = request.Path.Value ?? "";
        if (_endpoints.TryGetValue(path, out var exact))
            return exact;
        var written = path.Split('/');
        foreach (var (template, endpoint) in _templates)
        {
            var segments = Fold(written, template);
            if (!Fits(template, segments))
                continue;
            foreach (var (name, value) in template.Zip(segments).Where(pair => pair.First.StartsWith('{')))
                request.RouteValues[name.Trim('{', '}')] = value;
            return endpoint;
        }
        return null;
    }

    // What stands before the last word of a path may have slashes: the address of a Unix socket does, and encoded ones have been decoded.
    private static string[] Fold(string[] segments, string[] template) =>
        segments.Length <= template.Length || !template[^2].StartsWith('{') ? segments
        : [.. segments[..(template.Length - 2)], string.Join('/', segments[(template.Length - 2)..^1]), segments[^1]];

    private static bool Fits(string[] template, string[] segments) => template.Length == segments.Length
        && template.Zip(segments).All(pair => pair.First.StartsWith('{') ? pair.Second.Length > 0 : pair.First == pair.Second);

    private static ValueTask<AdminReply> Refuse(int status, string why) => ValueTask.FromResult(AdminReply.Text(status, why));
}
