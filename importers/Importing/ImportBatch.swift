import ContentIdentity
import Diagnostics

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

/// Everything one import found: records to be stored, and its findings.
///
/// An importer fills it without touching the catalog; `diagnostics` with an error keep the whole batch out.
package struct ImportBatch: Sendable {
  /// The verb and its kind: `import annotations`.
  package let verb: String
  /// Every option that shapes the result, canonical: the same sources, verb and options are one import.
  package let options: [String: JSONValue]
  package var common: CommonOptions
  package var sources: [SourceFile] = []
  /// Their order is kept: arrays are stored and rows entered in it.
  package var records: [any ImportRecord] = []
  package var usedArrays: [UsedArray] = []
  package var diagnostics: [Diagnostic] = []

  /// - Parameter settled: what the options came to mean, under their names or new ones: an atlas' hash, a default name.
  package init(
    verb: String, options: some VerbOptions, settled: [String: JSONValue] = [:], common: CommonOptions
  ) {
    self.verb = verb
    self.options = options.identity.merging(settled) { _, meaning in meaning }
    self.common = common
  }

  package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  /// The records of one kind, in their order.
  package func records<Record: ImportRecord>(of kind: Record.Type) -> [Record] { records.compactMap { $0 as? Record } }
}
