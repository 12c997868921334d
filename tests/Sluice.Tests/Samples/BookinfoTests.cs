using System.Net;

namespace Sluice.Tests.Samples;

/// <summary>Istio's Bookinfo, as it is published.</summary>
public sealed class BookinfoTests
{
    private const string Reviews = "reviews.default:9080";

    private static readonly string[] Workloads =
        ["productpage/v1", "details/v1", "reviews/v1", "reviews/v2", "reviews/v3", "ratings/v1"];

    private static Task<SampleCluster> StartAsync(params string[] rules) => SampleCluster.StartAsync(Workloads,
        [
            "bookinfo/platform/kube/bookinfo.yaml", "bookinfo/networking/bookinfo-gateway.yaml", "bookinfo/networking/destination-rule-all.yaml",
            .. rules.Select(rule => $"bookinfo/networking/{rule}.yaml"),
        ]);

    [Fact]
    public async Task The_gateway_serves_the_product_page_and_nothing_else()
    {
        await using var cluster = await StartAsync("virtual-service-all-v1");
        foreach (var path in new[] { "/productpage", "/productpage?u=normal", "/static/bootstrap.css", "/login", "/logout", "/api/v1/products/0" })
            Assert.Equal((HttpStatusCode.OK, "productpage/v1"), await cluster.Edge8080Async("a.example.com", path));
        foreach (var path in new[] { "/", "/productpage/", "/login/x", "/api/v2" })
            Assert.Equal((HttpStatusCode.NotFound, ""), await cluster.Edge8080Async("a.example.com", path));
        Assert.Equal("reviews/v1", (await cluster.MeshAsync(Reviews)).Body);
    }

    [Theory]
    [InlineData("virtual-service-reviews-90-10", "reviews/v1", 0.9)]
    [InlineData("virtual-service-reviews-80-20", "reviews/v1", 0.8)]
    [InlineData("virtual-service-reviews-50-v3", "reviews/v3", 0.5)]
    public async Task Reviews_are_split_by_weight(string rule, string version, double share)
    {
        await using var cluster = await StartAsync(rule);
        await Share.HoldsAsync(share, 1000, async () => (await cluster.MeshAsync(Reviews)).Body == version);
    }

    [Theory]
    [InlineData("virtual-service-reviews-test-v2", "reviews/v2", "reviews/v1")]
    [InlineData("virtual-service-reviews-jason-v2-v3", "reviews/v2", "reviews/v3")]
    public async Task Jason_sees_another_version_of_the_reviews(string rule, string jason, string others)
    {
        await using var cluster = await StartAsync(rule);
        Assert.Equal(jason, (await cluster.MeshAsync(Reviews, "/", ("end-user", "jason"))).Body);
        Assert.Equal(others, (await cluster.MeshAsync(Reviews, "/", ("end-user", "mary"))).Body);
        Assert.Equal(others, (await cluster.MeshAsync(Reviews)).Body);
    }

    [Fact]
    public async Task Ratings_are_aborted_for_jason_only()
    {
        await using var cluster = await StartAsync("virtual-service-ratings-test-abort");
        Assert.Equal(
            (HttpStatusCode.InternalServerError, "fault filter abort"), await cluster.MeshAsync("ratings.default:9080", "/", ("end-user", "jason")));
        Assert.Equal((HttpStatusCode.OK, "ratings/v1"), await cluster.MeshAsync("ratings.default:9080"));
    }
}
