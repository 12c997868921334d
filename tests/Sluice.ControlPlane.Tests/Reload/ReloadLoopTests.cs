using Microsoft.Extensions.Logging;
using Sluice.ControlPlane.Compilation;
using Sluice.ControlPlane.Reload;

namespace Sluice.ControlPlane.Tests.Reload;

public sealed class ReloadLoopTests
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task The_first_load_is_generation_1()
    {
        await using var gateway = new ReloadFixture();
        gateway.Folder.Write("conf/gateway.yaml", Documents.Gateway());

        var first = await gateway.StartAsync();

        Assert.Equal((ReloadOutcome.Published, 1), (first.Outcome, first.Generation));
        Assert.Same(first, gateway.Status.LastReload);
        Assert.Equal(1, gateway.Live.Current.Generation);
        Assert.Equal((1, first.Hash), (gateway.Status.Generation, gateway.Status.Hash));
        Assert.True(gateway.Status.LoadedAt >= first.At);
        Assert.Equal(["open 1", "close others than 1"], gateway.Listeners.Steps);
    }

    [Fact]
    public async Task A_first_load_without_anything_is_refused()
    {
        await using var gateway = new ReloadFixture();

        var first = await gateway.StartAsync();

        Assert.Equal(ReloadOutcome.Refused, first.Outcome);
        Assert.Equal("SLU0001", Assert.Single(first.Findings).Code);
        Assert.Equal(0, gateway.Status.Generation);
        Assert.Null(gateway.Status.LoadedAt);
        Assert.Empty(gateway.Status.Objects);
    }

    [Fact]
    public async Task A_reload_with_an_error_leaves_everything_as_it_was_and_says_so()
    {
        await using var gateway = new ReloadFixture();
        gateway.Folder.Write("conf/a.yaml", Documents.Gateway());
        gateway.Folder.Write("conf/b.yaml", Documents.VirtualService("old"));
        await gateway.StartAsync();
        var (snapshot, loadedAt) = (gateway.Live.Current, gateway.Status.LoadedAt);

        gateway.Folder.Write("conf/b.yaml", Documents.Misspelt("old"));
        var path = gateway.Folder.Write("conf/c.yaml", Documents.Misspelt("new"));
        var attempt = await gateway.Loop.ReloadNow();

        Assert.Equal((ReloadOutcome.Refused, false, 1), (attempt.Outcome, attempt.Ok, attempt.Generation));
        Assert.Same(snapshot, gateway.Live.Current);
        Assert.Equal((1, loadedAt), (gateway.Status.Generation, gateway.Status.LoadedAt));
        Assert.NotEqual(attempt.Hash, gateway.Status.Hash);
        Assert.Contains(gateway.Log.Entries, e => e.Level == LogLevel.Error && e.Text.StartsWith($"{path}:8:", StringComparison.Ordinal));
        Assert.Equal(
            [("edge", ObjectState.Serving), ("old", ObjectState.Rejected), ("new", ObjectState.Rejected)],
            gateway.Status.Objects.Select(o => (o.Resource.Name, o.State)));
        Assert.Contains("still served", gateway.Status.Objects[1].Reason, StringComparison.Ordinal);
        Assert.Contains("gatewys", gateway.Status.Objects[2].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repaired_configuration_is_the_next_generation_and_one_put_back_is_the_same()
    {
        await using var gateway = new ReloadFixture();
        gateway.Folder.Write("conf/a.yaml", Documents.VirtualService("a"));
        await gateway.StartAsync();

        gateway.Folder.Write("conf/a.yaml", Documents.Misspelt("a"));
        Assert.Equal(ReloadOutcome.Refused, (await gateway.Loop.ReloadNow()).Outcome);
        gateway.Folder.Write("conf/a.yaml", Documents.VirtualService("a"));
        Assert.Equal(ReloadOutcome.Unchanged, (await gateway.Loop.ReloadNow()).Outcome);
        Assert.Equal((1, true), (gateway.Status.Generation, gateway.Status.LastReload!.Ok));
        Assert.NotEqual(ObjectState.Rejected, Assert.Single(gateway.Status.Objects).State);

        gateway.Folder.Write("conf/a.yaml", Documents.Misspelt("a"));
        Assert.Equal(ReloadOutcome.Refused, (await gateway.Loop.ReloadNow()).Outcome);
        gateway.Folder.Write("conf/a.yaml", Documents.VirtualService("a", "/new"));
        Assert.Equal(ReloadOutcome.Published, (await gateway.Loop.ReloadNow()).Outcome);
        Assert.Equal((2, 2), (gateway.Status.Generation, gateway.Live.Current.Generation));
    }

    [Fact]
    public async Task An_error_that_goes_on_is_logged_once_unless_someone_asks()
    {
        await using var gateway = new ReloadFixture();
        gateway.Folder.Write("conf/a.yaml", Documents.VirtualService("a"));
        await gateway.StartAsync();
        gateway.Folder.Write("conf/a.yaml", Documents.Misspelt("a"));

        foreach (var expected in new[] { 1, 1, 1 })
        {
            gateway.Loop.Signal();
            await gateway.NextAsync(ReloadOutcome.Refused);
            Assert.Equal(expected, Refusals());
        }
        await gateway.Loop.ReloadNow();
        Assert.Equal(2, Refusals());

        int Refusals() => gateway.Log.Entries.Count(e => e.Text.StartsWith("Configuration refused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_same_content_is_not_published_again()
    {
        await using var gateway = new ReloadFixture();
        var path = gateway.Folder.Write("conf/a.yaml", Documents.VirtualService("a"));
        var first = await gateway.StartAsync();
        var snapshot = gateway.Live.Current;

        File.SetLastWriteTimeUtc(path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var attempt = await gateway.Loop.ReloadNow();

        Assert.Equal((ReloadOutcome.Unchanged, true, 1), (attempt.Outcome, attempt.Ok, attempt.Generation));
        Assert.Same(snapshot, gateway.Live.Current);
        Assert.True(gateway.Status.LastReload!.At > first.At);
        Assert.Equal(["open 1", "close others than 1"], gateway.Listeners.Steps);
    }

    [Fact]
    public async Task A_renamed_file_is_a_change_because_answers_name_it()
    {
        await using var gateway = new ReloadFixture();
        gateway.Folder.Write("conf/a.yaml", Documents.VirtualService("a"));
        await gateway.StartAsync();

        File.Move(gateway.Folder.At("conf/a.yaml"), gateway.Folder.At("conf/b.yaml"));
        var attempt = await gateway.Loop.ReloadNow();

        Assert.Equal((ReloadOutcome.Published, 2), (attempt.Outcome, attempt.Generation));
        Assert.EndsWith("b.yaml", Assert.Single(gateway.Status.Objects).Resource.Position.File, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ports_are_opened_before_a_snapshot_is_in_force_and_closed_after()
    {
        await using var gateway = new ReloadFixture();
        gateway.Folder.Write("conf/a.yaml", Documents.Gateway(8080));
        await gateway.StartAsync();
        gateway.Listeners.Before = () =>
        {
            gateway.Listeners.Steps.Add($"in force {gateway.Live.Current.Generation}");
            return Task.CompletedTask;
        };

        gateway.Folder.Write("conf/a.yaml", Documents.Gateway(8081));
        await gateway.Loop.ReloadNow();

        Assert.Equal(["in force 1", "open 2", "close others than 2"], gateway.Listeners.Steps[2..]);
        Assert.Equal(2, gateway.Live.Current.Generation);
    }

    [Fact]
    public async Task A_port_that_cannot_be_bound_refuses_the_reload_at_the_place_of_its_server()
    {
        await using var gateway = new ReloadFixture();
        var path = gateway.Folder.Write("conf/a.yaml", Documents.Gateway(8080));
        await gateway.StartAsync();
        var snapshot = gateway.Live.Current;

        gateway.Folder.Write("conf/a.yaml", Documents.Gateway(8081));
        gateway.Listeners.Refuse = port => port == 8081 ? "address already in use" : null;
        var refused = await gateway.Loop.ReloadNow();

        var finding = Assert.Single(refused.Findings, f => f.Code == "SLU0090");
        Assert.True(finding.StopsLoad);
        Assert.Equal(path, finding.Position.File);
        Assert.Contains("0.0.0.0:8081: address already in use", finding.Message, StringComparison.Ordinal);
        Assert.Equal("0.0.0.0:8081", Assert.Single(refused.BindErrors).Address);
        Assert.Same(snapshot, gateway.Live.Current);
        Assert.Equal(ObjectState.Rejected, Assert.Single(gateway.Status.Objects).State);
        Assert.DoesNotContain("close others than 2", gateway.Listeners.Steps);

        gateway.Listeners.Refuse = _ => null;
        var published = await gateway.Loop.ReloadNow();
        Assert.Equal((ReloadOutcome.Published, 2), (published.Outcome, published.Generation));
    }

    [Fact]
    public async Task A_fault_of_ours_is_a_refused_reload_and_the_next_one_is_fine()
    {
        await using var gateway = new ReloadFixture();
        gateway.Folder.Write("conf/a.yaml", Documents.Gateway(8080));
        await gateway.StartAsync();

        gateway.Folder.Write("conf/a.yaml", Documents.Gateway(8081));
        gateway.Listeners.Before = () => throw new InvalidOperationException("a fault");
        var refused = await gateway.Loop.ReloadNow();

        Assert.Equal("SLU0091", Assert.Single(refused.Findings).Code);
        Assert.Contains(gateway.Log.Entries, e => e.Text.Contains("InvalidOperationException", StringComparison.Ordinal));
        gateway.Listeners.Before = () => Task.CompletedTask;
        Assert.Equal(ReloadOutcome.Published, (await gateway.Loop.ReloadNow()).Outcome);
    }

    [Fact]
    public async Task Calls_that_come_during_a_reload_share_the_next_one()
    {
        await using var gateway = new ReloadFixture();
        gateway.Folder.Write("conf/a.yaml", Documents.Gateway(8080));
        await gateway.StartAsync();
        await gateway.NextAsync(ReloadOutcome.Published);
        var (entered, leave) = (new TaskCompletionSource(), new TaskCompletionSource());
        gateway.Listeners.Before = () =>
        {
            entered.TrySetResult();
            return leave.Task;
        };

        gateway.Folder.Write("conf/a.yaml", Documents.Gateway(8081));
        var first = gateway.Loop.ReloadNow();
        await entered.Task.WaitAsync(Hang, TestContext.Current.CancellationToken);
        gateway.Folder.Write("conf/a.yaml", Documents.Gateway(8082));
        var calls = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => (object)gateway.Loop.ReloadNow())));
        leave.SetResult();

        Assert.Equal(2, (await first).Generation);
        var shared = Assert.IsType<Task<ReloadAttempt>>(Assert.Single(calls.Distinct()));
        Assert.Equal((ReloadOutcome.Published, 3), ((await shared).Outcome, (await shared).Generation));
        Assert.Equal(8082, gateway.Live.Current.Listeners[0].Port);
        Assert.Equal(ReloadOutcome.Unchanged, (await gateway.Loop.ReloadNow()).Outcome);
        Assert.Equal(3, gateway.Unread);
    }

    [Fact]
    public async Task Calls_after_the_end_are_cancelled_and_so_are_those_that_waited_for_it()
    {
        await using var gateway = new ReloadFixture();
        gateway.Folder.Write("conf/a.yaml", Documents.Gateway(8080));
        await gateway.StartAsync();
        var entered = new TaskCompletionSource();
        gateway.Listeners.Before = () =>
        {
            entered.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, gateway.Stopping);
        };
        gateway.Folder.Write("conf/a.yaml", Documents.Gateway(8081));
        var running = gateway.Loop.ReloadNow();
        await entered.Task.WaitAsync(Hang, TestContext.Current.CancellationToken);
        var waiting = gateway.Loop.ReloadNow();

        await gateway.StopAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(gateway.Loop.ReloadNow);
    }

    [Fact]
    public async Task Signals_make_one_reload_when_they_have_stopped_for_100_ms()
    {
        var time = new ManualTime();
        await using var gateway = new ReloadFixture(time: time);
        gateway.Folder.Write("conf/a.yaml", Documents.Gateway(8080));
        await gateway.StartAsync();
        await gateway.NextAsync(ReloadOutcome.Published);
        gateway.Folder.Write("conf/a.yaml", Documents.Gateway(8081));

        for (var i = 0; i < 5; i++)
        {
            gateway.Loop.Signal();
            await time.SomeoneWaits().WaitAsync(Hang, TestContext.Current.CancellationToken);
            time.Advance(TimeSpan.FromMilliseconds(90));
        }
        Assert.Equal(0, gateway.Unread);
        await time.SomeoneWaits().WaitAsync(Hang, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromMilliseconds(100));

        var attempt = await gateway.NextAsync(ReloadOutcome.Published);
        Assert.Equal(DateTimeOffset.UnixEpoch + TimeSpan.FromMilliseconds(550), attempt.At);
    }

    [Fact]
    public async Task Signals_that_never_stop_are_answered_after_a_second()
    {
        var time = new ManualTime();
        await using var gateway = new ReloadFixture(time: time);
        gateway.Folder.Write("conf/a.yaml", Documents.Gateway(8080));
        await gateway.StartAsync();
        await gateway.NextAsync(ReloadOutcome.Published);
        gateway.Folder.Write("conf/a.yaml", Documents.Gateway(8081));

        for (var i = 0; i < 20; i++)
        {
            gateway.Loop.Signal();
            await time.SomeoneWaits().WaitAsync(Hang, TestContext.Current.CancellationToken);
            time.Advance(TimeSpan.FromMilliseconds(50));
        }

        var attempt = await gateway.NextAsync(ReloadOutcome.Published);
        Assert.Equal(DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(1), attempt.At);
    }
}
