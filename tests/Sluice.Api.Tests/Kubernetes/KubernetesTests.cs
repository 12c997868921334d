using System.Text.Json;
using Sluice.Api.Kubernetes;
using Sluice.Api.Resources;

namespace Sluice.Api.Tests.Kubernetes;

public sealed class KubernetesTests
{
    [Theory]
    [InlineData("80", 80, null)]
    [InlineData("\"http\"", 0, "http")]
    [InlineData("\"80\"", 0, "80")]
    public void A_target_port_is_a_number_or_a_name(string json, int number, string? name)
    {
        var port = JsonSerializer.Deserialize($"{{\"targetPort\":{json}}}", ApiJson.Default.ServiceSpecPort)!;
        Assert.Equal(new IntOrString(number, name), port.TargetPort);
        Assert.Equal($"{{\"targetPort\":{json}}}", JsonSerializer.Serialize(port, ApiJson.Default.ServiceSpecPort));
    }

    [Fact]
    public void Text_of_a_secret_goes_before_its_data()
    {
        var secret = JsonSerializer.Deserialize(
            """{"data":{"a":"aGk=","b":"aGk="},"stringData":{"b":"text"}}""", ApiJson.Default.Secret)!;
        Assert.Equal("hi"u8, secret.Find("a")!.Value.Span);
        Assert.Equal("text"u8, secret.Find("b")!.Value.Span);
        Assert.Null(secret.Find("c"));
        Assert.Null(new Secret().Find("a"));
    }
}
