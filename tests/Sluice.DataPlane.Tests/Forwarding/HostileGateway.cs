using System.Globalization;
using Sluice.DataPlane.Pipeline;
using Sluice.DataPlane.Tests.Pipeline.Harness;
using static Sluice.DataPlane.Tests.Pipeline.Harness.SnapshotBuilder;

namespace Sluice.DataPlane.Tests.Forwarding;

/// <summary>A gateway before an upstream that breaks the rules for some requests and keeps them for others.</summary>
internal sealed class HostileGateway : IAsyncDisposable
{
    private readonly RawOrigin _origin;
    private readonly Front _front;

    private HostileGateway(RawOrigin origin, Front front) => (_origin, _front) = (origin, front);

    public Front Front => _front;

    public RawOrigin Origin => _origin;

    /// <param name="misbehave">Answers what asks for <c>/hostile</c>; everything else gets its target back.</param>
    /// <param name="timeout">The route's; null for none.</param>
    /// <param name="time">The clock.</param>
    public static async Task<HostileGateway> StartAsync(
        Func<OriginRequest, Task> misbehave, TimeSpan? timeout = null, TimeProvider? time = null)
    {
        var origin = new RawOrigin(async request =>
        {
            if (request.Target.StartsWith("/hostile", StringComparison.Ordinal))
                await misbehave(request);
            else
                await request.WriteAsync(RawOrigin.Ok(request.Target));
        });
        var action = new DataPlane.Routing.ForwardAction { Clusters = To(ClusterOf("a", origin.Port)).Clusters, Timeout = timeout };
        var snapshot = new SnapshotBuilder
        {
            Settings = new EdgeSettings { AccessLogFile = "log", AccessLogFormat = "%RESPONSE_CODE% %RESPONSE_FLAGS%\n" },
        };
        return new HostileGateway(origin, await Front.StartAsync(snapshot.Host("*", Route(action)), time: time));
    }

    /// <summary>Sends bytes whatever was asked, and then closes, or keeps the connection open as if all were well.</summary>
    public static Func<OriginRequest, Task> Sends(string bytes, bool closes) => async request =>
    {
        await request.WriteAsync(bytes);
        if (closes)
            request.Close();
    };

    /// <summary>Asks for the misbehaviour with a method that is never sent twice, and holds the answer and its flag against what is
    /// promised.</summary>
    public async Task AssertAnsweredAsync(int status, string body, string flag)
    {
        using var client = await _front.ConnectAsync();
        await client.SendAsync("POST /hostile HTTP/1.1\r\nHost: example.com\r\nContent-Length: 0\r\n\r\n");

        // Interim answers may go on to the client, whatever follows them.
        RawResponse response;
        do
            response = await client.ReadAsync();
        while (response.Status is >= 100 and < 200);

        Assert.Equal((status, body), (response.Status, response.Body));
        AssertLogged(status, flag);
    }

    /// <summary>Asks for the misbehaviour, whose answer has to break off for the client as well.</summary>
    public async Task AssertBrokenAsync(string flag)
    {
        using var client = await _front.ConnectAsync();
        await client.SendAsync("POST /hostile HTTP/1.1\r\nHost: example.com\r\nContent-Length: 0\r\n\r\n");

        await Assert.ThrowsAnyAsync<IOException>(() => client.ReadAsync());

        AssertLogged(200, flag);
    }

    /// <summary>The access log's next line.</summary>
    public void AssertLogged(int status, string flag) => Assert.Equal(
        $"{status.ToString(CultureInfo.InvariantCulture)} {flag}", _front.Lines.Take(TestContext.Current.CancellationToken));

    /// <summary>Nobody else may suffer: another client gets its own answer, and not over the connection that was spoiled. (HttpClient
    /// keeps one whose answer had an end that it could find.)</summary>
    public async Task AssertOthersAreServedAsync()
    {
        var spoiled = _origin.Requests.Last(r => r.Target.StartsWith("/hostile", StringComparison.Ordinal)).Connection;

        var response = await _front.GetAsync("/honest");

        Assert.Equal((200, "/honest"), (response.Status, response.Body));
        if (!Front.IsYarp)
            Assert.NotEqual(spoiled, _origin.Requests.Last().Connection);
    }

    public async ValueTask DisposeAsync()
    {
        await _front.DisposeAsync();
        await _origin.DisposeAsync();
    }
}
