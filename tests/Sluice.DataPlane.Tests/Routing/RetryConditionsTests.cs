using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Tests.Routing;

public sealed class RetryConditionsTests
{
    [Fact]
    public void Reads_conditions_and_codes()
    {
        Assert.True(RetryConditions.TryParse("5xx,503,connect-failure,429", out var conditions, out _));
        Assert.Equal(RetryOn.ServerError | RetryOn.ConnectFailure | RetryOn.StatusCodes, conditions.On);
        Assert.Equal([503, 429], conditions.StatusCodes);
    }

    [Fact]
    public void Every_condition_has_a_word()
    {
        var all = RetryOn.None;
        foreach (var word in RetryConditions.Words)
        {
            Assert.True(RetryConditions.TryParse(word, out var conditions, out _));
            all |= conditions.On;
        }
        Assert.Equal(Enum.GetValues<RetryOn>().Aggregate((a, b) => a | b), all);
    }

    [Fact]
    public void An_empty_list_has_no_conditions()
    {
        Assert.True(RetryConditions.TryParse("", out var conditions, out _));
        Assert.Equal(RetryOn.None, conditions.On);
    }

    [Theory]
    [InlineData("99,reset,5XX", "\"99\" is no condition to retry on and no HTTP status")]
    [InlineData("5xx, reset", "\" reset\" is no condition to retry on and no HTTP status")]
    [InlineData("5xx,", "\"\" is no condition to retry on and no HTTP status")]
    [InlineData("99", "\"99\" is no condition to retry on and no HTTP status")]
    [InlineData("600", "\"600\" is no condition to retry on and no HTTP status")]
    [InlineData("5XX", "\"5XX\" is no condition to retry on and no HTTP status")]
    public void Names_the_word_that_is_unknown(string text, string expected)
    {
        Assert.False(RetryConditions.TryParse(text, out _, out var reason));
        Assert.Equal(expected, reason);
    }
}
