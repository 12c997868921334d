using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Tests.Routing;

public sealed class CorsResponderTests
{
    private static readonly CorsResponder Policy = new()
    {
        Origins = [StringMatcher.Exact("https://a.example"), StringMatcher.Regex(@"https://[a-z]+\.b\.example")],
        Methods = "POST,GET",
        Headers = "X-Foo,X-Bar",
        Exposed = "X-Baz",
        MaxAge = "86400",
    };

    private static readonly CorsResponder Wide = Policy with
    {
        Origins = [StringMatcher.Exact("*")],
        Methods = "*",
        Headers = "*",
        Credentials = true,
    };

    [Theory]
    [InlineData("https://a.example")]
    [InlineData("https://x.b.example")]
    public void Answers_a_preflight_of_an_allowed_origin(string origin)
    {
        var (preflight, answer) = Ask(Policy, "OPTIONS", "Origin", origin, "Access-Control-Request-Method", "DELETE");
        Assert.True(preflight);
        Assert.Equal(
            [
                ("access-control-allow-headers", "X-Foo,X-Bar"), ("access-control-allow-methods", "POST,GET"),
                ("access-control-allow-origin", origin), ("access-control-max-age", "86400"),
            ],
            answer);
    }

    [Fact]
    public void Echoes_where_everything_is_allowed()
    {
        var (_, answer) = Ask(Wide, "OPTIONS", "Origin", "null", "Access-Control-Request-Method", "PATCH", "Access-Control-Request-Headers", "x-q");
        Assert.Equal(
            [
                ("access-control-allow-credentials", "true"), ("access-control-allow-headers", "x-q"),
                ("access-control-allow-methods", "PATCH"), ("access-control-allow-origin", "null"), ("access-control-max-age", "86400"),
            ],
            answer);
    }

    [Fact]
    public void Lets_a_preflight_of_another_origin_through() => AssertUntouched(
        Ask(Policy, "OPTIONS", "Origin", "https://evil.example", "Access-Control-Request-Method", "GET"));

    [Fact]
    public void Answers_it_without_allowance_where_it_is_to_be_ignored()
    {
        var (preflight, answer) = Ask(Policy with { ForwardUnmatchedPreflights = false, MaxAge = null },
            "OPTIONS", "Origin", "https://evil.example", "Access-Control-Request-Method", "GET");
        Assert.True(preflight);
        Assert.Equal([("access-control-allow-headers", "X-Foo,X-Bar"), ("access-control-allow-methods", "POST,GET")], answer);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("OPTIONS")]
    public void Marks_the_answer_to_an_actual_request(string method)
    {
        var (preflight, answer) = Ask(Policy, method, "Origin", "https://a.example");
        Assert.False(preflight);
        Assert.Equal([("access-control-allow-origin", "https://a.example"), ("access-control-expose-headers", "X-Baz")], answer);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("https://x.b.example.evil")]
    [InlineData("")]
    public void Leaves_other_requests_alone(string origin) => AssertUntouched(Ask(Policy, "GET", "Origin", origin));

    [Fact]
    public void Leaves_requests_without_an_origin_alone() =>
        AssertUntouched(Ask(Wide, "OPTIONS", "Access-Control-Request-Method", "GET"));

    [Fact]
    public void Overrides_what_the_upstream_said()
    {
        var answer = Requests.Headers("access-control-allow-origin", "*");
        Policy.Decide("GET", Requests.Headers("Origin", "https://a.example")).ApplyToAnswer(answer);
        Assert.Equal("https://a.example", answer["access-control-allow-origin"]);
    }

    private static void AssertUntouched((bool Preflight, (string, string)[] Answer) asked)
    {
        Assert.False(asked.Preflight);
        Assert.Empty(asked.Answer);
    }

    private static (bool Preflight, (string, string)[] Answer) Ask(CorsResponder policy, string method, params string[] headers)
    {
        var answer = new HeaderDictionary();
        var decision = policy.Decide(method, Requests.Headers(headers));
        decision.ApplyToAnswer(answer);
        return (decision.IsPreflight, [.. answer.Select(h => (h.Key.ToLowerInvariant(), h.Value.ToString())).Order()]);
    }
}
