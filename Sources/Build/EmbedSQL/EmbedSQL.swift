import Foundation
import PackagePlugin

/// Embeds every .sql file below a target's folder as raw string literals.
@main
struct EmbedSQL: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    let root = target.directoryURL
    let found = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.allObjects as? [URL] ?? []
    let files = found.filter { $0.pathExtension == "sql" }.map(\.path).sorted()
    let output = context.pluginWorkDirectoryURL.appending(path: "Embedded.swift")
    return [
      .buildCommand(
        displayName: "Embedding SQL of \(target.name)", executable: try context.tool(named: "embedsql").url,
        arguments: [output.path, root.path] + files, inputFiles: files.map { URL(fileURLWithPath: $0) },
        outputFiles: [output])
    ]
  }
}
