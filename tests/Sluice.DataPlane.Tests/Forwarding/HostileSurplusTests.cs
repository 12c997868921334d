using System.Collections.Concurrent;
using Sluice.DataPlane.Tests.Pipeline.Harness;

namespace Sluice.DataPlane.Tests.Forwarding;

/// <summary>Upstreams that send more than the answer they were asked for: none of it may ever reach another request.</summary>
public sealed class HostileSurplusTests
{
    private const int Clients = 8;
    private const int RequestsEach = 30;

    private const string Stolen = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen";

    private static readonly string Large = new('x', 300 << 10);

    /// <summary>What is sent for a request: an answer with its target as the body, and bytes that nobody asked for.</summary>
    private static readonly Dictionary<string, Func<string, string>> Answers = new()
    {
        ["a byte"] = target => RawOrigin.Ok(target) + "x",
        ["an empty line"] = target => RawOrigin.Ok(target) + "\r\n",
        ["a second answer"] = target => RawOrigin.Ok(target) + Stolen,
        ["ten answers"] = target => RawOrigin.Ok(target) + string.Concat(Enumerable.Repeat(Stolen, 10)),
        ["half an answer"] = target => RawOrigin.Ok(target) + Stolen[..30],
        ["a continue"] = target => RawOrigin.Ok(target) + "HTTP/1.1 100 Continue\r\n\r\n",
        ["an upgrade"] = target => RawOrigin.Ok(target) + "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        ["a body longer than its length"] = target => RawOrigin.Ok(target) + "and more of the same",
        ["an answer behind the chunks"] = target => Chunked(target) + Stolen,
        ["a chunk behind the last"] = target => Chunked(target) + "6\r\nstolen\r\n0\r\n\r\n",
        ["a body of 204"] = _ => "HTTP/1.1 204 No Content\r\n\r\n" + Stolen,
        ["a body of 204 with its length"] = _ => "HTTP/1.1 204 No Content\r\nContent-Length: 6\r\n\r\nstolen",
        ["chunks of 204"] = _ => "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nstolen\r\n0\r\n\r\n",
        ["a body of 304"] = _ => "HTTP/1.1 304 Not Modified\r\nContent-Length: 43\r\n\r\n" + Stolen,
        ["a body for HEAD"] = target => RawOrigin.Ok(target),
        ["chunks for HEAD"] = Chunked,
        ["an answer for HEAD"] = target => RawOrigin.Ok(target)[..^target.Length] + Stolen,
        ["an answer behind a large one"] = _ => RawOrigin.Ok(Large) + Stolen,
    };

    public static TheoryData<string> Kinds => [.. Answers.Keys];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Chunked(string body) =>
        $"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n";

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task No_byte_reaches_another_request(string kind)
    {
        var spoiled = new ConcurrentDictionary<int, bool>();
        await using var gateway = await HostileGateway.StartAsync(async request =>
        {
            spoiled[request.Connection] = true;
            await request.WriteAsync(Answers[kind](request.Target));
        });

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => AskAsync(gateway.Front, kind, client)));

        // What was asked after the surplus was asked elsewhere.
        var last = new Dictionary<int, string>();
        foreach (var request in gateway.Origin.Requests)
        {
            Assert.False(
                last.TryGetValue(request.Connection, out var before) && before.StartsWith("/hostile", StringComparison.Ordinal),
                $"{request.Target} went over a connection that {last.GetValueOrDefault(request.Connection)} had spoiled");
            last[request.Connection] = request.Target;
        }
        Assert.NotEmpty(spoiled);
    }

    /// <summary>Asks in turn for what is answered with surplus and what is not, each time for something of its own.</summary>
    private static async Task AskAsync(Front front, string kind, int client)
    {
        using var connection = await front.ConnectAsync();
        for (var i = 0; i < RequestsEach; i++)
        {
            var target = $"/{(i % 3 == 1 ? "hostile" : "honest")}/{client}/{i}";
            var isHead = i % 3 == 1 && kind.EndsWith("for HEAD", StringComparison.Ordinal);
            await connection.SendAsync($"{(isHead ? "HEAD" : "GET")} {target} HTTP/1.1\r\nHost: example.com\r\n\r\n");

            var response = await connection.ReadAsync(hasBody: !isHead);

            // HttpClient gives up after a few spoiled connections in a row.
            if (Front.IsYarp && response.Status == 503)
                continue;
            var (status, body) = i % 3 != 1 ? (200, target) : Expected(kind, target);
            Assert.Equal((status, isHead ? "" : body), (response.Status, response.Body));
        }
    }

    private static (int Status, string Body) Expected(string kind, string target)
    {
        if (kind.Contains("204", StringComparison.Ordinal))
            return (204, "");
        if (kind.Contains("304", StringComparison.Ordinal))
            return (304, "");
        return (200, kind.EndsWith("large one", StringComparison.Ordinal) ? Large : target);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("\r\n")]
    [InlineData(Stolen)]
    [InlineData("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")]
    public async Task Nor_do_bytes_that_come_while_the_connection_waits_for_its_next_request(string surplus)
    {
        var more = new SemaphoreSlim(0);
        var sent = new SemaphoreSlim(0);
        await using var gateway = await HostileGateway.StartAsync(async request =>
        {
            await request.WriteAsync(RawOrigin.Ok(request.Target));
            await more.WaitAsync(request.Stop);
            await request.WriteAsync(surplus);
            sent.Release();
        });
        using var client = await gateway.Front.ConnectAsync();

        for (var i = 0; i < RequestsEach; i++)
        {
            Assert.Equal($"/hostile/{i}", (await client.GetAsync($"/hostile/{i}")).Body);
            more.Release();
            await sent.WaitAsync(Cancellation);
            Assert.Equal($"/honest/{i}", (await client.GetAsync($"/honest/{i}")).Body);
        }
    }

    [Fact]
    public async Task An_upstream_that_closes_behind_each_answer_without_saying_so_costs_no_request()
    {
        await using var gateway = await HostileGateway.StartAsync(async request =>
        {
            await request.WriteAsync(RawOrigin.Ok(request.Target));
            request.Close();
        });

        // HttpClient does not tell over which of several connections a request went, so the case is not always recognised.
        await Task.WhenAll(Enumerable.Range(0, Front.IsYarp ? 1 : Clients).Select(async n =>
        {
            using var client = await gateway.Front.ConnectAsync();
            for (var i = 0; i < RequestsEach; i++)
                Assert.Equal($"/hostile/{n}/{i}", (await client.GetAsync($"/hostile/{n}/{i}")).Body);
        }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64 << 10)]
    [InlineData(300 << 10)]
    public async Task An_answer_without_surplus_keeps_its_connection_whatever_its_size(int size)
    {
        var body = new string('x', size);
        await using var gateway = await HostileGateway.StartAsync(request => request.WriteAsync(RawOrigin.Ok(body)));
        using var client = await gateway.Front.ConnectAsync();

        for (var i = 0; i < RequestsEach; i++)
            Assert.Equal(body, (await client.GetAsync("/hostile")).Body);

        Assert.Equal(1, gateway.Origin.Connections);
    }
}
