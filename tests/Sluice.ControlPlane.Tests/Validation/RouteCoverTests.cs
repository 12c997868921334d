using Sluice.Api.Networking;
using Sluice.ControlPlane.Validation.Analysis;

namespace Sluice.ControlPlane.Tests.Validation;

/// <summary>Whether one condition makes another unreachable.</summary>
public sealed class RouteCoverTests
{
    private static readonly HttpMatch Get = new() { Method = new StringMatch { Exact = "GET" } };

    [Theory]
    [InlineData("/a", "/a/b", true)]
    [InlineData("/a", "/abc", true)]
    [InlineData("/a/b", "/a", false)]
    [InlineData("", "/a", true)]
    [InlineData("/", "/a", true)]
    public void A_prefix_covers_longer_ones(string wide, string narrow, bool covers) =>
        Assert.Equal(covers, RouteCover.Covers(Prefix(wide), Prefix(narrow)));

    [Fact]
    public void More_conditions_are_covered_by_fewer()
    {
        var both = Prefix("/a/b") with { Method = Get.Method };
        Assert.True(RouteCover.Covers(Prefix("/a"), both));
        Assert.True(RouteCover.Covers(Get, both));
        Assert.False(RouteCover.Covers(both, Prefix("/a/b")));
    }

    [Fact]
    public void The_presence_of_a_header_covers_a_value_of_it()
    {
        var presence = new HttpMatch { Headers = new Dictionary<string, StringMatch> { ["x-team"] = new() } };
        var value = new HttpMatch { Headers = new Dictionary<string, StringMatch> { ["X-Team"] = new() { Exact = "a" } } };
        Assert.True(RouteCover.Covers(presence, value));
        Assert.False(RouteCover.Covers(value, presence));
    }

    [Fact]
    public void Exact_is_not_covered_by_a_prefix_in_another_case()
    {
        var exact = new HttpMatch { Uri = new StringMatch { Exact = "/Shop" } };
        Assert.False(RouteCover.Covers(Prefix("/shop"), exact));
        Assert.True(RouteCover.Covers(Prefix("/shop") with { IgnoreUriCase = true }, exact));
        Assert.False(RouteCover.Covers(Prefix("/Shop"), exact with { IgnoreUriCase = true }));
    }

    [Fact]
    public void Different_expressions_are_not_compared() =>
        Assert.False(RouteCover.Covers(Regex("/a.*"), Regex("/ab.*")));

    [Fact]
    public void Conditions_of_certain_gateways_or_workloads_cover_nothing() =>
        Assert.False(RouteCover.Covers(Prefix("/a") with { Gateways = ["mesh"] }, Prefix("/a")));

    private static HttpMatch Prefix(string prefix) => new() { Uri = new StringMatch { Prefix = prefix } };

    private static HttpMatch Regex(string regex) => new() { Uri = new StringMatch { Regex = regex } };
}
