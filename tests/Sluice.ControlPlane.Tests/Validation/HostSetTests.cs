using Sluice.ControlPlane.Validation.Analysis;

namespace Sluice.ControlPlane.Tests.Validation;

/// <summary>Whether hosts overlap.</summary>
public sealed class HostSetTests
{
    [Theory]
    [InlineData("a.example.com", "a.example.com", true)]
    [InlineData("a.example.com", "b.example.com", false)]
    [InlineData("*.example.com", "a.example.com", true)]
    [InlineData("*.example.com", "a.b.example.com", true)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("a.example.com", "*.example.com", true)]
    [InlineData("*.a.example.com", "*.example.com", true)]
    [InlineData("*.example.com", "*.a.example.com", true)]
    [InlineData("*.example.com", "*.example.org", false)]
    [InlineData("*", "a.example.com", true)]
    [InlineData("a.example.com", "*", true)]
    [InlineData("*shop.example.com", "myshop.example.com", true)]
    [InlineData("*shop.example.com", "pay.example.com", false)]
    [InlineData("myshop.example.com", "*shop.example.com", true)]
    public void Finds_overlaps_from_either_side(string known, string asked, bool overlap)
    {
        var set = new HostSet();
        set.Add("other.example.net");
        set.Add(known);
        Assert.Equal(overlap, set.Overlaps(asked));
    }

    [Fact]
    public void Nothing_overlaps_the_empty_set() => Assert.False(new HostSet().Overlaps("*"));
}
