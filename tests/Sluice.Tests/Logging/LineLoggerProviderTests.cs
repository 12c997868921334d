using Microsoft.Extensions.Logging;
using Sluice.Logging;

namespace Sluice.Tests.Logging;

public sealed class LineLoggerProviderTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly LineLoggerProvider _provider;

    public LineLoggerProviderTests() => _provider = new LineLoggerProvider(_output, new FixedTime());

    public void Dispose()
    {
        _provider.Dispose();
        _output.Dispose();
    }

    [Fact]
    public void A_line_has_time_level_source_and_message()
    {
        Write(_provider.CreateLogger("Sluice.ControlPlane.Reload.ReloadLoop"), LogLevel.Warning, "this happened");

        Assert.Equal("2026-11-24T08:00:00.123Z warn  ReloadLoop: this happened" + Environment.NewLine, _output.ToString());
    }

    [Fact]
    public void Line_breaks_in_a_message_can_not_forge_a_second_entry()
    {
        Write(_provider.CreateLogger("X"), LogLevel.Error, "name a\r\n2026-11-24T08:00:00.000Z info  X: all is well");

        Assert.Single(_output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void An_exception_is_its_sentence_and_at_debug_level_all_of_it()
    {
        var log = _provider.CreateLogger("X");

        Write(log, LogLevel.Error, "failed", new InvalidOperationException("no way"));
        Assert.EndsWith("X: failed (InvalidOperationException: no way)" + Environment.NewLine, _output.ToString());

        _provider.Level = LogLevel.Debug;
        Write(log, LogLevel.Error, "failed", new InvalidOperationException("no way"));
        Assert.Contains("System.InvalidOperationException: no way", _output.ToString());
    }

    [Fact]
    public void The_level_can_change_while_loggers_are_in_use()
    {
        var log = _provider.CreateLogger("X");
        Assert.False(log.IsEnabled(LogLevel.Debug));

        _provider.Level = LogLevel.Debug;
        Assert.True(log.IsEnabled(LogLevel.Debug));

        _provider.Level = LogLevel.Error;
        Assert.False(log.IsEnabled(LogLevel.Warning));
    }

    [Fact]
    public void The_frameworks_own_chatter_shows_at_debug_level_only()
    {
        var log = _provider.CreateLogger("Microsoft.AspNetCore.Server.Kestrel");
        Assert.False(log.IsEnabled(LogLevel.Information));
        Assert.True(log.IsEnabled(LogLevel.Warning));

        _provider.Level = LogLevel.Debug;
        Assert.True(log.IsEnabled(LogLevel.Information));
    }

    [Fact]
    public void A_client_can_not_fill_the_log_with_failing_requests()
    {
        var log = _provider.CreateLogger("Yarp.ReverseProxy.Forwarder.HttpForwarder");

        Assert.False(log.IsEnabled(LogLevel.Warning));
        Assert.True(log.IsEnabled(LogLevel.Error));
    }

    private static void Write(ILogger log, LogLevel level, string message, Exception? exception = null) =>
        log.Log(level, default, message, exception, (text, _) => text);

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 24, 8, 0, 0, 123, TimeSpan.Zero);
    }
}
