namespace Sluice.Tests;

/// <summary>A calendar that a test moves.</summary>
internal sealed class MovingTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = System.GetUtcNow();

    public override DateTimeOffset GetUtcNow() => Now;
}
