using Sluice.Api.Findings;

namespace Sluice.ControlPlane.Tests.Sources;

public sealed class ObjectReadingTests
{
    [Theory]
    [InlineData("apiVersion: v1\nkind: Service\nmetadata: {name: a}\n")]
    [InlineData("---\napiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\n---\n# nothing\n--- # more nothing\n\n---\n~\n---\n...\n")]
    [InlineData("%YAML 1.2\n---\napiVersion: v1\nkind: Service\nmetadata: {name: a}\n...\n")]
    [InlineData("--- {apiVersion: v1, kind: Service, metadata: {name: a}}")]
    [InlineData("{\"apiVersion\": \"v1\",\r\n\t\"kind\": \"Service\", \"metadata\": {\"name\": \"\\u0061\"}}")]
    [InlineData("apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Service\n  metadata: {name: a}\n")]
    [InlineData("apiVersion: v1\nkind: List\nitems: []\n---\nkind: Service\nmetadata:\n  name: >-\n    a\napiVersion: \"v1\"")]
    public void Takes_documents_in_every_form(string text)
    {
        var read = TemporaryFolder.ReadText(text);
        Assert.Empty(read.Findings);
        Assert.Equal("Service default/a", Assert.Single(read.All).Id);
    }

    [Fact]
    public void Passes_over_status_and_what_a_server_adds()
    {
        var read = TemporaryFolder.ReadText("""
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata:
              name: public
              namespace: istio-system
              creationTimestamp: "2024-05-01T10:00:00Z"
              generation: 3
              resourceVersion: "77"
              uid: 1e3
              managedFields: [{manager: kubectl, fieldsV1: {f: {}}}]
              labels: {app: public}
              annotations:
            spec:
              selector: {istio: ingressgateway}
            status:
              conditions: []
            """);
        Assert.Empty(read.Findings);
        var metadata = Assert.Single(read.Gateways).Metadata;
        Assert.Equal(new DateTimeOffset(2024, 5, 1, 10, 0, 0, TimeSpan.Zero), metadata.CreationTimestamp);
        Assert.Equal("public", metadata.Labels["app"]);
        Assert.Empty(metadata.Annotations);
    }

    [Fact]
    public void Takes_null_as_nothing()
    {
        var read = TemporaryFolder.ReadText("""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: a, namespace: , labels: ~}
            spec:
              hosts:
              http:
              - timeout: null
                match: ~
            """);
        Assert.Empty(read.Findings);
        var spec = Assert.Single(read.VirtualServices).Spec;
        Assert.Null(spec.Hosts);
        Assert.Equal((null, null), (spec.Http![0].Timeout, spec.Http[0].Match));
    }

    [Fact]
    public void Reads_an_object_without_spec_as_an_empty_one()
    {
        var read = TemporaryFolder.ReadText("apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: deny-all}\n");
        Assert.Empty(read.Findings);
        Assert.Null(Assert.Single(read.AuthorizationPolicies).Spec.Rules);
    }

    [Fact]
    public void Keeps_what_fits_of_an_object_with_errors_and_says_that_it_is_not_whole()
    {
        var read = TemporaryFolder.ReadText("""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: broken}
            spec:
              hosts: [a, 5]
              http:
              - timeout: soon
                name: one
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: whole}
            """);
        Assert.Equal(2, read.Findings.Count(finding => finding.StopsLoad));
        Assert.Equal([false, true], read.VirtualServices.Select(resource => resource.IsComplete));
        Assert.Equal("one", read.VirtualServices[0].Spec.Http![0].Name);
    }

    [Fact]
    public void Reads_both_spellings_that_istio_takes()
    {
        var read = TemporaryFolder.ReadText("""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: a}
            spec:
              http:
              - mirror_percent: 5
            ---
            apiVersion: security.istio.io/v1
            kind: RequestAuthentication
            metadata: {name: a}
            spec:
              jwtRules:
              - jwks_uri: https://example.com
            """);
        Assert.Empty(read.Findings);
        Assert.Equal(5u, read.VirtualServices[0].Spec.Http![0].MirrorPercent);
        Assert.Equal("https://example.com", read.RequestAuthentications[0].Spec.JwtRules![0].JwksUri);
    }

    [Theory]
    [InlineData("80", 80)]
    [InlineData("80.0", 80)]
    [InlineData("8e1", 80)]
    [InlineData("0x50", 80)]
    [InlineData("0120", 80)]
    [InlineData("8_0", 80)]
    public void Reads_whole_numbers_in_every_form_that_kubernetes_takes(string written, int port)
    {
        var read = TemporaryFolder.ReadText(
            $"apiVersion: v1\nkind: Service\nmetadata: {{name: a}}\nspec: {{ports: [{{port: {written}, targetPort: {written}}}]}}\n");
        Assert.Empty(read.Findings);
        var readPort = read.Services[0].Spec.Ports![0];
        Assert.Equal((port, port, false), (readPort.Port, readPort.TargetPort!.Value.Number, readPort.TargetPort.Value.IsName));
    }

    [Theory]
    [InlineData("!!str 5")]
    [InlineData("! 5")]
    [InlineData("'5'")]
    [InlineData("|-\n      5")]
    public void Reads_quoted_and_tagged_text_as_text(string written)
    {
        var read = TemporaryFolder.ReadText(
            $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n    key: {written}\n");
        Assert.Empty(read.Findings);
        Assert.Equal("5", read.ConfigMaps[0].Spec.Data!["key"]);
    }

    [Fact]
    public void Decodes_secrets_and_takes_text_for_bytes_elsewhere()
    {
        var read = TemporaryFolder.ReadText("""
            apiVersion: v1
            kind: Secret
            metadata: {name: a}
            type: kubernetes.io/tls
            data:
              tls.crt: |
                aGVs
                bG8=
              broken: "%"
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: a}
            binaryData: {text: hello}
            """);
        Assert.Equal("hello"u8, read.Secrets[0].Spec.Data!["tls.crt"].Span);
        Assert.False(read.Secrets[0].Spec.Data!.ContainsKey("broken"));
        Assert.Equal("hello"u8, read.ConfigMaps[0].Spec.BinaryData!["text"].Span);
        Assert.Equal([("SLU0104", Severity.Error, false), ("SLU0105", Severity.Warning, false)],
            read.Findings.Select(finding => (finding.Code, finding.Severity, finding.StopsLoad)));
    }

    [Fact]
    public void Names_the_object_and_the_field_in_each_finding()
    {
        var read = TemporaryFolder.ReadText("""
            spec:
              http: [{fault: {abort: {percentage: {valu: 5}}}}]
            kind: VirtualService
            apiVersion: networking.istio.io/v1
            metadata: {namespace: prod, name: a}
            """);
        var finding = Assert.Single(read.Findings);
        Assert.Equal(("VirtualService prod/a", "spec.http[0].fault.abort.percentage.valu"), (finding.Resource, finding.Path));
    }

    [Fact]
    public void Orders_objects_by_time_name_and_namespace()
    {
        static string Gateway(string name, string space, string time) =>
            "---\napiVersion: networking.istio.io/v1\nkind: Gateway\n"
            + $"metadata: {{name: {name}, namespace: {space}, creationTimestamp: {time}}}\n";

        var read = TemporaryFolder.ReadText(
            Gateway("b", "x", "2024-01-01T00:00:00Z") + Gateway("c", "x", "~") + Gateway("a", "y", "2024-01-01T00:00:00Z")
            + Gateway("a", "x", "2024-01-01T00:00:00Z") + Gateway("B", "z", "2023-01-01T00:00:00Z"));
        Assert.Equal(["x/c", "z/B", "x/a", "y/a", "x/b"], read.Gateways.Select(gateway => $"{gateway.Namespace}/{gateway.Name}"));
        Assert.Equal(["b", "c", "a", "a", "B"], read.All.Select(resource => resource.Name));
    }

    [Fact]
    public void Passes_over_unrelated_kinds_and_counts_them()
    {
        var read = TemporaryFolder.ReadText("""
            apiVersion: apps/v1
            kind: Deployment
            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: a}
            ---
            apiVersion: v1
            kind: Namespace
            """);
        Assert.Empty(read.Findings);
        Assert.Equal((0, 3), (read.All.Count, read.PassedOver));
    }
}
