namespace Sluice.DataPlane.Routing;

/// <summary>MeshConfig <c>pathNormalization.normalization</c>.</summary>
public enum PathNormalization
{
    /// <summary>Nothing is changed.</summary>
    None,

    /// <summary>RFC 3986: unreserved characters decoded, backslashes turned, dot segments removed. Istio's default.</summary>
    Base,

    /// <summary><see cref="Base"/>, and repeated slashes become one.</summary>
    MergeSlashes,

    /// <summary>Encoded slashes and backslashes are decoded first, then as <see cref="MergeSlashes"/>.</summary>
    DecodeAndMergeSlashes,
}
