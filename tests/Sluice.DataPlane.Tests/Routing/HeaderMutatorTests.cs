using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Telemetry;

namespace Sluice.DataPlane.Tests.Routing;

public sealed class HeaderMutatorTests
{
    private static readonly HeaderOperation Remove = new(HeaderChange.Remove, "x-a", "");

    [Fact]
    public void Executes_in_the_order_given()
    {
        var headers = Apply(Requests.Headers("x-a", "1", "x-b", "2", "x-b", "3"),
            Remove,
            new HeaderOperation(HeaderChange.Set, "X-B", "4"),
            new HeaderOperation(HeaderChange.Add, "x-b", "5"),
            new HeaderOperation(HeaderChange.Add, "x-c", "6"));
        Assert.False(headers.ContainsKey("x-a"));
        Assert.Equal(["4", "5"], headers["x-b"].ToArray());
        Assert.Equal(["6"], headers["x-c"].ToArray());
    }

    [Fact]
    public void A_later_set_wins_over_an_earlier_one() => Assert.Equal(["dest"], Apply(Requests.Headers(),
        new HeaderOperation(HeaderChange.Set, "x-a", "route"), new HeaderOperation(HeaderChange.Set, "x-a", "dest"))["x-a"].ToArray());

    [Fact]
    public void Operators_see_the_request_before_the_changes_but_after_removals()
    {
        var headers = Requests.Headers("x-a", "1", "x-b", "2");
        Apply(headers,
            Remove,
            new HeaderOperation(HeaderChange.Set, "x-b", "%REQ(x-a?x-b)%!"),
            new HeaderOperation(HeaderChange.Set, "x-c", "%REQ(x-b)% of 100%%"));
        Assert.Equal("2!", headers["x-b"]);
        Assert.Equal("2 of 100%", headers["x-c"]);
    }

    [Fact]
    public void A_value_that_comes_out_empty_changes_nothing()
    {
        var headers = Apply(Requests.Headers("x-a", "1"),
            new HeaderOperation(HeaderChange.Set, "x-a", "%REQ(x-missing)%"),
            new HeaderOperation(HeaderChange.Add, "x-a", ""));
        Assert.Equal(["1"], headers["x-a"].ToArray());
    }

    [Fact]
    public void Values_outside_ASCII_go_out_as_UTF8() => Assert.Equal("\xC3\xA9",
        Apply(Requests.Headers(), new HeaderOperation(HeaderChange.Set, "x-a", "é"))["x-a"]);

    [Fact]
    public void Pseudo_headers_are_left_alone() =>
        Assert.Empty(Apply(Requests.Headers(), new HeaderOperation(HeaderChange.Set, ":path", "/x"), new HeaderOperation(HeaderChange.Set, ":authority", "x")));

    [Fact]
    public void Refuses_an_unknown_operator() =>
        Assert.Throws<ArgumentException>(() => new HeaderMutator([new HeaderOperation(HeaderChange.Set, "x-a", "%NOPE%")]));

    private static IHeaderDictionary Apply(
        IHeaderDictionary headers, params HeaderOperation[] operations)
    {
        new HeaderMutator(operations).Apply(headers, new RequestInfo { RequestHeaders = headers });
        return headers;
    }
}
