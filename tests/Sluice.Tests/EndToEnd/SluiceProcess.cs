using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Sluice.Tests.EndToEnd;

/// <summary>The executable as a process of its own, seen from the outside: its ports, its log, its signals, its exit code.</summary>
internal sealed class SluiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly (int First, int Count) Ports = (20_000, 12_000);
    private static int _nextPort = Random.Shared.Next();

    private readonly Process _process;
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    private SluiceProcess(Process process) => _process = process;

    /// <summary>What it says on standard error.</summary>
    public LogLines Log { get; } = new();

    /// <summary>What it says on standard output.</summary>
    public LogLines Output { get; } = new();

    /// <summary>Its number.</summary>
    public int Id => _process.Id;

    /// <summary>The port that Gateway servers on port 80 are bound to.</summary>
    public int Port { get; private init; }

    /// <summary>Address of the admin API, <c>127.0.0.1:PORT</c>.</summary>
    public string Admin { get; private set; } = "";

    /// <summary>Address of the health checks.</summary>
    public string Status { get; private set; } = "";

    /// <summary>Address of the metrics.</summary>
    public string Metrics { get; private set; } = "";

    /// <summary>Starts a verb without waiting for anything.</summary>
    public static SluiceProcess Launch(IReadOnlyDictionary<string, string> variables, params string[] args)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "sluice"), args)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        return Begin(start, 0);
    }

    /// <summary>Runs the gateway on free ports of the loopback address and waits until it is ready.</summary>
    public static Task<SluiceProcess> RunAsync(string config, params string[] flags) =>
        WhenSaysAsync(Start(config, flags), "Ready with configuration");

    /// <summary>As <see cref="RunAsync"/>, but returns once the admin API answers.</summary>
    public static Task<SluiceProcess> RunUntilAdminAsync(string config, params string[] flags) =>
        WhenSaysAsync(Start(config, flags), "The admin port listens on");

    /// <summary>A port of the loopback address that nobody listens on. It is none of those that the system gives to sockets that
    /// ask for any: one of these, the process's own side ports above all, could take it before the gateway does.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Ports.First + (Interlocked.Increment(ref _nextPort) & int.MaxValue) % Ports.Count;
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Somebody else's: the next one.
            }
        }
    }

    /// <summary>Sends a request through the gateway.</summary>
    public Task<HttpResponseMessage> GetAsync(string host, string path) => SendAsync(HttpMethod.Get, $"127.0.0.1:{Port}", path, host);

    /// <summary>Sends a request to one of the ports beside it.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, string path, string? host = null, string? body = null)
    {
        using var request = new HttpRequestMessage(method, $"http://{address}{path}");
        request.Headers.Host = host;
        if (body is not null)
            request.Content = new StringContent(body);
        return await _client.SendAsync(request);
    }

    /// <summary>JSON of the admin API.</summary>
    public async Task<JsonElement> AdminAsync(string path, HttpMethod? method = null, string? body = null)
    {
        using var response = await SendAsync(method ?? HttpMethod.Get, Admin, path, body: body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    /// <summary>Sends a signal: <c>TERM</c>, <c>INT</c>, <c>HUP</c>.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Waits for the end of the process.</summary>
    public async Task<int> ExitAsync()
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"still running:{Environment.NewLine}{Log}");
        }
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _client.Dispose();
    }

    // One that nobody has in hand yet must not stay behind.
    private static async Task<SluiceProcess> WhenSaysAsync(SluiceProcess sluice, string line)
    {
        try
        {
            await sluice.Log.WhenAsync(line);
            return sluice;
        }
        catch
        {
            await sluice.DisposeAsync();
            throw;
        }
    }

    private static SluiceProcess Start(string config, string[] flags)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "sluice"),
        [
            "run", "--config", config, "--bind", "127.0.0.1", "--port-map", $"80={port}", "--admin", "127.0.0.1:0",
            "--status", "127.0.0.1:0", "--metrics", "127.0.0.1:0", "--log-level", "debug", .. flags,
        ])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        return Begin(start, port);
    }

    private static SluiceProcess Begin(ProcessStartInfo start, int port)
    {
        var process = new Process { StartInfo = start };
        var sluice = new SluiceProcess(process) { Port = port };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not { } text)
            {
                sluice.Log.End();
                return;
            }
            sluice.Note(text);
            sluice.Log.Add(text);
        };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
                sluice.Output.Add(text);
            else
                sluice.Output.End();
        };
        process.Start();
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return sluice;
    }

    private void Note(string line)
    {
        const string listens = " port listens on ";
        var at = line.IndexOf(listens, StringComparison.Ordinal);
        if (at < 0)
            return;
        var address = line[(at + listens.Length)..];
        if (line.Contains("The admin port", StringComparison.Ordinal))
            Admin = address;
        else if (line.Contains("The status port", StringComparison.Ordinal))
            Status = address;
        else
            Metrics = address;
    }
}
