namespace Sluice.DataPlane.Routing;

/// <summary>A claim of the verified token (HTTPMatchRequest <c>headers</c> with a key <c>@request.auth.claims...</c>). No token is verified
/// yet, so it never holds, negated or not: a route guarded by a claim must not open by mistake.</summary>
/// <param name="claim">The claim, as it stands behind the prefix of the key.</param>
/// <param name="value">What it is compared with; null for presence.</param>
/// <param name="negated">Whether it must not match (<c>withoutHeaders</c>).</param>
public sealed class ClaimPredicate(string claim, StringMatcher? value, bool negated) : RoutePredicate
{
    /// <inheritdoc/>
    public override bool Holds(in RequestHead head) => false;

    /// <inheritdoc/>
    public override string Actual(in RequestHead head) => "no token is verified";

    /// <inheritdoc/>
    public override string ToString() => (negated, value) switch
    {
        (false, null) => $"claim {claim} present",
        (true, null) => $"claim {claim} absent",
        (false, _) => $"claim {claim} {value}",
        (true, _) => $"claim {claim} not {value}",
    };
}
