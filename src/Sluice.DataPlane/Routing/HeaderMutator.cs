namespace Sluice.DataPlane.Routing;

/// <summary>Header changes of one level, in the order of execution: removals, then sets, then additions (HTTPRoute and
/// HTTPRouteDestination <c>headers</c>).</summary>
public sealed class HeaderMutator
{
    /// <summary>Changes nothing.</summary>
    public static readonly HeaderMutator None = new([]);

    /// <param name="operations">In the order of execution.</param>
    public HeaderMutator(HeaderOperation[] operations) => Operations = operations;

    /// <summary>In the order of execution.</summary>
    public HeaderOperation[] Operations { get; }

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => Operations.Length == 0;
}

/// <summary>How a <see cref="HeaderOperation"/> changes a header.</summary>
public enum HeaderChange
{
    /// <summary>All lines of the name are removed.</summary>
    Remove,

    /// <summary>All lines are replaced by one.</summary>
    Set,

    /// <summary>A line is added behind the existing ones.</summary>
    Add,
}

/// <summary>One header change.</summary>
/// <param name="Change">What to do.</param>
/// <param name="Name">Field name.</param>
/// <param name="Value">Value with Envoy's command operators (<c>%REQ(x)%</c>, <c>%%</c>); empty for removals.</param>
public sealed record HeaderOperation(HeaderChange Change, string Name, string Value);
