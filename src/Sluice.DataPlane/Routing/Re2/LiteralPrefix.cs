using System.Text;

namespace Sluice.DataPlane.Routing.Re2;

/// <summary>What every value that an expression covers begins with, for the index of routes.</summary>
internal static class LiteralPrefix
{
    /// <summary>The longest text known without looking into alternatives; empty when nothing is known.</summary>
    public static string Of(Node node)
    {
        var text = new StringBuilder();
        Append(node, text);
        return text.ToString();
    }

    // Whether the whole node is a literal, so that what follows belongs to the prefix, too.
    private static bool Append(Node node, StringBuilder text)
    {
        switch (node)
        {
            case PlaceNode:
                return true;
            case SetNode { Set.Ranges: [var (first, last)] } when first == last && Rune.TryCreate(first, out var rune):
                text.Append(rune.ToString());
                return true;
            case SequenceNode sequence:
                return sequence.Items.All(item => Append(item, text));
            case CaptureNode capture:
                return Append(capture.Item, text);
            default:
                return false;
        }
    }
}
