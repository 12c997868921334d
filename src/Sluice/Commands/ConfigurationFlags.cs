using System.CommandLine;
using Sluice.ControlPlane.Compilation;

namespace Sluice.Commands;

/// <summary>The flags that shape what a configuration means. They are the same for the gateway and for the verbs that look at a
/// configuration, so that these answer for the gateway that would run.</summary>
/// <param name="portMap">What <c>--port-map</c> says when it is not given; null for nothing.</param>
internal sealed class ConfigurationFlags(IReadOnlyDictionary<int, int>? portMap = null)
{
    private static readonly GatewayIdentity Defaults = new();

    private readonly Flag<IReadOnlyDictionary<int, int>> _portMap = Flag<IReadOnlyDictionary<int, int>>.Many(
        "--port-map", "PORT=PORT", "Bind a Gateway server's port elsewhere, e.g. 80=8080", portMap ?? Defaults.PortMap, FlagText.PortMap);

    private readonly Flag<string?> _bind = Flag<string?>.One(
        "--bind", "ADDRESS", "Address for servers without bind [default: 0.0.0.0 and [::]]", null, FlagText.Address);

    private readonly Flag<IReadOnlyDictionary<string, string>> _labels = Flag<IReadOnlyDictionary<string, string>>.Many(
        "--labels", "K=V,...", "This gateway's labels, matched by Gateway selectors [default: istio=ingressgateway]",
        Defaults.Labels, FlagText.Labels);

    private readonly Flag<string> _namespace = Flag<string>.One(
        "--namespace", "NS", $"Namespace the gateway runs in [default: {Defaults.Namespace}]", Defaults.Namespace, FlagText.Name);

    private readonly Flag<string> _domain = Flag<string>.One(
        "--domain", "NAME", $"Domain that completes short service names [default: {Defaults.Domain}]", Defaults.Domain, FlagText.Name);

    private readonly Flag<string?> _meshConfig = Flag<string?>.One(
        "--mesh-config", "FILE", "An Istio MeshConfig document", null, FlagText.Name);

    private readonly Flag<string?> _certs = Flag<string?>.One(
        "--certs", "DIR", "The gateway's own certificate for ISTIO_MUTUAL: WORKLOAD.crt, WORKLOAD.key, ca.crt", null, FlagText.Name);

    /// <summary>Makes the flags known to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_portMap.Option);
        command.Options.Add(_bind.Option);
        command.Options.Add(_labels.Option);
        command.Options.Add(_namespace.Option);
        command.Options.Add(_domain.Option);
        command.Options.Add(_meshConfig.Option);
        command.Options.Add(_certs.Option);
    }

    /// <summary>Who the gateway is.</summary>
    public GatewayIdentity Identity(ParseResult result, Terminal terminal) => new()
    {
        PortMap = _portMap.Read(result, terminal),
        Bind = _bind.Read(result, terminal),
        Labels = _labels.Read(result, terminal),
        Namespace = _namespace.Read(result, terminal),
        Domain = _domain.Read(result, terminal),
        Certs = _certs.Read(result, terminal),
    };

    /// <summary>Path of the MeshConfig document; null without.</summary>
    public string? MeshConfig(ParseResult result, Terminal terminal) => _meshConfig.Read(result, terminal);

    /// <summary>The flag for the files to read, for verbs that don't take them as arguments.</summary>
    public static Flag<IReadOnlyList<string>> Config() => Flag<IReadOnlyList<string>>.Many(
        "--config", "PATH", "Files, or folders read recursively [default: config]", ["config"], texts => texts);
}
