using System.Text;
using Sluice.DataPlane.Routing;

namespace Sluice.Fuzz.Targets;

/// <summary>The input is a request target. What is matched must be what is sent, and must not change when it is normalised again.</summary>
internal static class PathTarget
{
    public static string Run(byte[] input)
    {
        var target = Encoding.Latin1.GetString(input);
        var kind = "";
        foreach (var mode in Enum.GetValues<PathNormalization>())
        {
            var isFine = PathNormalizer.TryNormalize(target, mode, out var normalized);
            kind += isFine ? normalized == target ? '=' : '*' : '-';
            if (isFine)
                Check(normalized!, mode);
        }
        return $"{kind} {target.Length / 8} {target.Count(c => c == '%')}";
    }

    private static void Check(string normalized, PathNormalization mode)
    {
        if (normalized != "*" && !normalized.StartsWith('/'))
            throw new FuzzException($"{mode}: {normalized} has no slash at its beginning");
        if (!PathNormalizer.TryNormalize(normalized, mode, out var again) || again != normalized)
            throw new FuzzException($"{mode}: {normalized} becomes {again}");
        if (mode == PathNormalization.None)
            return;
        var query = normalized.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? normalized : normalized[..query];
        if (path.Split('/').Any(segment => segment is "." or "..") || path.Contains('\\', StringComparison.Ordinal))
            throw new FuzzException($"{mode}: {path} has dot segments or backslashes");
        if (mode != PathNormalization.Base && path.Contains("//", StringComparison.Ordinal))
            throw new FuzzException($"{mode}: {path} has slashes to merge");
    }
}
