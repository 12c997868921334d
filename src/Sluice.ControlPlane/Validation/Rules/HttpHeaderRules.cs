using Sluice.Api.Networking;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of header operations.</summary>
internal static class HttpHeaderRules
{
    /// <summary>Checks the operations of a route or a destination.</summary>
    public static void Check(Field at, Headers? headers)
    {
        if (headers?.Request is { } request)
        {
            var requestAt = at["request"];
            foreach (var (name, value, each) in requestAt["set"].Each(request.Set)) CheckRequest(each, name, value);
            foreach (var (name, value, each) in requestAt["add"].Each(request.Add)) CheckRequest(each, name, value);
            foreach (var (name, each) in requestAt["remove"].Each(request.Remove)) HttpText.CheckOperation(each, name);
        }

        if (headers?.Response is { } response)
        {
            var responseAt = at["response"];
            foreach (var (name, value, each) in responseAt["set"].Each(response.Set)) CheckResponse(each, name, value);
            foreach (var (name, value, each) in responseAt["add"].Each(response.Add)) CheckResponse(each, name, value);
            foreach (var (name, each) in responseAt["remove"].Each(response.Remove)) HttpText.CheckOperation(each, name);
        }
    }

    /// <summary>Checks that the authority is replaced in one place only: by the rewrite, or by one header operation.</summary>
    public static void CheckSingleAuthority(Field at, HttpRoute route)
    {
        var first = route.Rewrite?.Authority is { Length: > 0 } ? "rewrite.authority" : null;
        first = CheckAuthority(at, route.Headers?.Request?.Set, "headers.request.set", first);
        CheckAuthority(at, route.Headers?.Request?.Add, "headers.request.add", first);
    }

    private static string? CheckAuthority(Field at, IReadOnlyDictionary<string, string>? operations, string where, string? first)
    {
        foreach (var name in operations?.Keys ?? [])
        {
            if (!HttpText.IsAuthority(name)) continue;
            if (first is not null)
            {
                at.Error(Codes.Exclusive, $"{first} and {where}.{name} both replace the authority in {at.Path}: keep one");
            }

            first ??= $"{where}.{name}";
        }

        return first;
    }

    private static void CheckRequest(Field at, string name, string value)
    {
        HttpText.CheckRequestOperation(at, name);
        HeaderValues.Check(at, value);
    }

    private static void CheckResponse(Field at, string name, string value)
    {
        HttpText.CheckOperation(at, name);
        HeaderValues.Check(at, value);
    }
}
