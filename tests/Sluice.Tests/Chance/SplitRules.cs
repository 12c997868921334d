namespace Sluice.Tests.Chance;

/// <summary>HTTP rules of a VirtualService that leave something to chance, by the path that they are for.</summary>
/// <remarks>A request that a fault spares goes to a service that does not exist, and is answered without an upstream: 503, flag NC.</remarks>
internal static class SplitRules
{
    private const string Nowhere = "route: [{destination: {host: nowhere.example.com}}]";

    public static readonly (string Path, string Rule)[] All =
    [
        ("/abort/0.1", $"fault: {{abort: {{httpStatus: 418, percentage: {{value: 0.1}}}}}}\n{Nowhere}"),
        ("/abort/1", $"fault: {{abort: {{httpStatus: 418, percentage: {{value: 1}}}}}}\n{Nowhere}"),
        ("/abort/33.3", $"fault: {{abort: {{httpStatus: 418, percentage: {{value: 33.3}}}}}}\n{Nowhere}"),
        ("/abort/99.5", $"fault: {{abort: {{httpStatus: 418, percentage: {{value: 99.5}}}}}}\n{Nowhere}"),
        ("/delay/2.5", $"fault: {{delay: {{fixedDelay: 1ms, percentage: {{value: 2.5}}}}}}\n{Nowhere}"),
        ("/delay/60", $"fault: {{delay: {{fixedDelay: 1ms, percentage: {{value: 60}}}}}}\n{Nowhere}"),
        ("/delay/old", $"fault: {{delay: {{fixedDelay: 1ms, percent: 15}}}}\n{Nowhere}"),
        ("/delay-and-abort",
            $"fault: {{delay: {{fixedDelay: 1ms, percentage: {{value: 40}}}}, abort: {{httpStatus: 418, percentage: {{value: 25}}}}}}\n{Nowhere}"),
        ("/weights/two", $"route: [{To("a", 90)}, {To("b", 10)}]"),
        ("/weights/three", $"route: [{To("a", 50)}, {To("b", 30)}, {To("c", 20)}]"),
        ("/weights/with-none", $"route: [{To("a", 75)}, {To("b", 0)}, {To("c", 25)}]"),
        ("/weights/of-seven", $"route: [{To("a", 1)}, {To("b", 2)}, {To("c", 4)}]"),
        ("/mirror/one", $"mirror: {{host: b.example.com}}\nmirrorPercentage: {{value: 12.5}}\n{Only("a")}"),
        ("/mirror/several",
            $"mirrors: [{{destination: {{host: b.example.com}}, percentage: {{value: 60}}}}, {{destination: {{host: c.example.com}}, percentage: {{value: 30}}}}]\n{Only("a")}"),
    ];

    private static string To(string service, int weight) => $"{{destination: {{host: {service}.example.com}}, weight: {weight}}}";

    private static string Only(string service) => $"route: [{{destination: {{host: {service}.example.com}}}}]";
}
