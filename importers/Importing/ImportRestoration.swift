import Diagnostics
import FileSystem
import Warehouse

/// Makes array files of imports that stand again, from the same sources, where they are missing or damaged.
struct ImportRestoration {
  let batch: ImportBatch
  let warehouse: Warehouse
  let dryRun: Bool

  /// Whether a file was made again, or would be. Every file is read.
  ///
  /// - Throws: `E-WH-007` where the sources give other values now; nothing is changed then.
  func restore(_ activities: [Int]) throws -> Bool {
    var isRestored = false
    for activity in activities {
      let rows = try warehouse.read { try $0.importArrays(import: activity) }
      for (file, arrays) in Dictionary(grouping: rows, by: \.file).sorted(by: { $0.key < $1.key }) {
        let state = try ArrayBytes.state(
          of: warehouse.path(file).absolute, sha256: arrays[0].fileSHA256, stamp: arrays[0].fileStamp, always: true)
        guard state != .whole else { continue }
        isRestored = true
        if !dryRun { try make(file, arrays) }
      }
    }
    return isRestored
  }

  private func make(_ file: String, _ arrays: [Rows.ImportArrays]) throws {
    let own = Dictionary(
      batch.records.flatMap { $0.arrays(in: batch.common.dataset) }.map { ($0.description.name, $0) },
      uniquingKeysWith: { first, _ in first })
    let writer = try ArrayFileWriter(in: warehouse.directory + "/arrays")
    let stored: [StoredArray]
    do {
      for array in arrays {
        guard let record = own[array.name] else { throw other(array.name, "the import does not bring it now") }
        try writer.add(record.description, group: ArrayFileWriter.group(ofPath: array.path), try record.source.load())
      }
      stored = try writer.finish()
    } catch {
      writer.abandon()
      throw error
    }
    try batch.refuseChanged()
    guard stored.map(\.sha256) == arrays.map(\.logicalSHA256), let first = stored.first else {
      try removeUnused(stored)
      throw other(file, "the import makes other values of its sources now")
    }
    try warehouse.write { try $0.put(first.fileBytes, at: file) }
  }

  private func removeUnused(_ stored: [StoredArray]) throws {
    guard let file = stored.first?.file else { return }
    let uses = try warehouse.read { try $0.arrayFileUse(file: file).first?.uses }
    if uses == 0 { try Files.remove(warehouse.path(file).absolute) }
  }

  private func other(_ object: String, _ reason: String) -> EvokeError {
    EvokeError(
      .arrayCorrupt, object, reason: "its file is missing or damaged, and \(reason)",
      remedy: "restore the file from a backup (evoke repair --from BACKUP), or take the import out with evoke forget")
  }
}
