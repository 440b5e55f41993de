import ContentIdentity
import Diagnostics
import Warehouse

/// What became of an import.
package struct ImportOutcome: Sendable {
  package enum State: String, Sendable { case imported, unchanged, dryRun = "dry run" }

  package let state: State
  /// What was (or would be) added.
  package let added: [RecordCount]
  /// Warnings and notes.
  package let diagnostics: [Diagnostic]
}

/// How many records of one noun.
package struct RecordCount: Sendable, Equatable {
  package let noun: String
  package var count: Int
}

/// The arrays of records in the order they are stored, and where each record's are.
struct BatchArrays {
  let all: [RecordArray]
  /// Record -> places of its arrays in `all`.
  let places: [[Int]]

  init(_ records: [any ImportRecord], in dataset: String) {
    var all: [RecordArray] = []
    let arrays = records.map { $0.arrays(in: dataset) }
    var places = arrays.map { [Int](repeating: 0, count: $0.count) }
    for isCompanion in [false, true] {
      for (record, own) in arrays.enumerated() {
        for (position, array) in own.enumerated() where array.isCompanion == isCompanion {
          places[record][position] = all.count
          all.append(array)
        }
      }
    }
    self.all = all
    self.places = places
  }
}

extension ImportBatch {
  /// SHA-256 of verb, options, dataset, and the sources' names and bytes: the identity of an import.
  package var key: String {
    JSONValue.object([
      "verb": .string(verb), "options": recordedOptions, "dataset": .string(common.dataset),
      "sources": .array(sources.map(\.sha256).sorted().map { .string($0) }),
    ]).sha256
  }

  /// The options, and the sources' names without folders in the order of their hashes: names give stimuli, subjects and
  /// series theirs, so that equal bytes under another name are another import, and the same file elsewhere is not.
  var recordedOptions: JSONValue {
    let ordered = sources.map { ($0.sha256, $0.name) }.sorted { $0 < $1 }
    let names = JSONValue.array(ordered.map { .string($0.1) })
    return .object(options.merging(["source_names": names]) { _, names in names })
  }

  /// What the batch holds, by noun, in the order of its records.
  package var counts: [RecordCount] {
    var counts: [RecordCount] = []
    for noun in records.map({ type(of: $0).noun }) {
      if let place = counts.firstIndex(where: { $0.noun == noun }) {
        counts[place].count += 1
      } else {
        counts.append(RecordCount(noun: noun, count: 1))
      }
    }
    return counts
  }

  /// Stores everything, or nothing.
  ///
  /// - Throws: `E-IMP-002` with all findings when one of them is an error; `E-IMP-001` or `E-IMP-003` for a conflict
  ///   with what is there.
  package func commit(
    to warehouse: Warehouse, dryRun: Bool = false, progress: (Double) -> Void = { _ in }
  ) throws -> ImportOutcome {
    try refuseErrors()
    if try warehouse.read({ try $0.importByKey(key: key) }).first?.state == "done" {
      return ImportOutcome(state: .unchanged, added: [], diagnostics: diagnostics)
    }
    let arrays = BatchArrays(records, in: common.dataset)
    try warehouse.read { connection in
      try refuseTwice(arrays.all.map(\.description.name), in: connection)
      let place = ImportPlace(connection: connection, dataset: common.dataset)
      for record in records { if let conflict = try record.conflict(in: place) { throw conflict } }
    }
    if dryRun { return ImportOutcome(state: .dryRun, added: counts, diagnostics: diagnostics) }
    let stored = try write(arrays.all, in: warehouse, progress: progress)
    try warehouse.write { connection in
      try BatchEntry(batch: self, connection: connection).enter(stored, of: arrays)
    }
    return ImportOutcome(state: .imported, added: counts, diagnostics: diagnostics)
  }

  private func refuseErrors() throws {
    let errors = diagnostics.filter { $0.severity == .error }
    guard let first = errors.first else { return }
    if diagnostics.count == 1 {
      throw EvokeError(first.code, first.object, reason: first.reason, remedy: first.remedy)
    }
    throw EvokeError(
      .importRefused, sources.first?.path ?? verb,
      reason: "\(errors.count) of \(diagnostics.count) findings are errors",
      remedy: "correct them; nothing was stored", diagnostics: diagnostics)
  }

  private func refuseTwice(_ names: [String], in connection: Connection) throws {
    var seen: Set<String> = []
    for name in names {
      let isThere = try !connection.arrayNamed(name: name).isEmpty
      if isThere || !seen.insert(name).inserted {
        throw EvokeError(
          .alreadyImported, name,
          reason: isThere ? "an earlier import brought it" : "the import itself brings it twice",
          remedy: "give another --name, or evoke forget the other import first")
      }
    }
  }

  private func write(
    _ arrays: [RecordArray], in warehouse: Warehouse, progress: (Double) -> Void
  ) throws -> [StoredArray] {
    guard !arrays.isEmpty else { return [] }
    let writer = try ArrayFileWriter(in: warehouse.directory + "/arrays")
    do {
      for (i, array) in arrays.enumerated() {
        try writer.add(array.description, group: "\(array.description.kind)-\(i)", try array.source.load())
        progress(Double(i + 1) / Double(arrays.count))
      }
      return try writer.finish()
    } catch {
      writer.abandon()
      throw error
    }
  }
}
