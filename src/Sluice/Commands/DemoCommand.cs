using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.DataPlane.Listeners;
using Sluice.DataPlane.Pipeline;
using Sluice.Demo;

namespace Sluice.Commands;

/// <summary><c>sluice demo</c>: <c>run</c> with a built-in configuration and built-in upstreams.</summary>
internal sealed class DemoCommand(Terminal terminal)
{
    private readonly RunFlags _flags = new(portMap: new Dictionary<int, int> { [80] = 8080, [443] = 8443 });

    public static Command Create(Terminal terminal)
    {
        var verb = new DemoCommand(terminal);
        var command = new Command("demo", "Run the gateway with a sample configuration and sample upstreams");
        verb._flags.AddTo(command);
        command.SetAction((result, _) => verb.RunAsync(result));
        return command;
    }

    private async Task<int> RunAsync(ParseResult result)
    {
        var options = _flags.Read(result, terminal);
        var upstreams = await DemoUpstreams.StartAsync(DemoConfig.WorkloadPorts(), NullLoggerFactory.Instance).ConfigureAwait(false);
        await using (upstreams.ConfigureAwait(false))
        {
            using var config = DemoConfig.Unpack(upstreams.Ports);
            if (!_flags.NamesConfig(result, terminal))
                options = options with { Config = [config.Folder] };
            return await GatewayProcess.RunAsync(options, terminal, snapshot => Welcome(snapshot, options)).ConfigureAwait(false);
        }
    }

    private void Welcome(Snapshot snapshot, RunOptions options)
    {
        var output = terminal.Out;
        output.WriteLine($"The configuration is in {string.Join(", ", options.Config)}; edit it while the demo runs.");
        if (Array.Find(snapshot.Listeners, l => l.Kind == ListenerKind.Http) is { } listener)
        {
            var port = listener.Port.ToString(CultureInfo.InvariantCulture);
            output.WriteLine($"Open  http://localhost:{port}/");
            output.WriteLine($"Try   curl -H 'Host: fleetman.localhost' http://localhost:{port}/");
            output.WriteLine($"      curl -H 'Host: fleetman.localhost' -H 'my-header: canary' http://localhost:{port}/");
        }
        if (options.Admin is { } admin)
            output.WriteLine($"Admin http://{admin}/");
        output.Flush();
    }
}
