namespace Sluice.ControlPlane.Validation.Checks;

/// <summary>CEL expressions (Common Expression Language), of which only the syntax is checked here.</summary>
internal static class Expressions
{
    /// <summary>Checks an expression.</summary>
    public static void Check(Field at, string? expression)
    {
        if (string.IsNullOrWhiteSpace(expression)) at.Error(Codes.Required, $"{at.Path} is missing", "e.g. response.code >= 400");
        else if (new ExpressionSyntax(expression).Problem() is { } problem)
        {
            at.Error(Codes.Expression, $"{at.Path} is not an expression: {problem}", "e.g. response.code >= 400");
        }
    }
}
