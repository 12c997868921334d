using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Sluice.DataPlane.Routing;

/// <summary>Brings the path of a request into the form that is matched and sent upstream (MeshConfig <c>pathNormalization</c>), before
/// anything looks at it. The query stays as it is.</summary>
/// <remarks>Nothing is decoded twice: an escape that only the decoding of another would complete has its percent sign escaped. So normalising
/// again changes nothing, and the upstream reads the path that was matched.</remarks>
public static class PathNormalizer
{
    // A path of these alone is in its form already, but for dot segments and slashes to be merged.
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "!$&'()*+,-./0123456789:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]_abcdefghijklmnopqrstuvwxyz~");

    /// <summary>Normalises a target.</summary>
    /// <param name="target">Origin-form target as it was sent, a byte in each character: path, and query when there is one; or <c>*</c>, which
    /// stays.</param>
    /// <param name="mode">How far to go.</param>
    /// <param name="normalized">The target to match and to forward; null on failure.</param>
    /// <returns>False for a target that must be refused with 400: a fragment in it, an encoded NUL in its path, or no slash at its
    /// beginning.</returns>
    public static bool TryNormalize(string target, PathNormalization mode, [NotNullWhen(true)] out string? normalized)
    {
        normalized = target;
        if (target == "*")
            return true;
        if (!target.StartsWith('/') || target.Contains('#', StringComparison.Ordinal))
        {
            normalized = null;
            return false;
        }
        var length = TargetText.QueryStart(target);
        return mode == PathNormalization.None || IsPlain(target.AsSpan(0, length), mode)
            || TryRewrite(target, length, mode, out normalized);
    }

    private static bool IsPlain(ReadOnlySpan<char> path, PathNormalization mode) =>
        !path.ContainsAnyExcept(Plain)
        && path.IndexOf("/.", StringComparison.Ordinal) < 0
        && (mode == PathNormalization.Base || path.IndexOf("//", StringComparison.Ordinal) < 0);

    private static bool TryRewrite(string target, int pathLength, PathNormalization mode, [NotNullWhen(true)] out string? normalized)
    {
        var path = target.AsSpan(0, pathLength);
        var buffer = ArrayPool<char>.Shared.Rent(PathWriter.MaxLength(pathLength));
        var writer = new PathWriter(buffer);
        normalized = null;
        if (TryWrite(path, mode, ref writer))
        {
            var written = writer.Finish(mergeSlashes: mode != PathNormalization.Base);
            normalized = written.SequenceEqual(path) ? target : string.Concat(written, target.AsSpan(pathLength));
        }
        ArrayPool<char>.Shared.Return(buffer);
        return normalized is not null;
    }

    private static bool TryWrite(ReadOnlySpan<char> path, PathNormalization mode, ref PathWriter writer)
    {
        while (!path.IsEmpty)
        {
            var unit = PathUnit.Read(path, mode);
            switch (unit.Kind)
            {
                case PathUnitKind.Forbidden:
                    return false;
                case PathUnitKind.Slash:
                    writer.EndSegment();
                    break;
                case PathUnitKind.Kept:
                    writer.Append(path[..unit.Length]);
                    break;
                case PathUnitKind.LonePercent when CompletesEscape(path[1..], mode):
                    writer.AppendEscaped('%');
                    break;
                case PathUnitKind.Character when MustBeEscaped(unit.Value):
                    writer.AppendEscaped(unit.Value);
                    break;
                default:
                    writer.Append(unit.Value);
                    break;
            }
            path = path[unit.Length..];
        }
        return true;
    }

    // Whether what follows a lone percent sign comes out as two hexadecimal digits.
    private static bool CompletesEscape(ReadOnlySpan<char> path, PathNormalization mode)
    {
        for (var digits = 0; digits < 2; digits++)
        {
            if (path.IsEmpty || PathUnit.Read(path, mode) is not { Kind: PathUnitKind.Character } unit || !char.IsAsciiHexDigit(unit.Value))
                return false;
            path = path[unit.Length..];
        }
        return true;
    }

    private static bool MustBeEscaped(char character) => !Plain.Contains(character);
}
