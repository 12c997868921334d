namespace Sluice.ControlPlane.Sources;

/// <summary>Codes of the findings that reading makes; <c>docs/findings.md</c> explains each.</summary>
internal static class SourceCodes
{
    /// <summary>A file or folder that can't be read.</summary>
    public const string Unreadable = "SLU0001";

    /// <summary>Text that is not YAML.</summary>
    public const string Syntax = "SLU0002";

    /// <summary>A field that does not exist.</summary>
    public const string UnknownField = "SLU0003";

    /// <summary>A value of the wrong type.</summary>
    public const string WrongType = "SLU0004";

    /// <summary>A value that is none of those to choose from.</summary>
    public const string UnknownChoice = "SLU0005";

    /// <summary>Text that is not a duration.</summary>
    public const string BadDuration = "SLU0006";

    /// <summary>A number that its field can't hold.</summary>
    public const string OutOfRange = "SLU0007";

    /// <summary>A key that is written twice.</summary>
    public const string DuplicateKey = "SLU0008";

    /// <summary>A list element or map value that is left empty.</summary>
    public const string EmptyElement = "SLU0009";

    /// <summary>A document that is not an object.</summary>
    public const string NotAnObject = "SLU0010";

    /// <summary>An apiVersion or kind that is misspelt or of another time.</summary>
    public const string UnknownVersion = "SLU0011";

    /// <summary>An object without a name.</summary>
    public const string MissingName = "SLU0012";

    /// <summary>An object that is written twice.</summary>
    public const string DuplicateObject = "SLU0013";

    /// <summary>A kind of Istio that is not read.</summary>
    public const string KindNotRead = "SLU0101";

    /// <summary>A field of the MeshConfig that is not read.</summary>
    public const string MeshFieldNotRead = "SLU0102";

    /// <summary>A MeshConfig beside the one that is in force.</summary>
    public const string MeshConfigIgnored = "SLU0103";

    /// <summary>A value of a Secret that can't be decoded.</summary>
    public const string SecretValueIgnored = "SLU0104";

    /// <summary>Text where base64 is expected, which is taken as it is.</summary>
    public const string TextForBytes = "SLU0105";
}
