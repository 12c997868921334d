using System.Text.Json.Nodes;

namespace Sluice.ControlPlane.Tests.Compilation;

/// <summary>Cases taken from Istio's own tests, when the folder with them lies beside the repository.</summary>
internal static class IstioCases
{
    public const string Missing = "shared/istio/cases/routing.json does not lie beside the repository";

    private const int LevelsUp = 3;

    private static readonly Lazy<JsonNode?> Document = new(Load);

    public static bool AreThere => Document.Value is not null;

    public static IEnumerable<JsonNode> Of(string type) =>
        Document.Value?["cases"]!.AsArray().Select(c => c!).Where(c => (string?)c["type"] == type) ?? [];

    public static IEnumerable<JsonNode> Micro(string function) =>
        Document.Value?["micro"]!.AsArray().Select(c => c!).Where(c => (string?)c["function"] == function) ?? [];

    private static JsonNode? Load()
    {
        var folder = new DirectoryInfo(Repository.Root);
        for (var level = 0; level < LevelsUp && folder is not null; level++, folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "shared", "istio", "cases", "routing.json");
            if (File.Exists(path))
                return JsonNode.Parse(File.ReadAllText(path));
        }
        return null;
    }
}
