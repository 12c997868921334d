using CsCheck;
using Sluice.ControlPlane.Compilation;
using Sluice.ControlPlane.Discovery;

namespace Sluice.ControlPlane.Tests.Compilation;

public class HostNamesTests
{
    private static readonly Gen<string> Label = Gen.OneOf("a", "b", "com");

    private static readonly Gen<string> Host =
        from labels in Label.Array[1, 3]
        from wildcard in Gen.Bool
        select (wildcard ? "*." : "") + string.Join('.', labels);

    private static readonly Gen<string> Name = Host.Where(h => !HostNames.IsWildcard(h));

    [Theory]
    [InlineData("foo.com", "foo.com", true)]
    [InlineData("*.com", "foo.com", true)]
    [InlineData("*.foo.com", "foo.com", false)]
    [InlineData("*.foo.bar.baz", "*.baz", true)]
    [InlineData("*.foo.bar.baz", "baz", false)]
    [InlineData("*", "anything", true)]
    [InlineData("Foo.com", "foo.com", false)]
    public void Overlap_is_a_question_of_some_common_name(string a, string b, bool expected)
    {
        Assert.Equal(expected, HostNames.Overlap(a, b));
        Assert.Equal(expected, HostNames.Overlap(b, a));
    }

    [Fact]
    public void What_is_within_covers_nothing_else() => Gen.Select(Host, Host, Name).Sample((inner, outer, name) =>
        !HostNames.IsWithin(inner, outer) || !HostNames.Overlap(inner, name) || HostNames.Overlap(outer, name));

    [Fact]
    public void A_name_is_in_the_intersection_when_it_is_in_both() => Gen.Select(Host.Array[0, 3], Host.Array[0, 3], Name).Sample(
        (left, right, name) => HostNames.Intersect(left, right).Exists(h => HostNames.Overlap(h, name))
            == (left.Any(h => HostNames.Overlap(h, name)) && right.Any(h => HostNames.Overlap(h, name))));

    [Fact]
    public void The_map_finds_what_a_look_at_all_entries_finds() => Gen.Select(Host.Array[0, 6], Host).Sample((entries, host) =>
    {
        var map = new HostMap<string>();
        foreach (var entry in entries)
            map.TryAdd(entry, entry);
        var naive = entries
            .Where(e => HostNames.IsWithin(host, e))
            .OrderByDescending(e => e == host)
            .ThenBy(HostNames.IsWildcard)
            .ThenByDescending(e => e.Length)
            .FirstOrDefault();
        return map.Find(host) == naive;
    });

    [Theory]
    [InlineData("reviews", "ns", "reviews.ns.svc.cluster.local")]
    [InlineData("reviews.prod", "ns", "reviews.prod")]
    [InlineData("*", "ns", "*")]
    [InlineData("::1", "ns", "::1")]
    [InlineData("", "ns", "")]
    public void A_name_without_a_dot_is_completed(string host, string ns, string expected) =>
        Assert.Equal(expected, new NameResolver("cluster.local").Host(host, ns));

    [Theory]
    [InlineData("gateway", "default", "default/gateway")]
    [InlineData("./gateway", "default", "default/gateway")]
    [InlineData("other/gateway", "default", "other/gateway")]
    [InlineData("gateway.other", "default", "other/gateway")]
    [InlineData("gateway.other.svc.cluster.local", "default", "other/gateway")]
    [InlineData("mesh", "default", "mesh")]
    public void A_gateway_is_referred_to_in_several_ways(string reference, string ns, string expected) =>
        Assert.Equal(expected, NameResolver.Gateway(reference, ns));

    [Fact]
    public void Relations_of_hosts_are_those_of_Istio()
    {
        Assert.SkipUnless(IstioCases.AreThere, IstioCases.Missing);
        foreach (var c in IstioCases.Micro("host.Matches (symmetric wildcard overlap)"))
            Assert.True((bool)c["expect"]! == HostNames.Overlap((string)c["a"]!, (string)c["b"]!), (string)c["id"]!);
        foreach (var c in IstioCases.Micro("host.SubsetOf (a is contained in b)"))
            Assert.True((bool)c["expect"]! == HostNames.IsWithin((string)c["a"]!, (string)c["b"]!), (string)c["id"]!);
        foreach (var c in IstioCases.Micro("NamesIntersection"))
            Assert.Equal(Strings(c["expect"]), HostNames.Intersect(Strings(c["a"]), Strings(c["b"])));
    }

    private static string[] Strings(System.Text.Json.Nodes.JsonNode? node) =>
        node is System.Text.Json.Nodes.JsonArray array ? [.. array.Select(s => (string)s!)] : [];
}
