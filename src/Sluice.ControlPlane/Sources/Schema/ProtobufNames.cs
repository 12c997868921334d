using System.Text;

namespace Sluice.ControlPlane.Sources.Schema;

/// <summary>The two ways in which protobuf writes names.</summary>
internal static class ProtobufNames
{
    /// <summary><c>access_log_file</c> as <c>accessLogFile</c>.</summary>
    public static string ToJson(string name)
    {
        var text = new StringBuilder(name.Length);
        var upper = false;
        foreach (var c in name)
        {
            if (c == '_')
            {
                upper = true;
                continue;
            }

            text.Append(upper ? char.ToUpperInvariant(c) : c);
            upper = false;
        }

        return text.ToString();
    }
}
