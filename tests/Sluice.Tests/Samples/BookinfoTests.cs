using System.Diagnostics;
using System.Net;
using Sluice.Tests.Chance;

namespace Sluice.Tests.Samples;

/// <summary>Bookinfo, the application of Istio's own examples, under the rules that come with it.</summary>
public sealed class BookinfoTests
{
    private const int Requests = 1000;
    private static readonly (string, string) Jason = ("end-user", "jason");

    [Fact]
    public async Task The_gateway_serves_the_paths_of_the_product_page_only()
    {
        string[] served =
        [
            "/productpage", "/productpage?u=normal", "/static/bootstrap/css/bootstrap.min.css", "/login", "/logout", "/api/v1/products/0/reviews",
        ];
        await using var bookinfo = await StartAsync();

        foreach (var path in served)
            Assert.Equal(SampleAnswer.Of("productpage v1"), await bookinfo.GetAsync("bookinfo.example.com", path));
        foreach (var path in new[] { "/unknown", "/", "/productpage/", "/login/now", "/api/v2" })
            Assert.Equal(new SampleAnswer(HttpStatusCode.NotFound, ""), await bookinfo.GetAsync("bookinfo.example.com", path));
    }

    [Fact]
    public async Task Without_rules_all_versions_of_the_reviews_are_called()
    {
        await using var bookinfo = await StartAsync();

        var counts = await SampleCluster.CountAsync(100, () => bookinfo.CallAsync("reviews"));

        Assert.Equal(["reviews v1", "reviews v2", "reviews v3"], counts.Keys.Order());
    }

    [Fact]
    public async Task All_v1_sends_every_call_to_the_first_versions()
    {
        await using var bookinfo = await StartAsync("virtual-service-all-v1.yaml");

        foreach (var service in new[] { "productpage", "reviews", "ratings", "details" })
            Assert.Equal([$"{service} v1"], (await SampleCluster.CountAsync(20, () => bookinfo.CallAsync(service))).Keys);
    }

    [Theory]
    [InlineData("virtual-service-reviews-90-10.yaml", "reviews v1", 90, "reviews v2", 10)]
    [InlineData("virtual-service-reviews-80-20.yaml", "reviews v1", 80, "reviews v2", 20)]
    [InlineData("virtual-service-reviews-50-v3.yaml", "reviews v1", 50, "reviews v3", 50)]
    [InlineData("virtual-service-reviews-v2-v3.yaml", "reviews v2", 50, "reviews v3", 50)]
    public async Task Calls_are_split_by_weight(string rules, string first, int firstPercent, string second, int secondPercent)
    {
        await using var bookinfo = await StartAsync(rules);

        var counts = await SampleCluster.CountAsync(Requests, () => bookinfo.CallAsync("reviews:9080"));

        Shares.Follow(counts, (first, firstPercent), (second, secondPercent));
    }

    [Theory]
    [InlineData("virtual-service-reviews-v3.yaml", "reviews v3", "reviews v3")]
    [InlineData("virtual-service-reviews-test-v2.yaml", "reviews v2", "reviews v1")]
    [InlineData("virtual-service-reviews-jason-v2-v3.yaml", "reviews v2", "reviews v3")]
    public async Task A_user_sees_his_own_version(string rules, string jasons, string others)
    {
        await using var bookinfo = await StartAsync(rules);

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(SampleAnswer.Of(jasons), await bookinfo.CallAsync("reviews", Jason));
            Assert.Equal(SampleAnswer.Of(others), await bookinfo.CallAsync("reviews", ("end-user", "jasonx")));
            Assert.Equal(SampleAnswer.Of(others), await bookinfo.CallAsync("reviews"));
        }
    }

    [Fact]
    public async Task Test_abort_answers_500_to_one_user_without_a_call_to_the_ratings()
    {
        await using var bookinfo = await StartAsync("virtual-service-ratings-test-abort.yaml");

        Assert.Equal(new SampleAnswer(HttpStatusCode.InternalServerError, "fault filter abort"), await bookinfo.CallAsync("ratings", Jason));
        Assert.Equal(0, bookinfo.Served("ratings v1"));
        Assert.Equal(SampleAnswer.Of("ratings v1"), await bookinfo.CallAsync("ratings"));
    }

    [Fact]
    public async Task Test_delay_makes_one_user_wait_seven_seconds_and_nobody_else()
    {
        await using var bookinfo = await StartAsync("virtual-service-ratings-test-delay.yaml");
        var start = Stopwatch.GetTimestamp();

        var jasons = bookinfo.CallAsync("ratings", Jason);
        Assert.Equal(SampleAnswer.Of("ratings v1"), await bookinfo.CallAsync("ratings"));
        Assert.False(jasons.IsCompleted);

        Assert.Equal(SampleAnswer.Of("ratings v1"), await jasons);
        Assert.True(Stopwatch.GetElapsedTime(start) >= TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task An_abort_with_a_status_that_nobody_registered_is_sent_as_written()
    {
        var files = SampleFiles.Of("bookinfo", "platform/kube/bookinfo.yaml", "networking/fault-injection-details-v1.yaml");
        await using var bookinfo = await SampleCluster.StartAsync(8080, files);

        Assert.Equal(new SampleAnswer((HttpStatusCode)555, "fault filter abort"), await bookinfo.CallAsync("details"));
    }

    [Fact]
    public async Task A_subset_without_pods_answers_503_until_its_version_is_deployed()
    {
        await using (var before = await StartAsync("virtual-service-details-v2.yaml"))
            Assert.Equal(new SampleAnswer(HttpStatusCode.ServiceUnavailable, "no healthy upstream"), await before.CallAsync("details"));

        await using var after = await StartAsync("virtual-service-details-v2.yaml", "../platform/kube/bookinfo-details-v2.yaml");
        Assert.Equal(SampleAnswer.Of("details v2"), await after.CallAsync("details"));
    }

    private static Task<SampleCluster> StartAsync(params string[] rules) => SampleCluster.StartAsync(
        8080,
        SampleFiles.Of("bookinfo/networking", ["../platform/kube/bookinfo.yaml", "bookinfo-gateway.yaml", "destination-rule-all.yaml", .. rules]));
}
