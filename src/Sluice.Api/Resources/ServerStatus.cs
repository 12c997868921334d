namespace Sluice.Api.Resources;

/// <summary>The part of an object's <c>status</c>, which a cluster writes and nobody else, that says something about the object.
/// It never changes what the object does here.</summary>
/// <param name="Conditions">What controllers found.</param>
/// <param name="HasAddresses">Whether addresses were allocated for it (ServiceEntries).</param>
public sealed record ServerStatus(IReadOnlyList<StatusCondition> Conditions, bool HasAddresses);

/// <summary>What a controller found about an object.</summary>
/// <param name="Type">What it is about, e.g. <c>Accepted</c>.</param>
/// <param name="Status"><c>True</c>, <c>False</c> or <c>Unknown</c>.</param>
/// <param name="Reason">Why, in one word.</param>
/// <param name="Message">Why, in a sentence.</param>
public sealed record StatusCondition(string Type, string Status, string Reason, string Message);
