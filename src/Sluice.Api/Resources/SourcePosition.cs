namespace Sluice.Api.Resources;

/// <summary>A place in a configuration file. Lines and columns count from 1; 0 means that the place is not known.</summary>
/// <param name="File">The path as it was reached from what the operator named.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1, in characters.</param>
public readonly record struct SourcePosition(string File, int Line, int Column)
{
    /// <summary><c>file:line</c>, the form of <c>at</c> in the answers of explain and routes.</summary>
    public override string ToString() => $"{File}:{Line}";
}
