#pragma warning disable CA1822
using Microsoft.AspNetCore.Http;
using Sluice.DataPlane.Clusters;
using Sluice.DataPlane.Pipeline;
using Sluice.DataPlane.Telemetry;
namespace Sluice.DataPlane.Telemetry {
internal sealed class AccessLogTarget { public void Write(AccessLog l, RequestInfo i) { } }
}
namespace Sluice.DataPlane.Routing {
internal static class Pending {
  public static void Apply(this HeaderMutator m, IHeaderDictionary h, RequestInfo i) { }
  public static bool RetriesAnswer(this RetryPolicy p, int status, HeaderDictionary h) => false;
  public static bool RetriesFailure(this RetryPolicy p, RetryOn c) => (p.On & c) != 0;
  public static bool MayRetryAfterBody(this RetryPolicy p, UpstreamProtocol pr, bool grpc) => true;
  public static TimeSpan BackoffBefore(this RetryPolicy p, int n, Func<int,int> d) => TimeSpan.FromMilliseconds(d(25));
  public static FaultDecision Decide(this FaultInjector f, Func<int,int> d) => default;
  public static CorsDecision Decide(this CorsResponder f, string m, IHeaderDictionary d) => default;
  public static string Apply(this PathRewriter f, string m) => m;
  public static string Location(this RedirectAction r, in RequestHead h) => "";
}
internal readonly struct CorsDecision { public bool IsPreflight { get; init; } public void ApplyToAnswer(IHeaderDictionary h) {_ = IsPreflight; } }
internal readonly record struct FaultDecision(TimeSpan Delay, bool Aborts, int AbortStatus, int? AbortGrpcStatus);
internal static class PathNormalizer { public static bool TryNormalize(string t, PathNormalization m, out string n) { n = t; return true; } }
}
