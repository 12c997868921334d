using System.Text.RegularExpressions;
using Sluice.ControlPlane.Tests.Compilation;

namespace Sluice.ControlPlane.Tests.Fields;

/// <summary>The source file of a type of the product.</summary>
internal sealed record TypeFile
{
    private TypeFile(Type type, string path)
    {
        Type = type;
        Path = path;
        Text = File.ReadAllText(System.IO.Path.Combine(Repository.Root, path));
    }

    /// <summary>The type.</summary>
    public Type Type { get; }

    /// <summary>Path from the root of the repository.</summary>
    public string Path { get; }

    /// <summary>What is in it.</summary>
    public string Text { get; }

    /// <summary>Finds the file: its folder is the namespace, and mostly it has the name of the type.</summary>
    public static TypeFile Of(Type type)
    {
        var project = string.Join('.', type.Namespace!.Split('.').Take(2));
        var folder = $"src/{project}{type.Namespace[project.Length..].Replace('.', '/')}";
        var declaration = new Regex($@"\b(class|record|struct|enum)\s+{type.Name}\b");
        var path = Directory.EnumerateFiles(System.IO.Path.Combine(Repository.Root, folder), "*.cs")
            .OrderBy(f => System.IO.Path.GetFileNameWithoutExtension(f) != type.Name)
            .First(f => declaration.IsMatch(File.ReadAllText(f)));
        return new TypeFile(type, $"{folder}/{System.IO.Path.GetFileName(path)}");
    }

    /// <summary><c>Routing/RetryPolicy</c>: the room and the type, with the file when it has another name.</summary>
    public string InRoom
    {
        get
        {
            var file = string.Join('/', Path.Split('/').Skip(2))[..^".cs".Length];
            return System.IO.Path.GetFileName(file) == Type.Name ? $"`{file}`" : $"`{Type.Name}` in `{file}`";
        }
    }
}
