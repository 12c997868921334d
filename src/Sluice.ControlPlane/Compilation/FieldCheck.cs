namespace Sluice.ControlPlane.Compilation;

/// <summary>A field that is read and does nothing.</summary>
/// <param name="Path">Its path below the record.</param>
/// <param name="IsWritten">Whether a record has it.</param>
/// <param name="Consequence">What that means for traffic, or why it does nothing.</param>
internal sealed record FieldCheck<T>(string Path, Func<T, bool> IsWritten, string Consequence);
