import ContentIdentity
import Warehouse

extension Warehouse {
  /// Of these units those whose array files are missing or damaged, with what is wrong. A file is read only where its size,
  /// time or inode are others than when it was hashed last.
  func damage(of keys: [String]) throws -> [String: String] {
    let list = JSONValue.array(keys.map { .string($0) }).canonical
    let rows = try read { try $0.unitFiles(keys: list) }
    var states: [String: ArrayBytes.State] = [:]
    var touched: [String: StoredBytes] = [:]
    for row in rows where states[row.file] == nil {
      let path = try self.path(row.file).absolute
      let state = try ArrayBytes.state(of: path, sha256: row.fileSHA256, stamp: row.fileStamp)
      states[row.file] = state
      guard state == .whole else { continue }
      let bytes = try StoredBytes(unchanged: row.fileSHA256, at: path)
      if bytes.stamp != row.fileStamp { touched[row.file] = bytes }
    }
    // A copied warehouse is read once, not by every run.
    if access != .reading, !touched.isEmpty {
      try write { for (file, bytes) in touched { try $0.put(bytes, at: file) } }
    }
    var damage: [String: String] = [:]
    for row in rows {
      switch states[row.file] {
      case .missing: damage[row.unitKey] = "\(row.file) is missing"
      case .changed, .notAFile: damage[row.unitKey] = "\(row.file) is damaged"
      case .whole, nil: continue
      }
    }
    return damage
  }
}
