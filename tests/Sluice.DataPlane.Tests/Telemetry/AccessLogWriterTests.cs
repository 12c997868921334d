using System.Text;
using Prometheus;
using Sluice.DataPlane.Telemetry;
using Sluice.DataPlane.Tests.Pipeline.Harness;

namespace Sluice.DataPlane.Tests.Telemetry;

public sealed class AccessLogWriterTests
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(100);

    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly ManualTime _time = new();
    private readonly List<string> _errors = [];

    private AccessLog Open(Func<string, Stream> open) => new(open, (path, e) => _errors.Add($"{path}: {e.Message}"), _registry, _time);

    private async Task<string> DroppedAsync()
    {
        using var text = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(text, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(text.ToArray()).Split('\n').Single(l => l.StartsWith("sluice_access_log_dropped_total", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Gathers_lines_and_writes_them_in_order_to_their_paths()
    {
        var files = new Dictionary<string, Collected> { ["a"] = new(), ["b"] = new() };
        await using (var log = Open(path => files[path]))
        {
            log.Write("a", "1\n"u8);
            log.Write("b", "2\n"u8);
            log.Write("a", "3\n"u8);
            _time.Advance(Delay);
            Assert.Equal("1\n3\n", await files["a"].Written.Task.WaitAsync(TestContext.Current.CancellationToken));
            log.Write("a", "4\n"u8);
        }
        Assert.Equal("1\n3\n4\n", files["a"].Text);
        Assert.Equal("2\n", files["b"].Text);
    }

    [Fact]
    public async Task A_file_that_fails_costs_its_lines_and_is_opened_again()
    {
        var opened = 0;
        var file = new Collected();
        await using (var log = Open(_ => ++opened == 1 ? throw new IOException("no space") : file))
        {
            log.Write("a", "1\n"u8);
            log.Write("a", "2\n"u8);
            _time.Advance(Delay);
            while (_errors.Count == 0)
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken);
            log.Write("a", "3\n"u8);
        }
        Assert.Equal("3\n", file.Text);
        Assert.Equal(["a: no space"], _errors);
        Assert.EndsWith(" 2", await DroppedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_hangs_never_holds_up_a_request()
    {
        var release = new TaskCompletionSource();
        var file = new Collected { Gate = release.Task };
        await using var log = Open(_ => file);
        var line = new byte[64 << 10];
        // More than the file will take and memory may hold.
        for (var i = 0; i < 200; i++)
            log.Write("a", line);
        release.SetResult();
        Assert.NotEqual("sluice_access_log_dropped_total 0", await DroppedAsync());
    }

    private sealed class Collected : MemoryStream
    {
        public TaskCompletionSource<string> Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Gate { get; init; } = Task.CompletedTask;

        public string Text => Encoding.UTF8.GetString(ToArray());

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Gate;
            Write(buffer.Span);
            Written.TrySetResult(Text);
        }
    }
}
