using Sluice.Api.Kubernetes;
using Sluice.Api.Resources;
using Sluice.Api.Security;
using Sluice.Reports;

namespace Sluice.Tests.Reports;

public sealed class ObjectDumpTests
{
    [Fact]
    public void Values_of_a_Secret_never_show()
    {
        var secret = Of("Secret", new Secret
        {
            Type = "kubernetes.io/tls",
            Data = new Dictionary<string, ReadOnlyMemory<byte>> { ["tls.key"] = "top secret"u8.ToArray() },
            StringData = new Dictionary<string, string> { ["password"] = "top secret" },
        });

        var dump = ObjectDump.Of(secret);

        Assert.Equal("""{"tls.key":"[redacted]","password":"[redacted]"}""", dump["data"]!.ToJsonString());
        var text = dump.ToJsonString();
        Assert.DoesNotContain("secret\"", text);
        Assert.DoesNotContain(Convert.ToBase64String("top secret"u8), text);
        Assert.DoesNotContain("last-applied", text);
    }

    [Theory]
    [InlineData("""{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}""", """{"keys":[{"kty":"oct","k":"[redacted]"}]}""")]
    [InlineData("""{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB","d":"c2VjcmV0"}]}""", """{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB","d":"[redacted]"}]}""")]
    [InlineData("c2VjcmV0", "[redacted]")]
    [InlineData("[1]", "[redacted]")]
    public void Private_parts_of_JSON_Web_Keys_never_show(string jwks, string shown)
    {
        var policy = Of("RequestAuthentication", new RequestAuthenticationSpec { JwtRules = [new JwtRule { Issuer = "me", Jwks = jwks }] });

        var dump = ObjectDump.Of(policy);

        Assert.Equal(shown, dump["spec"]!["jwtRules"]![0]!["jwks"]!.GetValue<string>());
    }

    [Fact]
    public void Content_stands_where_it_was_written()
    {
        var map = ObjectDump.Of(Of("ConfigMap", new ConfigMap { Data = new Dictionary<string, string> { ["a"] = "b" } }));
        var service = ObjectDump.Of(Of("Service", new ServiceSpec { Type = "ClusterIP" }));

        Assert.Equal("b", map["data"]!["a"]!.GetValue<string>());
        Assert.Equal("ClusterIP", service["spec"]!["type"]!.GetValue<string>());
        Assert.Equal("Service", service["kind"]!.GetValue<string>());
        Assert.Equal("x", service["metadata"]!["name"]!.GetValue<string>());
    }

    private static Resource<T> Of<T>(string kind, T spec) where T : class => new()
    {
        Kind = kind,
        ApiVersion = "v1",
        Metadata = new ObjectMeta
        {
            Name = "x",
            Namespace = "default",
            Annotations = new Dictionary<string, string> { ["kubectl.kubernetes.io/last-applied-configuration"] = "dG9wIHNlY3JldA==" },
        },
        Position = new SourcePosition("x.yaml", 1, 1),
        Locate = _ => new SourcePosition("x.yaml", 1, 1),
        Spec = spec,
    };
}
