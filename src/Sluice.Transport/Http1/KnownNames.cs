using System.Text;

namespace Sluice.Transport.Http1;

/// <summary>Names that come again and again, found by their bytes without making a string.</summary>
internal sealed class KnownNames
{
    private readonly string[][] _byLength;

    /// <param name="names">As they are to be spelled.</param>
    public KnownNames(params string[] names)
    {
        _byLength = new string[names.Max(name => name.Length) + 1][];
        for (var length = 0; length < _byLength.Length; length++)
            _byLength[length] = [.. names.Where(name => name.Length == length)];
    }

    /// <summary>The known name that these bytes spell, whatever their case; null when there is none.</summary>
    public string? Find(ReadOnlySpan<byte> name)
    {
        if (name.Length >= _byLength.Length)
            return null;
        foreach (var known in _byLength[name.Length])
        {
            if (Ascii.EqualsIgnoreCase(name, known))
                return known;
        }
        return null;
    }
}
