using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Tests.Validation;

/// <summary>The syntax of CEL expressions in access log filters.</summary>
public sealed class ExpressionSyntaxTests
{
    [Theory]
    [InlineData("response.code >= 400")]
    [InlineData("response.code >= 400 && (request.method == 'GET' || !has(request.headers['x-a']))")]
    [InlineData("connection.mtls ? request.size > 1.5e3 : request.path.startsWith(\"/a\")")]
    [InlineData("request.method in ['GET', 'HEAD']")]
    [InlineData("{'a': 1}['a'] == 0x10u")]
    [InlineData("r'\\d' + 'it\\'s'")]
    public void Accepts_what_is_well_formed(string expression) => Assert.Null(new ExpressionSyntax(expression).Problem());

    [Theory]
    [InlineData("response.code >=")]
    [InlineData("response.code 400")]
    [InlineData("(response.code")]
    [InlineData("'open")]
    [InlineData("a ? b")]
    [InlineData("a.")]
    [InlineData("f(a,,b)")]
    public void Refuses_what_is_not(string expression) => Assert.NotNull(new ExpressionSyntax(expression).Problem());

    [Fact]
    public void Refuses_what_nests_too_deep() =>
        Assert.NotNull(new ExpressionSyntax(new string('(', 10_000) + "a" + new string(')', 10_000)).Problem());
}
