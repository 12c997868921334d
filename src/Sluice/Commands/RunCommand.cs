using System.CommandLine;
using Sluice.ControlPlane.Compilation;

namespace Sluice.Commands;

/// <summary><c>sluice run</c>: the gateway itself.</summary>
internal static class RunCommand
{
    public static Command Create(Terminal terminal)
    {
        var flags = new RunFlags(new GatewayIdentity().PortMap);
        var command = new Command("run", "Run the gateway");
        flags.AddTo(command);
        command.SetAction((result, _) => GatewayProcess.RunAsync(flags.Read(result, terminal), terminal, ready: _ => { }));
        return command;
    }
}
