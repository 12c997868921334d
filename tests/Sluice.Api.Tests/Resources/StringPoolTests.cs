using System.Text;
using System.Text.Json;
using Sluice.Api.Networking;
using Sluice.Api.Resources;

namespace Sluice.Api.Tests.Resources;

public sealed class StringPoolTests
{
    [Theory]
    [InlineData("default")]
    [InlineData("")]
    public void Keeps_one_copy_of_a_string(string text)
    {
        var pool = new StringPool();
        var first = pool.Get(new string(text));
        Assert.Same(first, pool.Get(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(text, first);
    }

    [Theory]
    [InlineData("grün")]
    [InlineData("a string that is longer than those that are worth keeping, since it hardly comes twice")]
    public void Gives_other_strings_unchanged(string text)
    {
        var pool = new StringPool();
        Assert.Equal(text, pool.Get(text));
        Assert.Equal(text, pool.Get(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Gives_the_right_string_when_slots_are_taken()
    {
        var pool = new StringPool();
        for (var i = 0; i < 50_000; i++) Assert.Equal($"name-{i}", pool.Get(Encoding.UTF8.GetBytes($"name-{i}")));
    }

    [Fact]
    public void Is_used_for_values_and_keys_of_the_configuration()
    {
        const string Json = """{"labels":{"app":"reviews","\u0061bc":"\"x\""}}""";
        WorkloadSelector[] read =
        [
            JsonSerializer.Deserialize(Json, ApiJson.Default.WorkloadSelector)!,
            JsonSerializer.Deserialize(Json, ApiJson.Default.WorkloadSelector)!,
        ];
        Assert.Equal("\"x\"", read[0].Labels!["abc"]);
        Assert.Same(read[0].Labels!["app"], read[1].Labels!["app"]);
    }
}
