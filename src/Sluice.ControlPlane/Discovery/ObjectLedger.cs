using Sluice.Api.Findings;
using Sluice.Api.Resources;

namespace Sluice.ControlPlane.Discovery;

/// <summary>Keeps book, while a snapshot is made, of what becomes of each object and what there is to say about it.</summary>
internal sealed class ObjectLedger
{
    private readonly List<Finding> _findings = [];
    private readonly HashSet<(Resource, string Path, string Code)> _reported = [];
    private readonly HashSet<Resource> _serving = [];
    private readonly Dictionary<Resource, List<string>> _reasons = [];
    private readonly Dictionary<Resource, List<string>> _notInForce = [];

    /// <summary>What was found, in the order of discovery.</summary>
    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>Something of the object is in force.</summary>
    public void Serve(Resource resource) => _serving.Add(resource);

    /// <summary>Whether something of the object is in force.</summary>
    public bool Serves(Resource resource) => _serving.Contains(resource);

    /// <summary>Something of the object is not in force. The same reason counts once.</summary>
    /// <param name="resource">The object.</param>
    /// <param name="reason">Names the object or the field that is missing.</param>
    public void Miss(Resource resource, string reason)
    {
        if (!_reasons.TryGetValue(resource, out var reasons))
            _reasons[resource] = reasons = [];
        if (!reasons.Contains(reason))
            reasons.Add(reason);
    }

    /// <summary>Gives a reason for an object that is not in force and about which nothing was said yet.</summary>
    public void Explain(Resource resource, string reason)
    {
        if (!Serves(resource) && !_reasons.ContainsKey(resource))
            Miss(resource, reason);
    }

    /// <summary>Reports something about a field; once per field and code.</summary>
    public void Report(Resource resource, string path, Severity severity, string code, string message, string hint = "")
    {
        if (_reported.Add((resource, path, code)))
            _findings.Add(Finding.At(resource, path, severity, code, message, hint));
    }

    /// <summary>Reports something that is not about an object.</summary>
    public void Add(Finding finding) => _findings.Add(finding);

    /// <summary>A field was accepted and does nothing yet: says so where it is written, and in the status of the object.</summary>
    /// <param name="resource">The object.</param>
    /// <param name="path">Path of the field.</param>
    /// <param name="consequence">What that means for traffic.</param>
    /// <param name="subject">What is not in force, when the path does not say it.</param>
    public void NotInForce(Resource resource, string path, string consequence, string? subject = null)
    {
        Report(resource, path, Severity.Warning, FindingCodes.NotInForce, $"accepted, not in force yet: {subject ?? path}", consequence);
        if (!_notInForce.TryGetValue(resource, out var paths))
            _notInForce[resource] = paths = [];
        if (!paths.Contains(subject ?? path))
            paths.Add(subject ?? path);
    }

    /// <summary>Why something of the object is not in force; empty when nothing is missing.</summary>
    public string Reason(Resource resource)
    {
        var reasons = _reasons.TryGetValue(resource, out var given) ? string.Join("; ", given) : "";
        if (!_notInForce.TryGetValue(resource, out var paths))
            return reasons;
        var pending = $"not in force yet: {string.Join(", ", paths)}";
        return reasons.Length == 0 ? pending : $"{reasons}; {pending}";
    }
}
