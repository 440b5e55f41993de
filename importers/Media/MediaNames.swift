import Diagnostics
import FileSystem
import Importing
import Names

/// What the stimuli of some files are called: by a template, by `--name`, else by the files.
struct MediaNames {
  private var names: [String: String] = [:]

  init() {}

  /// The files that are named, in their order; a template that names none is a fault of its own.
  static func files(
    _ arguments: [String], but leftOut: Set<String>, _ findings: inout Findings
  ) -> [PathTemplate.File] {
    arguments.flatMap { argument in
      isTemplate(argument)
        ? PathTemplate.files([argument], but: leftOut, &findings)
        : leftOut.contains(argument) ? [] : [PathTemplate.File(path: argument, fields: [:])]
    }
  }

  private static func isTemplate(_ argument: String) -> Bool {
    argument.contains { $0 == "{" || $0 == "*" } && !Files.exists(argument)
  }

  /// Names every file; two of one name are a fault of the whole import.
  init(_ files: [PathTemplate.File], _ options: MediaOptions, _ findings: inout Findings) {
    for file in files {
      findings.file = file.path
      let name = findings.collect(file.path) { try Self.name(of: file, options) }
      names[file.path] = name ?? SourceFile.stem(file.path)
    }
    findings.file = nil
    for (name, same) in Dictionary(grouping: files, by: { self[$0.path] }).sorted(by: { $0.key < $1.key })
    where same.count > 1 {
      let paths = same.map(\.path)
      findings.error(
        .mediaDuplicate, name, reason: "it would be the name of " + paths.joined(separator: " and "),
        remedy: Self.remedy(paths, options))
    }
  }

  /// What the stimulus of a file is called.
  subscript(_ path: String) -> String {
    guard let name = names[path] else { preconditionFailure("a file without a name: \(path)") }
    return name
  }

  private static func name(of file: PathTemplate.File, _ options: MediaOptions) throws -> String {
    if let other = file.fields.keys.sorted().first(where: { $0 != "stimulus" }) {
      throw EvokeError(
        .optionMalformed, file.path, reason: "films and sounds have no \(other)",
        remedy: "use {stimulus} and * in templates")
    }
    let own = file.fields["stimulus"] ?? SourceFile.stem(file.path)
    guard let name = options.name else { return own.composed }
    guard name.contains("{") else { return name }
    guard try PathTemplate(name).fieldNames == ["stimulus"], file.fields["stimulus"] != nil else {
      throw EvokeError(
        .optionMalformed, "--name \(name)", reason: "no template says what {stimulus} is for \(file.path)",
        remedy: "name the files by a template with {stimulus}, or leave the braces out")
    }
    return name.replacing("{stimulus}", with: own).composed
  }

  /// Names by folders, where these tell the files apart and no others are met by it.
  private static func remedy(_ paths: [String], _ options: MediaOptions) -> String {
    if let name = options.name, !name.contains("{") { return "--name goes with a single file" }
    guard options.name == nil, let template = PathTemplate.telling(apart: paths) else {
      return "import each of them alone with --name"
    }
    let stem = SourceFile.stem(paths[0])
    return
      "give the template '\(template)' in their place, with --name '{stimulus}_\(stem)' if the folders are no names; "
      + "or import each of them alone with --name"
  }
}
