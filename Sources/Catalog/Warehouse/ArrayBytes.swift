import Diagnostics
import FileSystem
import Synchronization

/// The bytes of array files against the hash that the catalog records of them.
public enum ArrayBytes {
  /// By device and stamp, so that a file that was moved is known.
  private static let hashed = Mutex<[String: String]>([:])

  /// How files stand that were found to be what a catalog records of them, but stand otherwise than it says.
  private static let moved = Mutex<[String: StoredBytes]>([:])

  /// SHA-256 of a file's bytes, read once per process and unchanged file; `always`: read now.
  public static func sha256(of file: String, always: Bool = false) throws -> String {
    let key = Files.stamp(file).flatMap { stamp in Files.device(of: file).map { "\($0) \(stamp)" } }
    if !always, let key, let known = hashed.withLock({ $0[key] }) { return known }
    let found = try Files.sha256(of: file).hex
    if let key { hashed.withLock { $0[key] = found } }
    return found
  }

  /// - Throws: `E-WH-007` where the bytes are not those recorded.
  static func check(_ reference: ArrayReference, always: Bool) throws {
    guard let record = reference.record else { return }
    let found = try sha256(of: reference.file, always: always)
    guard found == record.fileSHA256 else {
      throw reference.corrupt(
        "the bytes of \(reference.file) hash to \(found.prefix(12))…, recorded \(record.fileSHA256.prefix(12))…")
    }
  }

  /// The same of a file of at most `bytes` bytes, and of a larger one that is not as it was when it was hashed last.
  static func check(_ reference: ArrayReference, ifAtMost bytes: Int) throws {
    guard let record = reference.record, let size = Files.size(of: reference.file), size > bytes else {
      return try check(reference, always: false)
    }
    let stamp = Files.stamp(reference.file)
    if stamp == record.fileStamp { return }
    try check(reference, always: false)
    if let stamp { moved.withLock { $0[reference.file] = StoredBytes(sha256: record.fileSHA256, stamp: stamp) } }
  }

  /// Those of them in a warehouse's folder, by their paths in it; they are forgotten here.
  fileprivate static func takeMoved(from directory: String) -> [String: StoredBytes] {
    let folder = directory + "/"
    return moved.withLock { all in
      let own = all.filter { $0.key.hasPrefix(folder) }
      for file in own.keys { all[file] = nil }
      return Dictionary(uniqueKeysWithValues: own.map { (String($0.key.dropFirst(folder.count)), $0.value) })
    }
  }

  /// What became of an array file.
  public enum State: Sendable, Equatable {
    case whole
    case missing
    /// Its bytes hash to something else.
    case changed(sha256: String)
    /// A folder, a pipe or a device stands there.
    case notAFile
  }

  /// The state of a file; read where its size, time or inode are others than `stamp` says, or `always`.
  public static func state(
    of file: String, sha256 recorded: String, stamp: String, always: Bool = false
  ) throws -> State {
    guard let found = Files.stamp(file) else {
      // What this user may not see is not missing.
      if let refusal = Files.refusal(of: .reading, at: file) { throw refusal }
      return .missing
    }
    if !always, found == stamp { return .whole }
    if let kind = Files.kind(of: file), kind != .file { return .notAFile }
    let hash = try sha256(of: file, always: always)
    return hash == recorded ? .whole : .changed(sha256: hash)
  }
}

extension Warehouse {
  /// Notes how the large array files stand that this process had to hash, as those of a copied warehouse stand
  /// otherwise than its catalog says: they are read once, not by every run.
  public func noteStamps() throws {
    let moved = ArrayBytes.takeMoved(from: directory)
    guard access != .reading, !moved.isEmpty else { return }
    try write { for (file, bytes) in moved.sorted(by: { $0.key < $1.key }) { try $0.put(bytes, at: file) } }
  }
}
