import Diagnostics
import FileSystem

/// A file name or HDF5 path in which something varies: `{subject}_{session}.h5`, `{subject}/eeg`, `*_eeg{stimulus}`.
///
/// A field matches one or more characters, as few as possible, never a slash; `*` matches any characters but a slash;
/// a field that stands twice must match the same text.
package struct PathTemplate: Sendable {
  package enum Piece: Sendable, Equatable {
    case letter(Character)
    case field(String)
    case anything
  }

  package static let fields = ["subject", "session", "run", "stimulus", "repetition", "channel"]

  package let text: String
  package let pieces: [Piece]

  /// - Throws: `optionMalformed` for a field that is not one of `fields`.
  package init(_ text: String) throws {
    self.text = text
    var pieces: [Piece] = []
    var rest = Substring(text)
    while let character = rest.popFirst() {
      if character == "*" {
        pieces.append(.anything)
      } else if character == "{" {
        let name = String(rest.prefix { $0 != "}" })
        rest = rest.dropFirst(name.count + 1)
        guard Self.fields.contains(name) else {
          throw EvokeError(
            .optionMalformed, text, reason: "{\(name)} is no field of a template",
            remedy: NearMiss.suggestion(name, in: Self.fields))
        }
        pieces.append(.field(name))
      } else {
        pieces.append(.letter(character))
      }
    }
    self.pieces = pieces
  }

  package var isPlain: Bool { pieces.allSatisfy { if case .letter = $0 { true } else { false } } }
  package var fieldNames: Set<String> { Set(pieces.compactMap { if case .field(let name) = $0 { name } else { nil } }) }

  /// The words that do not vary, joined by underscores; nil where nothing varies, or everything.
  package var fixedName: String? {
    guard !isPlain else { return nil }
    let fixed = pieces.compactMap { if case .letter(let letter) = $0 { letter } else { nil } }
    let name = String(fixed).split { "_-. ".contains($0) }.joined(separator: "_")
    return name.isEmpty ? nil : name
  }

  /// The fields' texts if the template matches all of `text`.
  package func match(_ text: String) -> [String: String]? { Self.match(pieces[...], Array(text)[...], [:]) }

  private static func match(
    _ pieces: ArraySlice<Piece>, _ text: ArraySlice<Character>, _ fields: [String: String]
  ) -> [String: String]? {
    guard let piece = pieces.first else { return text.isEmpty ? fields : nil }
    let rest = pieces.dropFirst()
    switch piece {
    case .letter(let letter):
      return text.first == letter ? match(rest, text.dropFirst(), fields) : nil
    case .anything, .field:
      var name: String?
      if case .field(let field) = piece { name = field }
      let longest = text.prefix { $0 != "/" }.count
      for length in stride(from: name == nil ? 0 : 1, through: longest, by: 1) {
        var found = fields
        if let name {
          let value = String(text.prefix(length))
          if let earlier = found[name], earlier != value { continue }
          found[name] = value
        }
        if let matched = match(rest, text.dropFirst(length), found) { return matched }
      }
      return nil
    }
  }

  /// The template with the fields filled in; unknown ones stay.
  package func filled(_ fields: [String: String]) -> String {
    pieces.map { piece in
      switch piece {
      case .letter(let letter): String(letter)
      case .anything: "*"
      case .field(let name): fields[name] ?? "{\(name)}"
      }
    }.joined()
  }

  /// A file and what its name says.
  package struct File: Sendable, Equatable {
    package let path: String
    package let fields: [String: String]
    /// What is fixed in the template of the name, without its ending: `env` of `env_{stimulus}.csv`.
    package let fixedName: String?

    package init(path: String, fields: [String: String], fixedName: String? = nil) {
      self.path = path
      self.fields = fields
      self.fixedName = fixedName
    }
  }

  /// The files that FILE arguments name, but for those left out; an argument that names none is a fault of its own.
  package static func files(
    _ arguments: [String], but leftOut: Set<String>, _ findings: inout Findings
  ) -> [File] {
    var found: [File] = []
    for argument in arguments where !leftOut.contains(argument) {
      findings.file = argument
      found += findings.collect(argument) { try files(argument) } ?? []
    }
    findings.file = nil
    return found.filter { !leftOut.contains($0.path) }
  }

  /// The files a FILE argument names: itself if it exists, else every match of it as a template, sorted by path.
  ///
  /// - Throws: `fileMissing`, `templateNoMatch`, `optionMalformed`.
  package static func files(_ argument: String) throws -> [File] {
    if Files.exists(argument) || MissingFile.isLink(argument) {
      return [File(path: argument, fields: [:])]
    }
    guard argument.contains("{") || argument.contains("*") else {
      throw MissingFile.error(at: argument)
    }
    let template = try PathTemplate(argument)
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    var folders = [argument.hasPrefix("/") ? "/" : ""]
    for part in parts where !part.isEmpty {
      let step = try PathTemplate(part)
      folders = try folders.flatMap { folder -> [String] in
        let base = folder.isEmpty || folder.hasSuffix("/") ? folder : folder + "/"
        if step.isPlain { return [base + part] }
        let place = base.isEmpty ? "." : base
        // A file among folders holds nothing.
        guard Files.kind(of: place) == .folder else { return [] }
        return try Files.names(in: place).sorted().filter { !$0.hasPrefix(".") && step.match($0) != nil }.map {
          base + $0
        }
      }
    }
    let fixedName = try PathTemplate(SourceFile.stem(argument)).fixedName
    // A link whose target is gone stays: reading it says so, passing over it would lose a subject without a word.
    let files = folders.compactMap { path in
      Files.exists(path) || MissingFile.isLink(path)
        ? template.match(path).map { File(path: path, fields: $0, fixedName: fixedName) } : nil
    }
    guard !files.isEmpty else {
      throw EvokeError(
        .templateNoMatch, argument, reason: "no file matches", remedy: "list the folder and compare the names")
    }
    return files
  }
}

extension PathTemplate {
  /// The template that names some files by the one folder in which their paths differ; nil where it is not one, or where
  /// the template would meet other files.
  package static func telling(apart paths: [String]) -> String? {
    let parts = paths.map { $0.split(separator: "/", omittingEmptySubsequences: false).map(String.init) }
    guard let first = parts.first, first.count > 1, Set(parts.map(\.count)).count == 1 else { return nil }
    let differing = first.indices.filter { index in parts.contains { $0[index] != first[index] } }
    guard differing.count == 1, differing[0] < first.count - 1 else { return nil }
    guard Set(parts.map { $0[differing[0]] }).count == paths.count else { return nil }
    guard !first.contains(where: { $0.contains { "{*'".contains($0) } }) else { return nil }
    var template = first
    template[differing[0]] = "{stimulus}"
    let text = template.joined(separator: "/")
    let met: [File]
    // What cannot be listed now is no remedy.
    do { met = try files(text) } catch { return nil }
    return Set(met.map(\.path)) == Set(paths) ? text : nil
  }
}
