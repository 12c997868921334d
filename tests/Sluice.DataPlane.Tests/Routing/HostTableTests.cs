using CsCheck;
using Sluice.DataPlane.Routing;

namespace Sluice.DataPlane.Tests.Routing;

public sealed class HostTableTests
{
    private static readonly HostTable Table = new(
    [
        Requests.Host("a.example"), Requests.Host("*.example"), Requests.Host("*.b.example"), Requests.Host("[::1]"),
        Requests.Host("10.0.0.1"), Requests.Host("*"), Requests.Host("a.example"),
    ]);

    [Theory]
    [InlineData("a.example", "a.example")]
    [InlineData("A.Example", "a.example")]
    [InlineData("a.example:8080", "a.example")]
    [InlineData("c.example", "*.example")]
    [InlineData("c.d.EXAMPLE:80", "*.example")]
    [InlineData("x.b.example", "*.b.example")]
    [InlineData("b.example", "*.example")]
    [InlineData(".b.example", "*.example")]
    [InlineData("example", "*")]
    [InlineData(".example", "*")]
    [InlineData("a.example.", "*")]
    [InlineData("[::1]", "[::1]")]
    [InlineData("[::1]:8080", "[::1]")]
    [InlineData("10.0.0.1:80", "10.0.0.1")]
    [InlineData("", "*")]
    [InlineData(":80", "*")]
    public void Prefers_the_exact_name_then_the_longest_suffix(string authority, string expected) =>
        Assert.Equal($"{expected}:80", Table.Find(authority)?.Name);

    [Theory]
    [InlineData("a.example:81", "a.example:81")]
    [InlineData("A.example:81", "a.example:81")]
    [InlineData("a.example:82", "a.example")]
    [InlineData("a.example", "a.example")]
    [InlineData("b.example:81", null)]
    public void A_domain_with_a_port_goes_before_the_one_without(string authority, string? expected) => Assert.Equal(
        expected is null ? null : $"{expected}:80",
        new HostTable([Requests.Host("a.example:81"), Requests.Host("a.example")]).Find(authority)?.Name);

    [Fact]
    public void Answers_nothing_when_no_host_covers_the_name() => Assert.Null(new HostTable([Requests.Host("a.example")]).Find("b.example"));

    [Theory]
    [InlineData(".example", "*.example")]
    [InlineData(".b.example:80", "*.b.example")]
    [InlineData(".other", "*")]
    public void A_name_beyond_all_bounds_can_still_end_in_a_suffix(string end, string expected) =>
        Assert.Equal($"{expected}:80", Table.Find(new string('x', 5000) + end)?.Name);

    [Fact]
    public void Of_two_hosts_with_the_same_domain_the_first_wins()
    {
        var (first, second) = (Requests.Host("a.example"), Requests.Host("a.example"));
        Assert.Same(first, new HostTable([first, second]).Find("a.example"));
    }

    private static readonly Gen<string> Labels = Gen.OneOf("a", "b", "ab", "B", "");
    private static readonly Gen<string> Names = Labels.Array[1, 4].Select(labels => string.Join('.', labels));
    private static readonly Gen<string> Domains = Gen.Select(Gen.OneOf("", "", "*."), Names, (star, name) => star + name.ToLowerInvariant());

    [Fact]
    public void Finds_what_a_search_through_all_hosts_finds() =>
        Gen.Select(Domains.Array[0, 12], Gen.Bool, Names, Gen.OneOf("", ":80", ":")).Sample((domains, any, name, port) =>
        {
            var hosts = domains.Where(d => d != "*").Append(any ? "*" : "other").Select(d => Requests.Host(d)).ToArray();
            var expected = Search(hosts, name.ToLowerInvariant());
            Assert.Equal(expected, new HostTable(hosts).Find(name + port)?.Name);
        });

    private static string? Search(VirtualHost[] hosts, string name) => hosts
        .Where(h => h.Domains[0] == name || h.Domains[0] == "*"
            || (h.Domains[0].StartsWith('*') && name.Length >= h.Domains[0].Length && name.EndsWith(h.Domains[0][1..], StringComparison.Ordinal)))
        .OrderByDescending(h => h.Domains[0] == name).ThenByDescending(h => h.Domains[0].Length).FirstOrDefault()?.Name;
}
