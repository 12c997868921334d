using Sluice.DataPlane.Telemetry;

namespace Sluice.ControlPlane.Validation.Checks;

/// <summary>Values of headers, in which <c>%COMMAND(args)%</c> is replaced and <c>%%</c> is a percent sign.</summary>
internal static class HeaderValues
{
    /// <summary>Checks a value that is set or added.</summary>
    public static void Check(Field at, string? value)
    {
        if (string.IsNullOrEmpty(value)) return;
        foreach (var c in value)
        {
            if (c is '\t' or (>= ' ' and not '\x7f')) continue;
            at.Error(Codes.Format, $"{at.Path} holds a control character");
            return;
        }

        if (!FormatString.TryParse(value, out var format, out var reason))
            at.Error(Codes.Format, $"{at.Path}: {reason}", "a percent sign by itself is written %%");
        else if (format.Unsupported.Count > 0)
        {
            at.Warning(Codes.SchemaWarning, $"{at.Path} uses %{string.Join("%, %", format.Unsupported)}%, which never has a value here");
        }
    }
}
