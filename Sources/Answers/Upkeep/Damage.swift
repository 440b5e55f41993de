import Diagnostics
import FileSystem
import Warehouse

/// An array file that is missing or damaged, and what makes it again.
public struct Damage: Sendable {
  /// What made arrays of a file.
  public enum Maker: Sendable, Equatable {
    case unit(key: String, label: String)
    /// `command`: what makes the import again; nil where it was not made by a command.
    case `import`(verb: String, key: String, command: String?)

    /// The unit's key; nil for an import.
    public var unit: String? { if case .unit(let key, _) = self { key } else { nil } }
  }

  /// Relative to the warehouse.
  public let file: String
  public let isMissing: Bool
  /// Names.
  public let arrays: [String]
  public let makers: [Maker]
  /// SHA-256 of the file as it was.
  let sha256: String

  /// Every file that is not as it was written; each is read.
  public static func find(in warehouse: Warehouse, progress: (Double, String) -> Void) throws -> [Damage] {
    let rows = try warehouse.read { try $0.arrayMakers() }
    let files = Dictionary(grouping: rows, by: \.file).sorted { $0.key < $1.key }
    var damage: [Damage] = []
    for (done, (file, arrays)) in files.enumerated() {
      progress(Double(done) / Double(files.count), file)
      let state = try ArrayBytes.state(
        of: warehouse.path(file).absolute, sha256: arrays[0].fileSHA256, stamp: arrays[0].fileStamp, always: true)
      guard state != .whole else { continue }
      var makers: [Maker] = []
      for array in arrays {
        let maker = try Maker(array, in: warehouse)
        if !makers.contains(maker) { makers.append(maker) }
      }
      damage.append(
        Damage(
          file: file, isMissing: state == .missing, arrays: arrays.map(\.name), makers: makers,
          sha256: arrays[0].fileSHA256))
    }
    return damage
  }

  /// Moves the file into quarantine; its place there, nil for a missing one.
  public func setAside(in warehouse: Warehouse) throws -> String? {
    isMissing ? nil : try ArrayPlacement(directory: warehouse.directory, file: file).setAside()
  }

  /// Where a backup has the file whole; nil where it has not.
  public func whole(in backup: String) throws -> String? {
    let source = try WarehousePath(file, in: backup).absolute
    return try Files.exists(source) && ArrayBytes.sha256(of: source, always: true) == sha256 ? source : nil
  }

  /// Copies the file from where a backup has it whole.
  public func restore(from source: String, in warehouse: Warehouse) throws {
    let bytes = try ArrayPlacement(directory: warehouse.directory, file: file).copy(from: source)
    try warehouse.write { try $0.put(bytes, at: file) }
  }
}

extension Damage.Maker {
  fileprivate init(_ row: Rows.ArrayMakers, in warehouse: Warehouse) throws {
    if row.makerKind == "unit", let label = row.label {
      self = .unit(key: row.activityKey, label: label)
      return
    }
    var command: String?
    if let folder = row.folder, let words = row.words {
      let list = try StoredJSON.read([String].self, words, of: "command of import \(row.activityKey.prefix(12))")
      let quoted = list.map(ShellText.quoted).joined(separator: " ")
      let place = ShellText.quoted(Files.absolute(warehouse.directory))
      command = "cd \(ShellText.quoted(folder)) && evoke \(quoted) -C \(place)"
    }
    self = .import(verb: row.verb, key: row.activityKey, command: command)
  }
}
