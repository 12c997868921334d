namespace Sluice.ControlPlane.Tests.Reload;

/// <summary>Small valid documents.</summary>
internal static class Documents
{
    internal static string Gateway(int port = 80) => $"""
        apiVersion: networking.istio.io/v1
        kind: Gateway
        metadata:
          name: edge
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

    internal static string VirtualService(string name, string prefix = "/") => $"""
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata:
          name: {name}
        spec:
          hosts:
          - {name}.example.com
          gateways:
          - edge
          http:
          - match:
            - uri:
                prefix: {prefix}
            directResponse:
              status: 200

        """;

    /// <summary>Wrong in line 9: the field has no such name.</summary>
    internal static string Misspelt(string name) =>
        VirtualService(name).Replace("  gateways:", "  gatewys:", StringComparison.Ordinal);
}
