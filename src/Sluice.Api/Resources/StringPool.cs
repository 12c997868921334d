using System.Text;

namespace Sluice.Api.Resources;

/// <summary>Keeps one copy of strings that a configuration repeats thousands of times: namespaces, labels, methods. It is a
/// table of fixed size in which the newcomer replaces what was there, so that it never grows and needs no lock.</summary>
public sealed class StringPool
{
    private const int Slots = 1 << 13;
    private const int MaxLength = 64;
    private readonly string?[] _slots = new string?[Slots];

    /// <summary>The pool of the process.</summary>
    public static StringPool Shared { get; } = new();

    /// <summary>A string with the same content.</summary>
    public string Get(string text)
    {
        if (text.Length is 0 or > MaxLength) return text;
        ref var slot = ref _slots[SlotOf(text)];
        if (slot is { } known && known == text) return known;
        slot = text;
        return text;
    }

    /// <summary>A string with the content of UTF-8 text.</summary>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > MaxLength || !Ascii.IsValid(utf8)) return Encoding.UTF8.GetString(utf8);
        Span<char> text = stackalloc char[MaxLength];
        text = text[..Encoding.ASCII.GetChars(utf8, text)];
        ref var slot = ref _slots[SlotOf(text)];
        if (slot is { } known && text.SequenceEqual(known)) return known;
        return slot = text.ToString();
    }

    private static int SlotOf(ReadOnlySpan<char> text) => string.GetHashCode(text) & (Slots - 1);
}
