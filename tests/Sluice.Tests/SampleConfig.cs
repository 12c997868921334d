namespace Sluice.Tests;

/// <summary>Small configurations that several tests use.</summary>
internal static class SampleConfig
{
    /// <summary>A Gateway for all hosts on port 80.</summary>
    public const string Gateway = """
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata:
          name: edge
        spec:
          selector:
            istio: ingressgateway
          servers:
          - port:
              number: 80
              name: http
              protocol: HTTP
            hosts:
            - "*"
        """;

    /// <summary>Upstreams on the loopback address, as the service <c>origin.example.com</c>.</summary>
    public static string Origin(params int[] ports) => Origin([.. ports.Select(port => (port, 1))]);

    /// <summary>The same, with weights.</summary>
    public static string Origin((int Port, int Weight)[] members) => """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata:
          name: origin
        spec:
          hosts:
          - origin.example.com
          location: MESH_EXTERNAL
          resolution: STATIC
          ports:
          - number: 80
            name: http
            protocol: HTTP
          endpoints:

        """ + string.Join('\n', members.Select(m => $"  - address: 127.0.0.1\n    ports: {{http: {m.Port}}}\n    weight: {m.Weight}"));

    /// <summary>Forwards a path prefix of <c>www.example.com</c> to the origin.</summary>
    public static string Route(string prefix) => $"""
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata:
          name: www
        spec:
          hosts:
          - www.example.com
          gateways:
          - edge
          http:
          - name: main
            match:
            - uri:
                prefix: {prefix}
            route:
            - destination:
                host: origin.example.com
                port:
                  number: 80
        """;

    /// <summary>Several documents as one file.</summary>
    public static string Join(params string[] documents) => string.Join("\n---\n", documents) + "\n";
}
