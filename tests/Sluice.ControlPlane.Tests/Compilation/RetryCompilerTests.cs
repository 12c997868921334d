using Sluice.Api.Networking;
using Sluice.ControlPlane.Compilation;
using Sluice.DataPlane.Routing;

namespace Sluice.ControlPlane.Tests.Compilation;

/// <summary>What <c>retries</c> comes to. The rows were read from the tests of Istio's own translation (pilot,
/// core/route/retry/retry_test.go), which look at fields of an Envoy policy that no request shows.</summary>
public sealed class RetryCompilerTests
{
    private const RetryOn Istios =
        RetryOn.ConnectFailure | RetryOn.RefusedStream | RetryOn.GrpcUnavailable | RetryOn.GrpcCancelled | RetryOn.StatusCodes;

    public static TheoryData<string, HttpRetry, RetryPolicy> Rows { get; } = new()
    {
        {
            "numbers that are statuses become codes, and the condition for codes comes by itself; unknown words change nothing",
            new HttpRetry { Attempts = 2, RetryOn = "some,fake,5xx,404,conditions,503" },
            Policy(2, RetryOn.ServerError | RetryOn.StatusCodes, [404, 503])
        },
        {
            "a number that is no status is an unknown word, and brings no condition for codes",
            new HttpRetry { Attempts = 2, RetryOn = "some,fake,conditions,1000" },
            Policy(2, RetryOn.None)
        },
        {
            "without conditions Istio's hold, with no codes; without a time for each try there is none; tried endpoints are avoided",
            new HttpRetry { Attempts = 2 },
            Policy(2, Istios)
        },
        {
            "conditions that are an empty text are none",
            new HttpRetry { Attempts = 2, RetryOn = "" },
            Policy(2, Istios)
        },
        {
            "leaving the locality does not change the conditions",
            new HttpRetry { Attempts = 2, RetryRemoteLocalities = true },
            Policy(2, Istios) with { TriesRemoteLocalities = true }
        },
        {
            "tried endpoints are avoided when that is written",
            new HttpRetry { Attempts = 2, RetryIgnorePreviousHosts = true },
            Policy(2, Istios)
        },
        {
            "tried endpoints are not avoided when that is written",
            new HttpRetry { Attempts = 2, RetryIgnorePreviousHosts = false },
            Policy(2, Istios) with { AvoidPreviousEndpoints = false }
        },
        {
            "times are taken as written",
            new HttpRetry { Attempts = 1, PerTryTimeout = TimeSpan.FromSeconds(3), Backoff = TimeSpan.FromMilliseconds(40) },
            Policy(1, Istios) with { PerTryTimeout = TimeSpan.FromSeconds(3), Backoff = TimeSpan.FromMilliseconds(40) }
        },
        {
            "no attempts are no retries, whatever else is written",
            new HttpRetry { Attempts = 0, RetryOn = "5xx" },
            Policy(0, Istios)
        },
        {
            "attempts have no default once there is a policy",
            new HttpRetry { RetryOn = "5xx" },
            Policy(0, Istios)
        },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_policy_comes_to(string says, HttpRetry written, RetryPolicy expected)
    {
        var policy = RetryCompiler.Compile(written, RetryPolicy.Default);

        Assert.Equal(expected.StatusCodes, policy.StatusCodes);
        // The arrays were compared by their contents.
        Assert.True(expected == policy with { StatusCodes = expected.StatusCodes }, $"{says}: {policy}");
    }

    // Avoiding the endpoint of the key would send a client away from where its state is.
    [Theory]
    [InlineData(null, false, true)]
    [InlineData(null, true, false)]
    [InlineData(true, false, true)]
    [InlineData(true, true, true)]
    [InlineData(false, false, false)]
    [InlineData(false, true, false)]
    public void Whether_tried_endpoints_are_avoided_depends_on_the_balancer_unless_it_is_written(bool? written, bool isHashed, bool avoided)
    {
        var retry = new HttpRetry { Attempts = 2, RetryIgnorePreviousHosts = written };

        Assert.Equal(avoided, RetryCompiler.Compile(retry, RetryPolicy.Default, isHashed).AvoidPreviousEndpoints);
        if (written is null)
            Assert.Equal(avoided, RetryCompiler.Compile(null, RetryPolicy.Default, isHashed).AvoidPreviousEndpoints);
    }

    [Fact]
    public void Without_a_policy_the_meshs_holds_and_without_that_Istios()
    {
        var mesh = RetryCompiler.Default(new HttpRetry { Attempts = 7, RetryOn = "reset" });

        Assert.Equal((7, RetryOn.Reset), (mesh.Attempts, mesh.On));
        Assert.Same(mesh, RetryCompiler.Compile(null, mesh));
        Assert.Same(RetryPolicy.Default, RetryCompiler.Default(null));
        Assert.Equal((2, Istios), (RetryPolicy.Default.Attempts, RetryPolicy.Default.On));
    }

    [Fact]
    public void A_policy_takes_nothing_from_the_meshs() =>
        Assert.Equal(Istios, RetryCompiler.Compile(new HttpRetry { Attempts = 1 }, RetryCompiler.Default(new HttpRetry { Attempts = 7, RetryOn = "reset" })).On);

    private static RetryPolicy Policy(int attempts, RetryOn on, params int[] codes) =>
        new() { Attempts = attempts, On = on, StatusCodes = codes };
}
