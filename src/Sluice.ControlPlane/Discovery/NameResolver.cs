using System.Net;

namespace Sluice.ControlPlane.Discovery;

/// <summary>Completes the short names that Istio allows. Equal results are one string, so that thousands of routes share them.</summary>
/// <remarks>A name without a dot belongs to the namespace of the object that mentions it; one with a dot is taken as it is
/// (<c>reviews.prod</c> is not completed).</remarks>
/// <param name="domain">Domain of the cluster.</param>
internal sealed class NameResolver(string domain)
{
    /// <summary>The reserved gateway of calls between services.</summary>
    public const string Mesh = "mesh";

    private readonly Dictionary<(string Name, string Namespace), string> _services = [];

    /// <summary>Domain of the cluster.</summary>
    public string Domain { get; } = domain;

    /// <summary>The full name of a host mentioned in <paramref name="ns"/>.</summary>
    public string Host(string host, string ns) => IsShort(host) ? Service(host, ns) : host;

    /// <summary>The full name of a Kubernetes Service.</summary>
    public string Service(string name, string ns)
    {
        if (!_services.TryGetValue((name, ns), out var host))
            _services[(name, ns)] = host = $"{name}.{ns}.svc.{Domain}";
        return host;
    }

    /// <summary>The <c>namespace/name</c> of a Gateway that a VirtualService in <paramref name="ns"/> refers to. Takes <c>name</c>,
    /// <c>./name</c>, <c>namespace/name</c> and the old forms <c>name.namespace</c> and <c>name.namespace.svc.DOMAIN</c>;
    /// <c>mesh</c> stays.</summary>
    public static string Gateway(string reference, string ns)
    {
        if (reference == Mesh)
            return Mesh;
        var slash = reference.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
            return slash == 1 && reference[0] == '.' ? ns + reference[1..] : reference;
        var parts = reference.Split('.', 3);
        return parts.Length == 1 ? $"{ns}/{reference}" : $"{parts[1]}/{parts[0]}";
    }

    private static bool IsShort(string host) =>
        host.Length > 0 && host != "*" && !host.Contains('.', StringComparison.Ordinal) && !IPAddress.TryParse(host, out _);
}
