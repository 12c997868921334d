namespace Sluice.DataPlane.Routing.Re2;

/// <summary>Leaves the parser when the pattern is wrong; <see cref="Re2Pattern"/> turns it into a reason.</summary>
internal sealed class PatternException(string reason) : Exception(reason);
