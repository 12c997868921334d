using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Clusters;
using Sluice.Reports;

namespace Sluice.Admin;

/// <summary>The admin paths by which an operator takes an endpoint out of balancing and puts it back.</summary>
internal sealed class EjectionEndpoints(AdminParts parts)
{
    private const string Endpoint = "/clusters/{cluster}/endpoints/{address}";

    public IEnumerable<AdminEndpoint> All() =>
    [
        AdminEndpoint.Post(Endpoint + "/eject", "Takes an endpoint out of balancing until it is put back",
            context => Change(context, parts.Ejections.EjectByOperator)),
        AdminEndpoint.Post(Endpoint + "/uneject", "Puts an endpoint back, whatever took it out",
            context => Change(context, parts.Ejections.Uneject)),
    ];

    private ValueTask<AdminReply> Change(HttpContext context, Action<Cluster, DataPlane.Clusters.Endpoint> change)
    {
        var (name, address) = ((string)context.Request.RouteValues["cluster"]!, (string)context.Request.RouteValues["address"]!);
        if (!parts.Live.Current.Clusters.TryGetValue(name, out var cluster))
            return Refuse($"there is no cluster {name}: /clusters lists them");
        if (Array.Find(cluster.Endpoints, e => e.Address == address) is not { } endpoint)
            return Refuse($"{name} has no endpoint {address}: /clusters lists them");
        change(cluster, endpoint);
        return ValueTask.FromResult(AdminReply.Json(EndpointStateView.Of(cluster, endpoint), ReportJson.Readable.EndpointStateView));
    }

    private static ValueTask<AdminReply> Refuse(string why) =>
        ValueTask.FromResult(AdminReply.Text(StatusCodes.Status404NotFound, why));
}
