import Diagnostics
import FileSystem
import Synchronization

/// The bytes of array files against the hash that the catalog records of them.
public enum ArrayBytes {
  /// By device and stamp, so that a file that was moved is known.
  private static let hashed = Mutex<[String: String]>([:])

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

  /// What became of an array file.
  public enum State: Sendable, Equatable {
    case whole
    case missing
    /// Its bytes hash to something else.
    case changed(sha256: String)
  }

  /// The state of a file; read where its size, time or inode are others than `stamp` says, or `always`.
  public static func state(
    of file: String, sha256 recorded: String, stamp: String, always: Bool = false
  ) throws -> State {
    guard let found = Files.stamp(file) else { return .missing }
    if !always, found == stamp { return .whole }
    let hash = try sha256(of: file, always: always)
    return hash == recorded ? .whole : .changed(sha256: hash)
  }
}
