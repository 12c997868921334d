using System.Globalization;

namespace Sluice.ControlPlane.Sources.Yaml;

/// <summary>What a scalar means.</summary>
internal enum ScalarKind
{
    String,
    Null,
    Bool,
    Integer,
    Float,
}

/// <summary>Tells what an unquoted scalar means, as Kubernetes reads YAML: by the rules of YAML 1.1, in which <c>yes</c> and
/// <c>off</c> are booleans, and dates stay strings.</summary>
internal static class PlainScalar
{
    /// <summary>The meaning of an unquoted scalar.</summary>
    public static ScalarKind KindOf(string text)
    {
        if (text.Length == 0) return ScalarKind.Null;
        var first = text[0];
        if (char.IsAsciiDigit(first) || first is '+' or '-' or '.') return KindOfNumber(text);
        return text switch
        {
            "~" or "null" or "Null" or "NULL" => ScalarKind.Null,
            "true" or "True" or "TRUE" or "false" or "False" or "FALSE" or
            "yes" or "Yes" or "YES" or "no" or "No" or "NO" or
            "on" or "On" or "ON" or "off" or "Off" or "OFF" or
            "y" or "Y" or "n" or "N" => ScalarKind.Bool,
            _ => ScalarKind.String,
        };
    }

    /// <summary>The value of a scalar that is a boolean.</summary>
    public static bool ToBool(string text) => text[0] is 't' or 'T' or 'y' or 'Y' || text is "on" or "On" or "ON";

    /// <summary>The value of a scalar that is an integer or float; exact for integers.</summary>
    public static bool TryToDecimal(string text, out decimal value)
    {
        var digits = text.Replace("_", "", StringComparison.Ordinal);
        if (TryParseInteger(digits, out value)) return true;
        return decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>The value of a scalar that is an integer or float, as a float.</summary>
    public static double ToDouble(string text)
    {
        var digits = text.Replace("_", "", StringComparison.Ordinal);
        if (TryParseInteger(digits, out var integer)) return (double)integer;
        return digits.TrimStart('+', '-').ToUpperInvariant() switch
        {
            ".INF" => digits[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity,
            ".NAN" => double.NaN,
            _ => double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture),
        };
    }

    private static ScalarKind KindOfNumber(string text)
    {
        var digits = text.Contains('_', StringComparison.Ordinal) ? text.Replace("_", "", StringComparison.Ordinal) : text;
        if (TryParseInteger(digits, out _)) return ScalarKind.Integer;
        var unsigned = digits.AsSpan().TrimStart("+-");
        if (unsigned is ".inf" or ".Inf" or ".INF" or ".nan" or ".NaN" or ".NAN") return ScalarKind.Float;
        if (unsigned.IsEmpty || digits.Length - unsigned.Length > 1) return ScalarKind.String;
        return double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? ScalarKind.Float
            : ScalarKind.String;
    }

    /// <summary>Decimal, <c>0x</c>, <c>0o</c>, <c>0b</c>, and octal with a leading zero.</summary>
    private static bool TryParseInteger(string text, out decimal value)
    {
        value = 0;
        var digits = text.AsSpan();
        var negative = digits is ['-', ..];
        if (digits is ['-' or '+', ..]) digits = digits[1..];
        var radix = RadixOf(digits, out var prefix);
        digits = digits[prefix..];
        if (digits.IsEmpty || digits.Length > 64) return false;

        foreach (var c in digits)
        {
            var digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiHexDigit(c) ? (c | 0x20) - 'a' + 10 : radix;
            if (digit >= radix) return false;
            value = (value * radix) + digit;
            if (value > ulong.MaxValue) return false;
        }

        if (negative) value = -value;
        return true;
    }

    private static int RadixOf(ReadOnlySpan<char> digits, out int prefix)
    {
        if (digits is not ['0', var next, ..])
        {
            prefix = 0;
            return 10;
        }

        var radix = next switch { 'x' or 'X' => 16, 'o' or 'O' => 8, 'b' or 'B' => 2, _ => 0 };
        prefix = radix > 0 ? 2 : 1;
        return radix > 0 ? radix : 8;
    }
}
