using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sluice.DataPlane.Routing;

/// <summary>Texts of the configuration that become part of a request target.</summary>
internal static class TargetText
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "!$%&'()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>The text with every character that may not be in a target percent-encoded: spaces, controls, <c>#</c>, what is not of
    /// ASCII.</summary>
    public static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExcept(Allowed))
            return text;
        var encoded = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (Allowed.Contains((char)b))
                encoded.Append((char)b);
            else
                encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }
        return encoded.ToString();
    }

    /// <summary>The path of a target, and the query with its question mark.</summary>
    public static int QueryStart(string target) =>
        target.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? query : target.Length;

    /// <summary>Replaces the prefix of a target, in whatever case it was matched; a target without the prefix stays.</summary>
    public static string ReplacePrefix(string target, string prefix, string replacement) =>
        target.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            ? Rooted(string.Concat(replacement, target.AsSpan(prefix.Length)))
            : target;

    /// <summary>The target with a slash in front when it has none: what follows an authority must not be taken for part of it.</summary>
    public static string Rooted(string target) => target.StartsWith('/') ? target : "/" + target;
}
