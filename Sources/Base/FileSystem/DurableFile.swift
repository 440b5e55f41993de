import Diagnostics
import Glibc

/// A new file that takes its place once all of it is written: a temporary file beside it, fsync, rename, fsync of the
/// folder. Until it is placed nothing stands there, and what was written goes with it.
public struct DurableFile: ~Copyable {
  private let path: String
  /// Where it is until it is placed.
  public let temporary: String
  private let descriptor: Int32
  private var isPlaced = false

  private init(path: String, temporary: String, descriptor: Int32) {
    (self.path, self.temporary, self.descriptor) = (path, temporary, descriptor)
  }

  deinit {
    Glibc.close(descriptor)
    if !isPlaced { _ = unsafe Glibc.unlink(temporary) }
  }

  /// - Throws: `permissionDenied`, `writeFailed`, `diskFull`, as its writing.
  public static func begin(_ path: String) throws -> DurableFile {
    let temporary = path + ".tmp-\(getpid())"
    let descriptor = unsafe Glibc.open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Files.failure(path, "open") }
    return DurableFile(path: path, temporary: temporary, descriptor: descriptor)
  }

  /// Adds bytes.
  public func write(_ bytes: [UInt8]) throws {
    unsafe try bytes.withUnsafeBytes { unsafe try Files.put($0, to: descriptor, path) }
  }

  /// Makes what was written durable, where it is.
  public func synchronise() throws {
    guard Glibc.fsync(descriptor) == 0 else { throw Files.failure(path, "fsync") }
  }

  /// Puts it in its place.
  public consuming func place() throws {
    try synchronise()
    try Files.rename(temporary, to: path)
    isPlaced = true
  }
}
