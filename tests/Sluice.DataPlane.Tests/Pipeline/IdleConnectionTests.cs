using System.Runtime.CompilerServices;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Pipeline;

/// <summary>Clients keep thousands of connections open and idle: each must hold next to nothing of what it has served.</summary>
public sealed class IdleConnectionTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_connection_that_waits_keeps_no_snapshot_alive()
    {
        await using var origin = new RawOrigin(RawOrigin.Ok("done"));
        await using var front = await Front.StartAsync(new SnapshotBuilder());
        using var client = await front.ConnectAsync();
        var old = await ServeAsync(front, client, origin.Port);

        front.Live.Publish(new SnapshotBuilder().Build());

        // What is still on its way behind the answer lets go of it in a moment.
        while (Array.Exists(old, part => part.IsAlive))
        {
            await Task.Yield();
            GC.Collect();
            GC.WaitForPendingFinalizers();
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
        Assert.Equal(404, (await client.GetAsync("/")).Status);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference[]> ServeAsync(Front front, RawClient client, int port)
    {
        var cluster = ClusterOf("a", port);
        var snapshot = new SnapshotBuilder().Host("example.com", Route(To(cluster))).Build();
        front.Live.Publish(snapshot);
        Assert.Equal("done", (await client.GetAsync("/")).Body);
        return [new WeakReference(snapshot), new WeakReference(cluster)];
    }
}
