using System.Globalization;
using Sluice.Hosting;

namespace Sluice.Commands;

/// <summary>Reads <c>--limit NAME=VALUE</c>.</summary>
internal static class LimitFlags
{
    private const int SmallestHeadersSize = 1024;

    // Sets one limit from its text; throws a FormatException with a sentence.
    private static readonly Dictionary<string, Func<LimitOptions, string, LimitOptions>> Setters = new(StringComparer.Ordinal)
    {
        ["headers-time"] = (limits, text) => limits with { HeadersTime = Positive(text) },
        ["handshake-time"] = (limits, text) => limits with { HandshakeTime = Positive(text) },
        ["idle-time"] = (limits, text) => limits with { IdleTime = FlagText.Time(text) },
        ["stream-idle-time"] = (limits, text) => limits with { StreamIdleTime = FlagText.Time(text) },
        ["headers-size"] = (limits, text) => limits with { HeadersSize = Number(text, SmallestHeadersSize) },
        ["headers-count"] = (limits, text) => limits with { HeadersCount = Number(text, 1) },
        ["body-rate"] = (limits, text) => limits with { BodyRate = Number(text, 0) },
        ["response-rate"] = (limits, text) => limits with { ResponseRate = Number(text, 0) },
        ["streams"] = (limits, text) => limits with { Streams = Number(text, 1) },
        ["connections"] = (limits, text) => limits with { Connections = Number(text, 0) },
    };

    /// <summary>All names.</summary>
    public static IReadOnlyCollection<string> Names => Setters.Keys;

    /// <summary>The limits after all entries; a later one of the same name wins.</summary>
    /// <exception cref="FormatException">A name is unknown, or a value makes no sense.</exception>
    public static LimitOptions Parse(IReadOnlyList<string> texts)
    {
        var limits = new LimitOptions();
        foreach (var (name, value) in FlagText.Pairs(texts, "NAME=VALUE"))
        {
            if (!Setters.TryGetValue(name, out var set))
            {
                var meant = Suggestion.For(name, Names);
                throw new FormatException($"there is no limit '{name}'" + (meant is null ? $": {string.Join(", ", Names)}" : $"; did you mean '{meant}'?"));
            }
            limits = set(limits, value);
        }
        return limits;
    }

    private static TimeSpan Positive(string text) =>
        FlagText.Time(text) is var time && time > TimeSpan.Zero ? time : throw new FormatException($"'{text}' must be more than nothing");

    private static int Number(string text, int least) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw new FormatException($"'{text}' is not a number from {least}");
}
