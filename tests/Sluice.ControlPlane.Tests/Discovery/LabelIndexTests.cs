using CsCheck;
using Sluice.ControlPlane.Discovery;

namespace Sluice.ControlPlane.Tests.Discovery;

public class LabelIndexTests
{
    private static readonly Gen<Dictionary<string, string>> Sets =
        Gen.Select(Gen.OneOf("app", "version", "tier"), Gen.OneOf("a", "b")).Array[0, 4]
            .Select(pairs => pairs.DistinctBy(p => p.Item1).ToDictionary(p => p.Item1, p => p.Item2));

    [Fact]
    public void Selects_what_a_look_at_all_objects_selects() => Gen.Select(Sets.Array[0, 10], Sets).Sample((objects, selector) =>
    {
        var index = new LabelIndex<string>();
        for (var i = 0; i < objects.Length; i++)
            index.Add("ns", objects[i], $"{i}");
        var naive = selector.Count == 0 ? [] : Enumerable.Range(0, objects.Length)
            .Where(i => selector.All(s => objects[i].TryGetValue(s.Key, out var value) && value == s.Value))
            .Select(i => $"{i}");
        return index.Select("ns", selector).SequenceEqual(naive) && !index.Select("other", selector).Any();
    });
}
