using Microsoft.AspNetCore.Http;

namespace Sluice.Admin;

/// <summary>One path of the admin API.</summary>
/// <param name="Method"><c>GET</c> reads, <c>POST</c> changes.</param>
/// <param name="Path">Path, matched exactly; a segment in braces takes any, and is found among the request's route values.</param>
/// <param name="Summary">What it answers or does, for the list at <c>/</c>.</param>
/// <param name="Answer">Makes the answer.</param>
internal sealed record AdminEndpoint(string Method, string Path, string Summary, Func<HttpContext, ValueTask<AdminReply>> Answer)
{
    /// <summary>A path that reads.</summary>
    public static AdminEndpoint Get(string path, string summary, Func<AdminReply> answer) =>
        new(HttpMethods.Get, path, summary, _ => ValueTask.FromResult(answer()));

    /// <summary>A path that changes something, or that takes a body.</summary>
    public static AdminEndpoint Post(string path, string summary, Func<HttpContext, ValueTask<AdminReply>> answer) =>
        new(HttpMethods.Post, path, summary, answer);
}
