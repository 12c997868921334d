namespace Sluice.DataPlane.Routing;

/// <summary>Shares of requests, as faults and mirrors have them.</summary>
internal static class Share
{
    /// <summary>All requests.</summary>
    public const int All = 1_000_000;

    /// <summary>Whether a request belongs to the share; draws only where the answer isn't certain.</summary>
    /// <param name="millionths">The share, 0 to <see cref="All"/>.</param>
    /// <param name="dice">Draws uniformly from 0 to below its argument.</param>
    public static bool Takes(int millionths, Func<int, int> dice) => millionths >= All || (millionths > 0 && dice(All) < millionths);
}
