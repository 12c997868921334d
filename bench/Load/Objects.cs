namespace Sluice.Load;

/// <summary>The objects that every run has.</summary>
internal static class Objects
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

    /// <summary>The service <c>NAME.example.com</c>, with a port of the loopback address for each of its endpoints.</summary>
    public static string Service(string name, params IEnumerable<int> ports) => $"""
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata:
          name: {name}
        spec:
          hosts:
          - {name}.example.com
          resolution: STATIC
          ports:
          - number: 80
            name: http
            protocol: HTTP
          endpoints:

        """ + string.Concat(ports.Select(port => $"  - {{address: 127.0.0.1, ports: {{http: {port}}}}}\n"));
}
