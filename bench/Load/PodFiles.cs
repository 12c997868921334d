using System.Globalization;

namespace Sluice.Load;

/// <summary>The objects of a service with several pods, of which one fails.</summary>
internal static class PodFiles
{
    /// <summary>One of three may be ejected; the rest of the outlier detection is as it comes.</summary>
    public static string Rule(TimeSpan ejectionTime) => string.Create(CultureInfo.InvariantCulture, $"""
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata:
          name: pods
        spec:
          host: pods.example.com
          trafficPolicy:
            outlierDetection:
              interval: 1s
              baseEjectionTime: {ejectionTime.TotalSeconds:f0}s
              maxEjectionPercent: 34

        """);

    /// <param name="retries">Whether Istio's default ones are made; none otherwise.</param>
    public static string Route(bool retries) => $"""
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata:
          name: pods
        spec:
          hosts:
          - pods.example.com
          gateways:
          - edge
          http:
          - route:
            - destination:
                host: pods.example.com
                port:
                  number: 80
            {(retries ? "" : "retries: {attempts: 0}")}

        """;
}
