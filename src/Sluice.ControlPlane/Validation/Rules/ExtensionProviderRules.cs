using System.Globalization;
using Sluice.Api.Mesh;
using Sluice.ControlPlane.Validation.Checks;

namespace Sluice.ControlPlane.Validation.Rules;

/// <summary>What a provider of the MeshConfig needs: a name of its own, and where it listens. Istio lets wrong ones pass until
/// they are
/// used, so these are warnings.</summary>
internal static class ExtensionProviderRules
{
    private readonly record struct Listener(string Field, string? Service, uint? Port);

    /// <summary>Checks the providers.</summary>
    public static void Check(Field at, IReadOnlyList<MeshExtensionProvider>? providers)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (provider, each) in at.Each(providers))
        {
            if (string.IsNullOrEmpty(provider.Name)) Warn(each["name"], "is missing: policies refer to a provider by its name");
            else if (!names.Add(provider.Name)) Warn(each["name"], $"{provider.Name} is taken: names of providers are unique");
            foreach (var listener in ListenersOf(provider)) CheckListener(each[listener.Field], listener);
            CheckAuthorizer(each["envoyExtAuthzHttp"], provider.EnvoyExtAuthzHttp?.StatusOnError);
            CheckAuthorizer(each["envoyExtAuthzGrpc"], provider.EnvoyExtAuthzGrpc?.StatusOnError);
            if (provider.EnvoyExtAuthzHttp?.PathPrefix is { Length: > 0 } prefix && !prefix.StartsWith('/'))
            {
                Warn(each["envoyExtAuthzHttp"]["pathPrefix"], $"\"{prefix}\" does not begin with a slash");
            }

            if (provider.Opentelemetry is { Http: not null, Grpc: not null })
                Warn(each["opentelemetry"], "has http and grpc: keep one");
        }
    }

    private static IEnumerable<Listener> ListenersOf(MeshExtensionProvider provider)
    {
        if (provider.EnvoyExtAuthzHttp is { } http) yield return new("envoyExtAuthzHttp", http.Service, http.Port);
        if (provider.EnvoyExtAuthzGrpc is { } grpc) yield return new("envoyExtAuthzGrpc", grpc.Service, grpc.Port);
        if (provider.Zipkin is { } zipkin) yield return new("zipkin", zipkin.Service, zipkin.Port);
        if (provider.Opentelemetry is { } otel) yield return new("opentelemetry", otel.Service, otel.Port);
        if (provider.Datadog is { } datadog) yield return new("datadog", datadog.Service, datadog.Port);
        if (provider.Lightstep is { } lightstep) yield return new("lightstep", lightstep.Service, lightstep.Port);
        if (provider.Opencensus is { } opencensus) yield return new("opencensus", opencensus.Service, opencensus.Port);
        if (provider.Skywalking is { } skywalking) yield return new("skywalking", skywalking.Service, skywalking.Port);
        if (provider.EnvoyHttpAls is { } httpAls) yield return new("envoyHttpAls", httpAls.Service, httpAls.Port);
        if (provider.EnvoyTcpAls is { } tcpAls) yield return new("envoyTcpAls", tcpAls.Service, tcpAls.Port);
        if (provider.EnvoyOtelAls is { } otelAls) yield return new("envoyOtelAls", otelAls.Service, otelAls.Port);
    }

    private static void CheckListener(Field at, Listener listener)
    {
        var service = listener.Service ?? "";
        var host = service[(service.IndexOf('/') + 1)..];
        if (service.Length == 0) Warn(at["service"], "is missing: say which service the provider is");
        else if (!Hosts.IsWildcardDomain(host) && !Addresses.IsIp(host))
            Warn(at["service"], $"\"{service}\" is not a service", "write host or namespace/host");
        if (listener.Port is null or 0 or > Numbers.MaxPort) Warn(at["port"], "is missing or no port number");
    }

    private static void CheckAuthorizer(Field at, string? statusOnError)
    {
        if (string.IsNullOrEmpty(statusOnError)) return;
        if (!int.TryParse(statusOnError, NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            || status is < 100 or > 599)
        {
            Warn(at["statusOnError"], $"\"{statusOnError}\" is not a status");
        }
    }

    private static void Warn(Field at, string what, string hint = "") =>
        at.Warning(Codes.SchemaWarning, $"{at.Path} {what}", hint);
}
