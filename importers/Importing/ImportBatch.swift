import ContentIdentity
import Diagnostics
import FileSystem
import Names

/// A stored array an import was made with: an atlas' label image.
package struct UsedArray: Sendable, Equatable {
  package let name: String
  /// Its logical hash.
  package let sha256: String
  /// What it was used as: `atlas`.
  package let role: String

  package init(name: String, sha256: String, role: String) {
    self.name = name
    self.sha256 = sha256
    self.role = role
  }
}

/// A file that was not read for its own faults, beside others that were.
package struct SetAside: Sendable, Equatable {
  package let path: String
  /// At least one.
  package let faults: [Diagnostic]

  package init(path: String, faults: [Diagnostic]) {
    self.path = path
    self.faults = faults
  }
}

/// Everything one import found: records to be stored, and its findings.
///
/// An importer fills it without touching the catalog; `diagnostics` with an error keep the whole batch out.
package struct ImportBatch: Sendable {
  /// The verb and its kind: `import annotations`.
  package let verb: String
  /// Every option that shapes the result, canonical: the same sources, verb and options are one import.
  package let options: [String: JSONValue]
  package var common: CommonOptions
  /// When reading began, ns since 1970.
  let begunNs: Int
  package var sources: [SourceFile] = []
  /// Their order is kept: arrays are stored and rows entered in it.
  package var records: [any ImportRecord] = []
  package var usedArrays: [UsedArray] = []
  package var diagnostics: [Diagnostic] = []
  /// Files whose own faults are all that keeps the batch out; empty where there are others.
  package private(set) var faults: [String: [Diagnostic]] = [:]
  /// Files that were set aside, so that the others can be stored.
  package var setAside: [SetAside] = []
  /// The command line that asked for it; nil where none did.
  package var command: ImportWords?

  /// - Parameter settled: what the options came to mean, under their names or new ones: an atlas' hash, a default name.
  package init(
    verb: String, options: some VerbOptions, settled: [String: JSONValue] = [:], common: CommonOptions
  ) {
    self.verb = verb
    self.options = options.identity.merging(settled) { _, meaning in meaning }.mapValues(\.composed)
    self.common = common
    begunNs = Files.nowNs
  }

  /// Ends the reading of files.
  package mutating func conclude(_ findings: Findings, and more: [Diagnostic] = []) {
    diagnostics = findings.all + more
    faults = findings.commonErrorCount == 0 ? findings.faults : [:]
  }

  package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  /// The records of one kind, in their order.
  package func records<Record: ImportRecord>(of kind: Record.Type) -> [Record] { records.compactMap { $0 as? Record } }
}
