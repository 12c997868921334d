using System.CommandLine;
using System.Globalization;
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
        using var config = SampleConfiguration.Write();
        var upstreams = await config.StartUpstreamsAsync(CancellationToken.None).ConfigureAwait(false);
        await using (upstreams.ConfigureAwait(false))
        {
            options = options with { Config = _flags.NamesConfig(result, terminal) ? options.Config : [config.Folder] };
            return await GatewayProcess.RunAsync(options, terminal, snapshot => Welcome(snapshot, options)).ConfigureAwait(false);
        }
    }

    private void Welcome(Snapshot snapshot, RunOptions options)
    {
        var output = terminal.Out;
        if (Array.Find(snapshot.Listeners, l => l.Kind == ListenerKind.Http) is { } listener)
        {
            var port = listener.Port.ToString(CultureInfo.InvariantCulture);
            output.WriteLine($"""

                The fleet application is served. Open it in a browser:
                  http://localhost:{port}/                            the web application
                  http://experimental.fleetman.localhost:{port}/      its experimental version

                By host: staff-service safe, and by sub-domain: webapp experimental
                  curl http://localhost:{port}/ -H 'Host: staff.localhost'
                  curl http://localhost:{port}/ -H 'Host: experimental.fleetman.localhost'

                By prefix: api-gateway, and by prefix and header: position-tracker
                  curl http://localhost:{port}/api/vehicles
                  curl http://localhost:{port}/api/vehicles -H 'x-tracker: on'

                A dark release, only for those who send the header: webapp experimental
                  curl http://localhost:{port}/ -H 'my-header: canary'

                A canary: 90 of 100 calls get staff-service safe, 10 get staff-service risky
                  curl -s 'http://localhost:{port}/api/staff?call=[1-100]' | sort | uniq -c
                """);
        }
        output.WriteLine();
        output.WriteLine($"The configuration is in {string.Join(", ", options.Config)}; edit it and see it reloaded.");
        if (options.Admin is { } admin)
            output.WriteLine($"The admin API is at http://{admin}/. Ctrl-C ends the demo.");
        output.Flush();
    }
}
