using Microsoft.AspNetCore.Http;
using Sluice.Logging;

namespace Sluice.Admin;

/// <summary>The admin paths that act on the process.</summary>
internal sealed class ControlEndpoints(AdminParts parts)
{
    public IEnumerable<AdminEndpoint> All() =>
    [
        AdminEndpoint.Post("/drain_listeners", "Drains the listeners as on SIGTERM; the process stays", DrainListeners),
        AdminEndpoint.Post("/quitquitquit", "Ends the process at once", Quit),
        AdminEndpoint.Post("/logging", "Sets the log level: ?level=debug, info, warn or error", SetLevel),
    ];

    private ValueTask<AdminReply> DrainListeners(HttpContext context)
    {
        // It may take a minute; whoever asked can watch /listeners.
        _ = parts.Drain.BeginAsync();
        return Done("draining");
    }

    private ValueTask<AdminReply> Quit(HttpContext context)
    {
        // Ports are closed gracefully on the way out, so that this answer still leaves.
        parts.Shutdown.Quit();
        return Done("stopping");
    }

    private ValueTask<AdminReply> SetLevel(HttpContext context)
    {
        var word = context.Request.Query["level"].ToString();
        if (!LogLevels.TryParse(word, out var level))
        {
            return ValueTask.FromResult(AdminReply.Text(
                StatusCodes.Status400BadRequest, $"level must be one of {string.Join(", ", LogLevels.Words)}"));
        }
        parts.Log.Level = level;
        return Done($"level {word}");
    }

    private static ValueTask<AdminReply> Done(string what) => ValueTask.FromResult(AdminReply.Text(StatusCodes.Status200OK, what));
}
