using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Sluice.DataPlane.Routing;
using Sluice.DataPlane.Routing.Re2;
using Sluice.DataPlane.Telemetry;

namespace Sluice.DataPlane.Tests.Routing;

/// <summary>Compares with what RE2 itself answered: each line of the file holds a pattern, a replacement (null when RE2 refuses the pattern),
/// and for some values whether they match as a whole, and what replacing all matches makes of them (null where that was not asked).</summary>
public sealed class Re2AnswersTests
{
    // \C, a single byte, is the one thing of RE2's syntax that is refused on purpose.
    private static readonly string[] RefusedHere = [@"\C"];

    public static TheoryData<string> Lines()
    {
        using var reader = new StreamReader(typeof(Re2AnswersTests).Assembly.GetManifestResourceStream("re2-answers.jsonl")!, Encoding.UTF8);
        var data = new TheoryData<string>();
        while (reader.ReadLine() is { } line)
            data.Add(line);
        return data;
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void Answers_as_RE2_does(string line)
    {
        using var document = JsonDocument.Parse(line);
        var pattern = document.RootElement[0].GetString()!;
        var replacement = document.RootElement[1].GetString();
        var accepted = Re2Pattern.TryCompileFullMatch(pattern, out var full, out var reason);
        Assert.Equal(accepted, Re2Pattern.TryCompileSearch(pattern, out var search, out _));
        Assert.True(accepted == (replacement is not null && !RefusedHere.Contains(pattern)), $"{pattern}: {reason ?? "accepted"}");
        if (!accepted)
            return;

        Assert.True(Re2Pattern.TryCheckReplacement(pattern, replacement!, out _));
        var matcher = StringMatcher.Regex(pattern);
        foreach (var row in document.RootElement[2].EnumerateArray())
        {
            var value = row[0].GetString()!;
            Assert.True(matcher.Matches(WireText.From(value)) == (row[1].GetInt32() == 1), $"{pattern} against {Show(value)}: {full}");
            if (row[2].GetString() is { } expected)
                Assert.Equal($"{pattern}: {Show(expected)}", $"{pattern}: {Show(Replacement.ReplaceAll(search!, value, replacement!))}");
        }
    }

    private static string Show(string value) => Regex.Escape(value);
}
