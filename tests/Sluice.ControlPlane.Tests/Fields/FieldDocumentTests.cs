using System.Text.RegularExpressions;
using Sluice.ControlPlane.Tests.Compilation;

namespace Sluice.ControlPlane.Tests.Fields;

public class FieldDocumentTests
{
    public static TheoryData<string> Kinds => [.. Catalogue.Kinds.Select(k => k.Name)];

    [Fact]
    public void The_page_of_fields_is_what_the_catalogue_says() => GoldenFile.AssertHolds(
        Path.Combine(Repository.Root, "docs", "istio-fields.md"), FieldDocument.Text(Catalogue.Kinds, [.. FieldChange.All()]));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_compiler_of_a_field_reads_it(string kind)
    {
        var wrong =
            from entry in Catalogue.Kinds.Single(k => k.Name == kind).Entries
            let property = $"{char.ToUpperInvariant(entry.Key.Field[0])}{entry.Key.Field[1..]}"
            let reads = new Regex($@"\b{property}\b")
            from compiler in entry.Value.Compilers
            where !reads.IsMatch(TypeFile.Of(compiler).Text)
            select $"{compiler.Name} does not mention {entry.Key.Record.Name}.{property}";
        Assert.Equal("", string.Join('\n', wrong));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_acts_on_a_field_in_force_is_a_type_of_the_data_plane(string kind)
    {
        foreach (var (_, entry) in Catalogue.Kinds.Single(k => k.Name == kind).Entries)
        {
            Assert.All(entry.Runtime, t => Assert.StartsWith("Sluice.DataPlane.", t.Namespace, StringComparison.Ordinal));
            Assert.All(entry.Compilers, t => Assert.StartsWith("Sluice.ControlPlane.", t.Namespace, StringComparison.Ordinal));
            Assert.Equal(entry.Status is FieldStatus.InForce or FieldStatus.Compiled, entry.Runtime.Length > 0);
        }
    }

    [Theory]
    [InlineData("spec.hosts[0]", "spec.hosts[]")]
    [InlineData("spec.http[0].match[12].headers[x.y[z]].exact", "spec.http[].match[].headers[].exact")]
    public void A_way_to_a_field_is_told_without_indices_and_keys(string path, string generic) =>
        Assert.Equal(generic, FieldTree.Generic(path));
}
