namespace Sluice.Load;

/// <summary>The objects that a run serves and changes.</summary>
internal static class ReloadFiles
{
    public static string Gateway(string name, int port) => $"""
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata:
          name: {name}
        spec:
          selector:
            istio: ingressgateway
          servers:
          - port:
              number: {port}
              name: http
              protocol: HTTP
            hosts:
            - "*"

        """;

    public static string Origin(int port) => $"""
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata:
          name: origin
        spec:
          hosts:
          - origin.example.com
          resolution: STATIC
          ports:
          - number: 80
            name: http
            protocol: HTTP
          endpoints:
          - address: 127.0.0.1
            ports:
              http: {port}

        """;

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
