namespace Sluice.DataPlane.Routing.Re2;

/// <summary>A parsed RE2 expression. Flags are gone: what they change has been worked into the nodes.</summary>
internal abstract record Node
{
    /// <summary>The largest product of nested repetition counts in here; RE2 allows up to 1000.</summary>
    public virtual int Repetitions => 1;

    /// <summary>Whether it matches the empty text wherever it stands.</summary>
    public virtual bool CanBeEmpty => false;
}

/// <summary>One code point of a set.</summary>
internal sealed record SetNode(CodePointSet Set) : Node;

/// <summary>A place between code points.</summary>
internal sealed record PlaceNode(Place Place) : Node;

/// <summary>One after the other; empty matches the empty text.</summary>
internal sealed record SequenceNode(IReadOnlyList<Node> Items) : Node
{
    public override int Repetitions { get; } = Items.Count == 0 ? 1 : Items.Max(i => i.Repetitions);

    public override bool CanBeEmpty { get; } = Items.All(i => i.CanBeEmpty);
}

/// <summary>The first alternative that lets the rest match.</summary>
internal sealed record AlternativesNode(IReadOnlyList<Node> Items) : Node
{
    public override int Repetitions { get; } = Items.Max(i => i.Repetitions);

    public override bool CanBeEmpty { get; } = Items.Any(i => i.CanBeEmpty);
}

/// <summary>A group that a replacement can refer to; groups are numbered by their opening brackets.</summary>
internal sealed record CaptureNode(Node Item) : Node
{
    public override int Repetitions => Item.Repetitions;

    public override bool CanBeEmpty => Item.CanBeEmpty;
}

/// <summary>Something several times.</summary>
/// <param name="Item">What.</param>
/// <param name="Least">How often at least.</param>
/// <param name="Most">How often at most; null without bound.</param>
/// <param name="Lazy">Whether fewer are preferred.</param>
internal sealed record RepeatNode(Node Item, int Least, int? Most, bool Lazy) : Node
{
    public override int Repetitions { get; } = Math.Max(1, Most ?? Least) * Item.Repetitions;

    public override bool CanBeEmpty { get; } = Least == 0 || Item.CanBeEmpty;
}

/// <summary>Places that an expression can ask for.</summary>
internal enum Place
{
    /// <summary><c>^</c>, <c>\A</c>.</summary>
    TextBegin,

    /// <summary><c>$</c>, <c>\z</c>: never before a final newline.</summary>
    TextEnd,

    /// <summary><c>^</c> under <c>(?m)</c>.</summary>
    LineBegin,

    /// <summary><c>$</c> under <c>(?m)</c>.</summary>
    LineEnd,

    /// <summary><c>\b</c>, words being of ASCII.</summary>
    WordBoundary,

    /// <summary><c>\B</c>.</summary>
    NoWordBoundary,
}
