namespace Sluice.DataPlane.Pipeline;

/// <summary>Takes down the decisions of an explanation.</summary>
internal sealed class ExplainLog
{
    private readonly List<ExplainStep> _steps = [];

    /// <summary>What was taken down.</summary>
    public IReadOnlyList<ExplainStep> Steps => _steps;

    /// <summary>A rule holds.</summary>
    public void Matched(string step, string detail, string? at) => _steps.Add(new ExplainStep(step, "matched", detail, at));

    /// <summary>A rule does not hold; the next one is asked.</summary>
    public void NotMatched(string step, string detail, string? at) => _steps.Add(new ExplainStep(step, "not matched", detail, at));

    /// <summary>Something is done to the request.</summary>
    public void Applies(string step, string detail, string? at) => _steps.Add(new ExplainStep(step, "applies", detail, at));

    /// <summary>The way ends here.</summary>
    public void Refused(string step, string detail, string? at) => _steps.Add(new ExplainStep(step, "refused", detail, at));
}
