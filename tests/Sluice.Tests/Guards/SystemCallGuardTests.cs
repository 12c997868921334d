using Sluice.Hosting;
using Sluice.Load;
using Sluice.Tests.EndToEnd;

namespace Sluice.Tests.Guards;

/// <summary>What a request asks of the kernel: a receive and a send on either side, and nothing else.</summary>
public sealed class SystemCallGuardTests : IDisposable
{
    private const int WarmUp = 200;
    private const int Requests = 1_000;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_kept_GET_costs_two_receives_and_two_sends()
    {
        Assert.SkipUnless(GatewayTransport.Default == TransportKind.Epoll, "there are no event loops of ours on this machine");
        Assert.SkipWhen(Strace.Path is null, "strace is not installed (Debian package strace)");
        using var origin = new RawOrigin();
        _folder.Write("edge.yaml", SampleConfig.Join(SampleConfig.Gateway, SampleConfig.Origin(origin.Port), SampleConfig.Route("/api")));
        await using var sluice = await SluiceProcess.RunAsync(_folder.Path);
        using var client = new QuietClient(sluice.Port, connections: 1);
        client.Ask(WarmUp);

        await using var strace = await Strace.AttachAsync(sluice.Id, Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));
        Assert.SkipWhen(strace is null, "this process may not trace another");
        client.Ask(Requests);
        var calls = await strace.DetachAsync();

        Assert.Equal(2 * Requests, Sum(calls, "recvfrom", "recvmsg", "recvmmsg"));
        Assert.Equal(2 * Requests, Sum(calls, "sendto", "sendmsg", "sendmmsg"));
        Assert.Equal(0, Sum(calls, "epoll_ctl"));
    }

    private static int Sum(IReadOnlyDictionary<string, int> calls, params ReadOnlySpan<string> names)
    {
        var sum = 0;
        foreach (var name in names)
            sum += calls.GetValueOrDefault(name);
        return sum;
    }
}
