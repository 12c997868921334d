using System.Text.Json.Serialization;
using Sluice.Api.Kubernetes;
using Sluice.Api.Mesh;
using Sluice.Api.Networking;
using Sluice.Api.Security;
using Sluice.Api.Telemetry;

namespace Sluice.Api.Resources;

/// <summary>JSON metadata of every record that an operator may write. The same metadata tells what may be written: names,
/// types and the values of enums.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    Converters = [typeof(DurationConverter), typeof(PooledStringConverter)])]
[JsonSerializable(typeof(GatewaySpec))]
[JsonSerializable(typeof(VirtualServiceSpec))]
[JsonSerializable(typeof(DestinationRuleSpec))]
[JsonSerializable(typeof(ServiceEntrySpec))]
[JsonSerializable(typeof(WorkloadEntrySpec))]
[JsonSerializable(typeof(PeerAuthenticationSpec))]
[JsonSerializable(typeof(RequestAuthenticationSpec))]
[JsonSerializable(typeof(AuthorizationPolicySpec))]
[JsonSerializable(typeof(TelemetrySpec))]
[JsonSerializable(typeof(ServiceSpec))]
[JsonSerializable(typeof(Endpoints))]
[JsonSerializable(typeof(EndpointSlice))]
[JsonSerializable(typeof(Pod))]
[JsonSerializable(typeof(Secret))]
[JsonSerializable(typeof(ConfigMap))]
[JsonSerializable(typeof(MeshConfig))]
[JsonSerializable(typeof(ObjectMeta))]
public sealed partial class ApiJson : JsonSerializerContext;
