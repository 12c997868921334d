using Sluice.Api.Findings;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Compilation;
using Sluice.ControlPlane.Sources;

namespace Sluice.ControlPlane.Reload;

/// <summary>Which objects a refused load was refused for.</summary>
internal static class RejectedObjects
{
    /// <summary>The objects in force, with each that an error names in its place or, when it is new, at the end.</summary>
    internal static IReadOnlyList<ObjectStatus> Among(ConfigSet refused, IEnumerable<Finding> findings, IReadOnlyList<ObjectStatus> serving)
    {
        var reasons = new Dictionary<string, Finding>(StringComparer.Ordinal);
        foreach (var finding in findings)
        {
            if (finding.StopsLoad && finding.Resource.Length > 0)
                reasons.TryAdd(finding.Resource, finding);
        }

        var objects = new List<ObjectStatus>(serving.Count);
        foreach (var status in serving)
            objects.Add(reasons.Remove(status.Resource.Id, out var reason) ? Rejected(refused, status.Resource, reason, serves: true) : status);
        foreach (var resource in refused.All)
        {
            if (reasons.Remove(resource.Id, out var reason))
                objects.Add(Rejected(refused, resource, reason, serves: false));
        }
        return objects;
    }

    private static ObjectStatus Rejected(ConfigSet refused, Resource resource, Finding reason, bool serves)
    {
        var written = refused.All.FirstOrDefault(r => r.Id == resource.Id) ?? resource;
        var place = reason.Path.Length == 0 ? "" : reason.Path + ": ";
        return new ObjectStatus(written, ObjectState.Rejected, place + reason.Message + (serves ? "; what it said before is still served" : ""));
    }
}
