using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Sluice.ControlPlane.Discovery.Names;
using Sluice.ControlPlane.Tests.Reload;

namespace Sluice.ControlPlane.Tests.Discovery;

public sealed class NameTableTests : IAsyncDisposable
{
    private const string Name = "api.example.org";

    // The dice always say the least: nine tenths of each time.
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(4.5);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(0.9);

    private readonly ManualTime _time = new();
    private readonly FakeResolver _resolver = new();
    private readonly RecordingLog<NameTable> _log = new();
    private readonly Channel<string> _changes = Channel.CreateUnbounded<string>();
    private readonly NameTable _table;

    public NameTableTests()
    {
        _table = new NameTable(_resolver.LookUpAsync, _time, _ => 0, _log);
        _table.Changed += name => _changes.Writer.TryWrite(name);
    }

    [Fact]
    public async Task Asks_for_a_name_again_and_tells_when_the_answer_changed()
    {
        _resolver.Answer(Name, "10.0.0.1");
        await _table.FollowAsync([Name], null);
        Assert.Equal(Name, await NextChange());
        Assert.Equal(["10.0.0.1"], Addresses);

        _resolver.Answer(Name, "10.0.0.1", "10.0.0.2");
        await Pass(Usual);

        Assert.Equal(Name, await NextChange());
        Assert.Equal(["10.0.0.1", "10.0.0.2"], Addresses);
    }

    [Fact]
    public async Task Says_nothing_about_an_answer_that_stays()
    {
        _resolver.Answer(Name, "10.0.0.1");
        await _table.FollowAsync([Name], null);
        await NextChange();

        await Pass(Usual);
        await _time.SomeoneWaitsFor(Usual);

        Assert.Equal(2, _resolver.AskedFor(Name));
        Assert.False(_changes.Reader.TryRead(out _));
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, "no such name")]
    [InlineData(SocketError.NoData, "the name has no address")]
    [InlineData(SocketError.TryAgain, "no answer from the name server")]
    public async Task The_last_good_answer_stays_when_there_is_no_other(SocketError error, string reason)
    {
        _resolver.Answer(Name, "10.0.0.1");
        await _table.FollowAsync([Name], null);

        _resolver.Fail(Name, error);
        await Pass(Usual);
        await _time.SomeoneWaitsFor(AfterFailure);

        Assert.Equal(["10.0.0.1"], Addresses);
        var state = _table.Find(Name);
        Assert.Equal(reason, state.Error);
        Assert.Equal(DateTimeOffset.UnixEpoch, state.ResolvedAt);
        Assert.Equal(DateTimeOffset.UnixEpoch + Usual, state.FailingSince);
    }

    [Fact]
    public async Task A_failing_name_is_asked_for_sooner_at_first_and_logged_once()
    {
        await _table.FollowAsync([Name], null);
        foreach (var seconds in (double[])[0.9, 1.8, 3.6, 4.5, 4.5])
            await Pass(TimeSpan.FromSeconds(seconds));

        _resolver.Answer(Name, "10.0.0.1");
        await Pass(Usual);
        await NextChange();

        Assert.Equal(
            [(LogLevel.Warning, $"{Name} does not resolve (no such name); used meanwhile: nothing"),
             (LogLevel.Information, $"{Name} resolves again, to 10.0.0.1")],
            _log.Entries.Where(e => e.Level > LogLevel.Debug));
        Assert.Null(_table.Find(Name).FailingSince);
        Assert.Equal((1, 6), (_table.Find(Name).Successes, _table.Find(Name).Failures));
    }

    [Fact]
    public async Task A_resolver_that_does_not_answer_fails_after_five_seconds()
    {
        _resolver.Hold(Name);
        var known = _table.FollowAsync([Name], null);

        await Pass(TimeSpan.FromSeconds(5));
        await known;

        Assert.Equal("no answer within 5 s", _table.Find(Name).Error);
    }

    [Fact]
    public async Task An_interval_that_is_written_holds()
    {
        _resolver.Answer(Name, "10.0.0.1");
        await _table.FollowAsync([Name], TimeSpan.FromSeconds(100));
        await _time.SomeoneWaitsFor(TimeSpan.FromSeconds(90));
    }

    [Fact]
    public async Task Many_names_are_asked_for_more_rarely()
    {
        string[] names = [.. Enumerable.Range(0, 200).Select(i => $"{i}.example.org")];
        foreach (var name in names)
            _resolver.Answer(name, "10.0.0.1");
        await _table.FollowAsync(names, null);
        await _time.SomeoneWaitsFor(TimeSpan.FromSeconds(9));
    }

    [Fact]
    public async Task A_name_that_is_of_no_use_any_more_is_forgotten()
    {
        _resolver.Answer(Name, "10.0.0.1");
        _resolver.Answer("other.example.org", "10.0.0.2");
        await _table.FollowAsync([Name, "other.example.org"], null);

        _table.Keep(new HashSet<string> { "other.example.org" });

        Assert.Equal(["other.example.org"], _table.All.Select(s => s.Name));
        Assert.Empty(Addresses);
    }

    [Fact]
    public async Task The_systems_resolver_knows_localhost()
    {
        var addresses = await SystemLookup.AddressesAsync("localhost", TestContext.Current.CancellationToken);
        Assert.Contains(IPAddress.Loopback, addresses);
    }

    [Theory]
    [InlineData("10.0.0.1", false, "10.0.0.1")]
    [InlineData("10.0.0.1,fd00::1", false, "10.0.0.1")]
    [InlineData("fd00::1,10.0.0.1", true, "fd00::1,10.0.0.1")]
    [InlineData("fd00::1", false, "fd00::1")]
    [InlineData("::1,127.0.0.1", true, "127.0.0.1")]
    [InlineData("::1", true, "::1")]
    public void IPv6_addresses_beside_others_need_a_network(string answer, bool hasIPv6, string expected) =>
        Assert.Equal(expected.Split(','), SystemLookup.Reachable([.. answer.Split(',').Select(IPAddress.Parse)], () => hasIPv6).Select(a => a.ToString()));

    public ValueTask DisposeAsync() => _table.DisposeAsync();

    private IEnumerable<string> Addresses => _table.Find(Name).Addresses.Select(a => a.ToString());

    private async Task Pass(TimeSpan time)
    {
        await _time.SomeoneWaitsFor(time);
        _time.Advance(time);
    }

    private ValueTask<string> NextChange() => _changes.Reader.ReadAsync(TestContext.Current.CancellationToken);
}
