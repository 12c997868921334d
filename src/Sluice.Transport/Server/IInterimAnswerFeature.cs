using Microsoft.AspNetCore.Http;

namespace Sluice.Transport.Server;

/// <summary>Sends interim answers (1xx) to the client, which Kestrel has no feature for.</summary>
public interface IInterimAnswerFeature
{
    /// <summary>Sends one, unless the final answer has begun or the client speaks HTTP/1.0.</summary>
    /// <param name="status">Status, 102 to 199.</param>
    /// <param name="fields">Its header fields, free of those that concern one connection only.</param>
    ValueTask SendInterimAsync(int status, IHeaderDictionary fields);
}
