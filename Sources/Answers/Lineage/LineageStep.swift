import Diagnostics
import FileSystem
import Warehouse

/// An activity: an import, or the computation of a unit.
struct LineageStep {
  let activity: Int
  let kind: String
  let verb: String
  let version: Int?
  /// What its unit is about.
  let label: String?
  let key: String
  /// Canonical JSON of all that shaped the result.
  let options: String
  let startedAt: String
  /// The command of an import without the folders of its files, so that it tells what was done and not where.
  let command: String?
  let environment: Environment?

  /// Where a unit was computed.
  struct Environment {
    let evoke: String
    let cpu: String
    let kernel: String
    let threads: Int
    /// JSON: library -> version.
    let libraries: String
  }

  init(_ row: Rows.StepsOf) throws {
    (activity, kind, verb, version) = (row.activityID, row.kind, row.verb, row.version)
    (label, key, options, startedAt) = (row.label, row.activityKey, row.options, row.startedAt)
    command = try row.words.map { try Self.command($0, of: row.activityKey) }
    if let version = row.evokeVersion, let cpu = row.cpuModel, let kernel = row.blasKernel, let threads = row.threads,
      let libraries = row.libraryVersions
    {
      environment = Environment(evoke: version, cpu: cpu, kernel: kernel, threads: threads, libraries: libraries)
    } else {
      environment = nil
    }
  }

  /// `model_features v1 "tiny of clip"  key 53a9ff34674d`
  var title: String {
    let words = [verb, version.map { "v\($0)" }, label.map { "\"\($0)\"" }, " key", String(key.prefix(12))]
    return words.compactMap { $0 }.joined(separator: " ")
  }

  /// When, and of a unit where.
  var circumstances: String {
    guard let environment else { return startedAt }
    return "\(startedAt), evoke \(environment.evoke), \(environment.cpu), BLAS \(environment.kernel) "
      + "x\(environment.threads)"
  }

  /// - Parameter words: JSON array of what followed `evoke`.
  private static func command(_ words: String, of key: String) throws -> String {
    let list = try StoredJSON.read([String].self, words, of: "command of import \(key.prefix(12))")
    return (["evoke"] + list.map { ShellText.quoted(withoutFolders($0)) }).joined(separator: " ")
  }

  /// A path from the root, also after `--option=`, as its last part.
  private static func withoutFolders(_ word: String) -> String {
    if word.hasPrefix("/") { return Files.name(of: word) }
    guard word.hasPrefix("-"), let mark = word.firstIndex(of: "="), word[mark...].hasPrefix("=/") else { return word }
    return word[...mark] + Files.name(of: String(word[word.index(after: mark)...]))
  }
}

extension Connection {
  /// What made an artifact.
  func makers(of thing: LineageThing) throws -> [LineageStep] {
    try stepsOf(made: thing.artifact, read: nil).map { try LineageStep($0) }
  }

  /// What read an artifact and stands.
  func readers(of thing: LineageThing) throws -> [LineageStep] {
    try stepsOf(made: nil, read: thing.artifact).filter { $0.state == "done" }.map { try LineageStep($0) }
  }

  /// What a name speaks of.
  ///
  /// - Throws: `E-WH-010` when nothing has this name, `E-QRY-007` when more than ten things do.
  func things(named name: String, place: String) throws -> [LineageThing] {
    let found = try artifactsMatching(name: name, place: place).map { LineageThing($0) }
    guard !found.isEmpty else {
      throw EvokeError(
        .unknownName, name, reason: "no array, source, model, stimulus or unit has this name",
        remedy: "evoke query array_catalog --columns name lists arrays, evoke query unit_status units")
    }
    guard found.count <= 10 else {
      throw EvokeError(
        .ambiguousName, name, reason: "\(found.count) things fit it, among them \(found[0].name)",
        remedy: "give the whole name")
    }
    return found
  }
}
