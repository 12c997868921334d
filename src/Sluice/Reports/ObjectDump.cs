using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Sluice.Api.Kubernetes;
using Sluice.Api.Networking;
using Sluice.Api.Resources;
using Sluice.Api.Security;
using Sluice.Api.Telemetry;

namespace Sluice.Reports;

/// <summary>Writes objects as they were read, without what must stay secret.</summary>
internal static class ObjectDump
{
    private const string Redacted = "[redacted]";

    // Parts of a JSON Web Key that only its owner may know: symmetric keys and private exponents (RFC 7518 §6).
    private static readonly string[] PrivateKeyParts = ["k", "d", "p", "q", "dp", "dq", "qi", "oth"];

    /// <summary>All objects in the order of the files.</summary>
    public static JsonArray Of(IEnumerable<Resource> resources) => [.. resources.Select(r => (JsonNode)Of(r))];

    /// <summary>One object.</summary>
    public static JsonObject Of(Resource resource)
    {
        var dump = new JsonObject
        {
            ["apiVersion"] = resource.ApiVersion,
            ["kind"] = resource.Kind,
            ["metadata"] = JsonSerializer.SerializeToNode(resource.Metadata, ApiJson.Default.ObjectMeta),
        };
        switch (resource)
        {
            case Resource<GatewaySpec> r: AddSpec(r.Spec, ApiJson.Default.GatewaySpec); break;
            case Resource<VirtualServiceSpec> r: AddSpec(r.Spec, ApiJson.Default.VirtualServiceSpec); break;
            case Resource<DestinationRuleSpec> r: AddSpec(r.Spec, ApiJson.Default.DestinationRuleSpec); break;
            case Resource<ServiceEntrySpec> r: AddSpec(r.Spec, ApiJson.Default.ServiceEntrySpec); break;
            case Resource<WorkloadEntrySpec> r: AddSpec(r.Spec, ApiJson.Default.WorkloadEntrySpec); break;
            case Resource<PeerAuthenticationSpec> r: AddSpec(r.Spec, ApiJson.Default.PeerAuthenticationSpec); break;
            case Resource<RequestAuthenticationSpec> r: AddSpec(r.Spec, ApiJson.Default.RequestAuthenticationSpec); break;
            case Resource<AuthorizationPolicySpec> r: AddSpec(r.Spec, ApiJson.Default.AuthorizationPolicySpec); break;
            case Resource<TelemetrySpec> r: AddSpec(r.Spec, ApiJson.Default.TelemetrySpec); break;
            case Resource<ServiceSpec> r: AddSpec(r.Spec, ApiJson.Default.ServiceSpec); break;
            case Resource<Endpoints> r: AddFields(r.Spec, ApiJson.Default.Endpoints); break;
            case Resource<EndpointSlice> r: AddFields(r.Spec, ApiJson.Default.EndpointSlice); break;
            case Resource<Pod> r: AddFields(r.Spec, ApiJson.Default.Pod); break;
            case Resource<ConfigMap> r: AddFields(r.Spec, ApiJson.Default.ConfigMap); break;
            case Resource<Secret> r: AddSecret(r.Spec); break;
            default: throw new InvalidOperationException($"{resource.Id} is of a kind that can't be shown");
        }
        if (dump["spec"]?["jwtRules"] is JsonArray rules)
            RedactKeys(rules);
        return dump;

        void AddSpec<T>(T spec, JsonTypeInfo<T> type) => dump["spec"] = JsonSerializer.SerializeToNode(spec, type);

        void AddFields<T>(T content, JsonTypeInfo<T> type)
        {
            var fields = JsonSerializer.SerializeToNode(content, type)!.AsObject();
            foreach (var (name, value) in fields.ToArray())
            {
                fields.Remove(name);
                dump[name] = value;
            }
        }

        void AddSecret(Secret secret)
        {
            dump["type"] = secret.Type;
            // kubectl keeps the whole object, values included, in an annotation.
            dump["metadata"]!.AsObject().Remove("annotations");
            dump["data"] = Hidden((secret.Data?.Keys ?? []).Concat(secret.StringData?.Keys ?? []));
        }
    }

    private static JsonObject Hidden(IEnumerable<string> keys) =>
        new(keys.Distinct().Select(k => KeyValuePair.Create<string, JsonNode?>(k, Redacted)));

    private static void RedactKeys(JsonArray rules)
    {
        foreach (var rule in rules.OfType<JsonObject>())
        {
            if (rule["jwks"] is JsonValue jwks)
                rule["jwks"] = WithoutPrivateParts(jwks.GetValue<string>());
        }
    }

    private static string WithoutPrivateParts(string text)
    {
        try
        {
            if (JsonNode.Parse(text) is not JsonObject set || set["keys"] is not JsonArray keys)
                return Redacted;
            foreach (var key in keys.OfType<JsonObject>())
            {
                foreach (var part in PrivateKeyParts.Where(key.ContainsKey))
                    key[part] = Redacted;
            }
            return set.ToJsonString();
        }
        catch (JsonException)
        {
            // What is no key set says nothing to a reader, and may hold anything.
            return Redacted;
        }
    }
}
