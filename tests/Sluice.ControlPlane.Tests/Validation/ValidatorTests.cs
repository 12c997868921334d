using System.Globalization;
using System.Text;
using Sluice.Api.Findings;
using Sluice.ControlPlane.Tests.Sources;

namespace Sluice.ControlPlane.Tests.Validation;

/// <summary>What holds for validation as a whole.</summary>
public sealed class ValidatorTests
{
    [Fact]
    public void Refuses_a_body_of_more_than_a_MiB()
    {
        var findings = Validated.Text(Route($"directResponse: {{status: 200, body: {{string: {new string('a', (1 << 20) + 1)}}}}}"));
        Assert.Contains(findings, finding => finding is { Code: "SLU0061", StopsLoad: true, Path: "spec.http[0].directResponse.body" });
    }

    [Fact]
    public void Does_not_say_that_something_is_missing_where_it_was_misspelt()
    {
        var findings = Validated.Text(Route("directRespons: {status: 200}"));
        Assert.Equal("SLU0003", Assert.Single(findings).Code);
    }

    [Fact]
    public void Only_values_keep_a_configuration_from_being_loaded()
    {
        var findings = Validated.Text(Route("route: [{destination: {host: nowhere}}]"));
        var missing = Assert.Single(findings, finding => finding.Code == "IST0101" && finding.Path.EndsWith("host", StringComparison.Ordinal));
        Assert.Equal(Severity.Error, missing.Severity);
        Assert.False(missing.StopsLoad);
    }

    [Fact]
    public void A_thousand_objects_for_one_host_are_each_reported_once()
    {
        var yaml = new StringBuilder();
        for (var i = 0; i < 1000; i++)
        {
            yaml.Append(CultureInfo.InvariantCulture, $$"""
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: v{{i:0000}}, namespace: shop}
                spec:
                  hosts: [shop.example.com]
                  gateways: [public]
                  http:
                  - match:
                    - uri: {exact: "/{{i % 500}}"}
                    directResponse: {status: 200}
                ---

                """);
        }

        yaml.Append("""
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: public, namespace: shop}
            spec:
              selector: {istio: ingressgateway}
              servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: [shop.example.com]}]
            """);
        var findings = Validated.Text(yaml.ToString());
        Assert.Equal(999, findings.Count(finding => finding.Code == "KIA1106"));
        Assert.Equal(500, findings.Count(finding => finding.Code == "SLU0204"));
    }

    [Fact]
    public void Samples_of_Istio_hold_no_mistake()
    {
        var folder = Repository.Shared("istio/samples");
        Assert.SkipUnless(folder is not null, "the samples of Istio are absent");
        Assert.All(Directory.GetFiles(folder!, "*.yaml", SearchOption.AllDirectories),
            file => Assert.DoesNotContain(Validated.Files(file), finding => finding.StopsLoad && finding.Code is not ("SLU0001" or "SLU0010")));
    }

    private static string Route(string action) => $$"""
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: shop, namespace: shop}
        spec:
          hosts: [shop.example.com]
          http:
          - {{action}}
        """;
}
