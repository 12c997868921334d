namespace Sluice.Load;

/// <summary>The objects that a run serves and changes.</summary>
internal static class ReloadFiles
{
    /// <summary>The origin answers with the path, and the path says whose rule it was and of which version.</summary>
    public static string Route(Versions versions) => $"""
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata:
          name: {versions.Name}
        spec:
          hosts:
          - {versions.Host}
          gateways:
          - edge
          http:
          - rewrite:
              uri: /{versions.Name}/{versions.Newest}
            route:
            - destination:
                host: origin.example.com
                port:
                  number: 80

        """;
}
