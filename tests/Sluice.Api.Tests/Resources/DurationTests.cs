using System.Text.Json;
using Sluice.Api.Resources;

namespace Sluice.Api.Tests.Resources;

public sealed class DurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("1s", 10_000_000)]
    [InlineData("1.5s", 15_000_000)]
    [InlineData(".5s", 5_000_000)]
    [InlineData("0.000000100s", 1)]
    [InlineData("100ms", 1_000_000)]
    [InlineData("1h30m", 54_000_000_000)]
    [InlineData("1h0m0.5s", 36_005_000_000)]
    [InlineData("3us", 30)]
    [InlineData("3\u00b5s", 30)]
    [InlineData("3\u03bcs", 30)]
    [InlineData("-1m", -600_000_000)]
    [InlineData("+1m", 600_000_000)]
    [InlineData("2562047h", 92_233_692_000_000_000)]
    public void Reads_the_forms_of_protobuf_and_go(string text, long ticks)
    {
        Assert.True(Duration.TryParse(text, out var value));
        Assert.Equal(ticks, value.Ticks);
    }

    [Theory]
    [InlineData("1ns", 1)]
    [InlineData("1.00000001s", 10_000_001)]
    [InlineData("-1ns", -1)]
    public void Rounds_what_is_finer_than_a_tick_away_from_zero(string text, long ticks)
    {
        Assert.True(Duration.TryParse(text, out var value));
        Assert.Equal(ticks, value.Ticks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("1")]
    [InlineData("1 s")]
    [InlineData("1d")]
    [InlineData("1S")]
    [InlineData("1.2.3s")]
    [InlineData(".s")]
    [InlineData("1e3s")]
    [InlineData("1s2")]
    [InlineData("--1s")]
    [InlineData("9999999999999h")]
    [InlineData("99999999999999999999999999999999s")]
    [InlineData("256204778h256204778h256204778h256204778h")]
    public void Refuses_everything_else(string text) => Assert.False(Duration.TryParse(text, out _));

    [Theory]
    [InlineData("90m", "5400s")]
    [InlineData("1.5s", "1.5s")]
    [InlineData("0s", "0s")]
    [InlineData("-100ms", "-0.1s")]
    public void Is_written_in_the_form_of_protobuf(string read, string written)
    {
        var retry = JsonSerializer.Deserialize($"{{\"backoff\":\"{read}\"}}", ApiJson.Default.HttpRetry);
        Assert.Equal($"{{\"backoff\":\"{written}\"}}", JsonSerializer.Serialize(retry, ApiJson.Default.HttpRetry));
    }

    [Fact]
    public void Refuses_json_that_is_not_text() =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("{\"backoff\":5}", ApiJson.Default.HttpRetry));
}
