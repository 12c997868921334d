using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>Value rules of a Gateway and its servers.</summary>
internal static class GatewayRules
{
    private const string Semantics = "internal.istio.io/gateway-semantics";

    /// <summary>Checks one Gateway.</summary>
    public static void Check(Resource<GatewaySpec> gateway, Field root)
    {
        // A Gateway that was converted from the Gateway API has a generated name and may have hosts that lead nowhere.
        var generated = gateway.Metadata.Annotations.TryGetValue(Semantics, out var value) && value == "gateway";
        if (!generated) Names.CheckLabel(root["metadata"]["name"], gateway.Name, "a Gateway");

        var servers = root["spec"]["servers"];
        if (gateway.Spec.Servers is null or { Count: 0 })
        {
            servers.Error(Codes.Required, "spec.servers is missing: a Gateway needs at least one server");
        }

        var portNames = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (server, at) in servers.Each(gateway.Spec.Servers))
        {
            CheckServer(at, server, generated);
            if (server.Port?.Name is { Length: > 0 } name && !portNames.Add(name))
            {
                at["port"]["name"].Error(Codes.Duplicate,
                    $"{at.Path}.port.name \"{name}\" is taken: port names are unique in a Gateway");
            }
        }
    }

    private static void CheckServer(Field at, Server server, bool generated)
    {
        if (server.Hosts is null or { Count: 0 })
        {
            at["hosts"].Error(Codes.Required, $"{at.Path}.hosts is missing: a server needs at least one host",
                "write [\"*\"] to serve every host");
        }

        foreach (var (host, each) in at["hosts"].Each(server.Hosts)) Hosts.CheckServerHost(each, host, generated);
        CheckPort(at, server);
        CheckBind(at, server);
        if (server.Tls is { } tls) ServerTlsRules.Check(at["tls"], tls);
        CheckTlsAndProtocol(at, server);
    }

    private static void CheckPort(Field at, Server server)
    {
        if (server.Port is not { } port)
        {
            at["port"].Error(Codes.Required, $"{at.Path}.port is missing: a server needs a port");
            return;
        }

        var portAt = at["port"];
        Protocols.CheckRequired(portAt["protocol"], port.Protocol);
        if (port.Number is > 0 || !Addresses.IsUnix(server.Bind)) Numbers.CheckPort(portAt["number"], port.Number);
        if (port.TargetPort is > 0)
        {
            portAt["targetPort"].Error(Codes.Unsupported, $"{portAt.Path}.targetPort has no meaning in a Gateway", "remove it");
        }

        if (string.IsNullOrEmpty(port.Name))
        {
            portAt["name"].Error(Codes.Required, $"{portAt.Path}.name is missing: a server's port needs a name");
        }
    }

    private static void CheckBind(Field at, Server server)
    {
        if (server.Bind is not { Length: > 0 } bind) return;
        if (!Addresses.IsUnix(bind))
        {
            Addresses.CheckIp(at["bind"], bind);
            return;
        }

        Addresses.CheckUnix(at["bind"], bind);
        if (server.Port?.Number is > 0)
        {
            at["port"]["number"].Error(Codes.UnixSocket,
                $"{at.Path}.port.number is {server.Port.Number}, but a Unix socket has no port",
                "write 0");
        }
    }

    private static void CheckTlsAndProtocol(Field at, Server server)
    {
        var kind = Protocols.KindOf(server.Port?.Protocol);
        if (kind == ProtocolKind.Unknown) return;
        if (server.Tls is not { } tls)
        {
            if (kind == ProtocolKind.Tls)
            {
                at.Error(Codes.TlsAndProtocol,
                    $"{at.Path}.tls is missing: a server that speaks {server.Port!.Protocol} needs it");
            }

            return;
        }

        var terminates = tls.Mode is not (null or TlsMode.Passthrough or TlsMode.AutoPassthrough);
        var hasFiles = !string.IsNullOrEmpty(tls.ServerCertificate) || !string.IsNullOrEmpty(tls.PrivateKey)
            || !string.IsNullOrEmpty(tls.CaCertificates);
        if (kind is ProtocolKind.Tcp or ProtocolKind.Udp)
        {
            at["tls"].Error(Codes.TlsAndProtocol, $"{at.Path}.tls is set, but the server speaks {server.Port!.Protocol}",
                "set protocol to TLS, or remove tls");
        }
        else if (kind == ProtocolKind.Http && (terminates || hasFiles))
        {
            at["tls"].Error(Codes.TlsAndProtocol,
                $"{at.Path}.tls has certificates, but the server speaks plain {server.Port!.Protocol}",
                "set protocol to HTTPS, or keep only httpsRedirect");
        }

        if (kind != ProtocolKind.Http && tls.HttpsRedirect == true)
        {
            at["tls"]["httpsRedirect"].Warning(Codes.SchemaWarning,
                $"{at.Path}.tls.httpsRedirect has no effect: only a plain HTTP server can redirect to HTTPS");
        }
    }
}
