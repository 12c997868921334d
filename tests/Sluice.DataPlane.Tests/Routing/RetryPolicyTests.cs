using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Tests.Routing;

public sealed class RetryPolicyTests
{
    [Theory]
    [InlineData("5xx", 500, true)]
    [InlineData("5xx", 599, true)]
    [InlineData("5xx", 499, false)]
    [InlineData("gateway-error", 502, true)]
    [InlineData("gateway-error", 503, true)]
    [InlineData("gateway-error", 504, true)]
    [InlineData("gateway-error", 500, false)]
    [InlineData("retriable-4xx", 409, true)]
    [InlineData("retriable-4xx", 404, false)]
    [InlineData("404,503", 404, true)]
    [InlineData("404,503", 503, true)]
    [InlineData("404,503", 500, false)]
    [InlineData("retriable-status-codes", 503, false)]
    [InlineData("connect-failure,refused-stream,reset,retriable-headers", 503, false)]
    public void Looks_at_the_status_of_an_answer(string retryOn, int status, bool expected) =>
        Assert.Equal(expected, Policy(retryOn).RetriesAnswer(status, new HeaderDictionary()));

    [Fact]
    public void By_default_no_answer_is_tried_again_for_its_status() =>
        Assert.All(Enumerable.Range(100, 500), status => Assert.False(RetryPolicy.Default.RetriesAnswer(status, new HeaderDictionary())));

    [Theory]
    [InlineData("cancelled", "1")]
    [InlineData("deadline-exceeded", "4")]
    [InlineData("resource-exhausted", "8")]
    [InlineData("internal", "13")]
    [InlineData("unavailable", "14")]
    public void Looks_at_a_gRPC_status_among_the_fields(string retryOn, string status)
    {
        Assert.True(Policy(retryOn).RetriesAnswer(200, new HeaderDictionary { ["grpc-status"] = status }));
        Assert.False(Policy(retryOn).RetriesAnswer(200, new HeaderDictionary { ["grpc-status"] = "2" }));
        Assert.False(Policy(retryOn).RetriesAnswer(200, new HeaderDictionary()));
    }

    [Fact]
    public void An_answer_of_a_rate_limiter_is_tried_again_only_where_the_policy_says_so()
    {
        var limited = new HeaderDictionary { ["x-envoy-ratelimited"] = "true" };
        Assert.False(Policy("5xx").RetriesAnswer(503, limited));
        Assert.True(Policy("envoy-ratelimited").RetriesAnswer(429, limited));
        Assert.False(Policy("envoy-ratelimited").RetriesAnswer(429, new HeaderDictionary()));
    }

    [Fact]
    public void A_failure_is_tried_again_when_it_meets_one_of_the_conditions()
    {
        Assert.True(RetryPolicy.Default.RetriesFailure(RetryOn.ConnectFailure | RetryOn.Reset));
        Assert.False(RetryPolicy.Default.RetriesFailure(RetryOn.Reset | RetryOn.ServerError));
        Assert.False(RetryPolicy.Default.RetriesFailure(RetryOn.None));
    }

    [Theory]
    [InlineData("connect-failure,reset-before-request", UpstreamProtocol.Http2, true, false)]
    [InlineData("refused-stream", UpstreamProtocol.Http1, false, false)]
    [InlineData("refused-stream", UpstreamProtocol.Http2, false, true)]
    [InlineData("unavailable", UpstreamProtocol.Http2, false, false)]
    [InlineData("unavailable", UpstreamProtocol.Http2, true, true)]
    [InlineData("retriable-status-codes", UpstreamProtocol.Http1, false, false)]
    [InlineData("503", UpstreamProtocol.Http1, false, true)]
    [InlineData("reset", UpstreamProtocol.Http1, false, true)]
    public void Keeps_the_body_only_where_a_condition_can_come_after_it(string retryOn, UpstreamProtocol protocol, bool grpc, bool expected)
    {
        Assert.Equal(expected, Policy(retryOn).MayRetryAfterBody(protocol, grpc));
        Assert.False((Policy(retryOn) with { Attempts = 0 }).MayRetryAfterBody(protocol, grpc));
    }

    [Theory]
    [InlineData(1, 25)]
    [InlineData(2, 75)]
    [InlineData(3, 175)]
    [InlineData(4, 250)]
    [InlineData(5, 250)]
    [InlineData(1000, 250)]
    public void Backs_off_anywhere_below_a_bound_that_doubles(int number, int bound)
    {
        Assert.Equal(TimeSpan.Zero, RetryPolicy.Default.BackoffBefore(number, _ => 0));
        Assert.Equal(TimeSpan.FromMilliseconds(bound - 1), RetryPolicy.Default.BackoffBefore(number, range => range - 1));
    }

    [Fact]
    public void A_base_of_days_does_not_overflow()
    {
        var policy = RetryPolicy.Default with { Backoff = TimeSpan.FromDays(365) };
        Assert.Equal(TimeSpan.FromMilliseconds(int.MaxValue - 1), policy.BackoffBefore(9, range => range - 1));
    }

    private static RetryPolicy Policy(string retryOn)
    {
        Assert.True(RetryConditions.TryParse(retryOn, out var conditions, out var reason), reason);
        return RetryPolicy.Default with { On = conditions.On, StatusCodes = conditions.StatusCodes };
    }
}
