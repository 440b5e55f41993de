import Foundation
import PackagePlugin

/// Checks the project's SQL and writes it as Swift: the migrations into Schema, the queries into Queries, the types of
/// rows and the functions of queries into Warehouse. The papers' studies go into Papers as they are.
@main
struct EmbedSQL: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    let root = context.package.directoryURL
    let isPapers = target.name == "Papers"
    let folders = (isPapers ? ["docs"] : ["schema", "queries"]).map { root.appending(path: $0) }
    let files = folders.flatMap { folder in
      let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects as? [URL]
      return (found ?? []).filter { $0.pathExtension == (isPapers ? "yaml" : "sql") }.map(\.path).sorted()
    }
    let modes = [
      "Schema": ("schema", "Embedded"), "Queries": ("queries", "Embedded"), "Papers": ("papers", "Embedded"),
    ]
    let (mode, name) = modes[target.name] ?? ("rows", "Rows")
    let output = context.pluginWorkDirectoryURL.appending(path: "\(name).swift")
    return [
      .buildCommand(
        displayName: isPapers ? "Embedding papers" : "Checking SQL for \(target.name)",
        executable: try context.tool(named: "embedsql").url,
        arguments: [mode, output.path] + folders.map(\.path) + files,
        inputFiles: files.map { URL(fileURLWithPath: $0) }, outputFiles: [output])
    ]
  }
}
