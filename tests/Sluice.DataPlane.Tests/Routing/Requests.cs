using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Tests.Routing;

/// <summary>Short ways to requests and routes.</summary>
internal static class Requests
{
    /// <summary>A request; headers as name and value, one after the other.</summary>
    public static RequestHead Get(string target, params string[] headers) => Of("GET", target, headers);

    /// <summary>A request; headers as name and value, one after the other.</summary>
    public static RequestHead Of(string method, string target, params string[] headers) =>
        new(method, "http", "a.example:8080", target, Headers(headers));

    /// <summary>Header fields; a name that comes again adds a line.</summary>
    public static HeaderDictionary Headers(params string[] headers)
    {
        var dictionary = new HeaderDictionary();
        for (var i = 0; i < headers.Length; i += 2)
            dictionary[headers[i]] = StringValues.Concat(dictionary[headers[i]], headers[i + 1]);
        return dictionary;
    }

    /// <summary>A route that answers directly.</summary>
    public static Route Route(string name, params RoutePredicate[] predicates) => new()
    {
        Name = name,
        Matcher = new RouteMatcher(predicates),
        Action = new DirectResponseAction { Status = 200, Body = default },
        At = "vs.yaml:1",
    };

    /// <summary>A virtual host for one domain.</summary>
    public static VirtualHost Host(string domain, params Route[] routes) => new() { Name = $"{domain}:80", Domains = [domain], Routes = routes };

    /// <summary>A destination with a weight.</summary>
    public static WeightedCluster Destination(string name, int weight) => new(name, null, weight, HeaderMutator.None, HeaderMutator.None);
}
