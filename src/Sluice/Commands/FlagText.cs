using System.Globalization;
using System.Net;
using Sluice.Api.Resources;

namespace Sluice.Commands;

/// <summary>Reads the texts of flags. What can't be read throws a <see cref="FormatException"/> with a sentence for the user.</summary>
internal static class FlagText
{
    /// <summary><c>80=8080</c>, several also separated by commas.</summary>
    public static IReadOnlyDictionary<int, int> PortMap(IReadOnlyList<string> texts)
    {
        var map = new Dictionary<int, int>();
        foreach (var (server, bound) in Pairs(texts, "PORT=PORT"))
            map[Port(server)] = Port(bound);
        return map;
    }

    /// <summary><c>k=v,k=v</c>.</summary>
    public static IReadOnlyDictionary<string, string> Labels(IReadOnlyList<string> texts)
    {
        var labels = new Dictionary<string, string>();
        foreach (var (key, value) in Pairs(texts, "KEY=VALUE"))
            labels[key] = value;
        return labels;
    }

    /// <summary><c>NAME=VALUE</c> entries, separated by commas within one text.</summary>
    public static IEnumerable<(string Name, string Value)> Pairs(IReadOnlyList<string> texts, string form)
    {
        foreach (var entry in texts.SelectMany(t => t.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new FormatException($"'{entry}' is not of the form {form}");
            yield return (entry[..equals], entry[(equals + 1)..]);
        }
    }

    /// <summary>An IP address, for sockets.</summary>
    public static string Address(string text) =>
        IPAddress.TryParse(text, out var address) ? address.ToString() : throw new FormatException($"'{text}' is not an IP address");

    /// <summary><c>5s</c>, <c>1m30s</c>, <c>500ms</c>; not negative.</summary>
    public static TimeSpan Time(string text) =>
        Duration.TryParse(text, out var value) && value >= TimeSpan.Zero
            ? value
            : throw new FormatException($"'{text}' is not a duration such as 5s or 1m30s");

    /// <summary>Text that must not be empty.</summary>
    public static string Name(string text) => text.Length > 0 ? text : throw new FormatException("must not be empty");

    /// <summary>One of a few words.</summary>
    public static Func<string, string> OneOf(params string[] words) => text =>
        Array.IndexOf(words, text) >= 0
            ? text
            : throw new FormatException($"'{text}' is none of {string.Join(", ", words)}");

    private static int Port(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= IPEndPoint.MaxPort
            ? port
            : throw new FormatException($"'{text}' is not a port number");
}
