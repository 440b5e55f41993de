import Diagnostics
import Glibc

/// An advisory lock on a file that names its holder and dies with its process.
public final class FileLock: Sendable {
  private let path: String
  private let descriptor: Int32

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = descriptor
  }

  deinit { Glibc.close(descriptor) }

  /// Takes the lock, waiting up to `seconds`; nil when another process holds it.
  ///
  /// - Throws: `writeFailed` where what stands at the path is no file of its own, and what opening it throws.
  public static func acquire(_ path: String, holder: String, waiting seconds: Double) throws -> FileLock? {
    // No wall clock: one that is set back would wait for as long.
    let deadline = ContinuousClock.now + .seconds(seconds)
    while true {
      try requireFile(path)
      let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o644)
      guard descriptor >= 0 else { throw Files.failure(path, "open") }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
        if Files.fingerprint(path)?.last == inode(descriptor) {
          let lock = FileLock(path: path, descriptor: descriptor)
          do { try lock.describe(holder) } catch {
            lock.release()
            throw error
          }
          return lock
        }
      }
      Glibc.close(descriptor)
      if ContinuousClock.now >= deadline { return nil }
      usleep(50_000)
    }
  }

  /// A pipe would be waited for, a device is nobody's to write, and behind a link stands another's file.
  ///
  /// - Throws: `writeFailed`.
  private static func requireFile(_ path: String) throws {
    let isLink = Files.isLink(path)
    guard isLink || [.folder, .other].contains(Files.kind(of: path)) else { return }
    throw EvokeError(
      .writeFailed, path, reason: "it is no file to lock but a \(isLink ? "link" : "folder, a pipe or a device")",
      remedy: "take it away, and run the same command again: the program makes its own")
  }

  /// Whether a process holds the lock; the file that a dead one left is held by nobody.
  public static func isHeld(_ path: String) -> Bool {
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { Glibc.close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0
  }

  /// The name that the holder of a lock wrote into its file; nil where nobody holds it.
  public static func holder(_ path: String) -> String? {
    guard isHeld(path) else { return nil }
    let bytes = Files.head(of: path, count: 1 << 12)
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }

  /// Gives the lock back and removes its file.
  public func release() {
    _ = unsafe Glibc.unlink(path)
    _ = flock(descriptor, LOCK_UN)
  }

  private static func inode(_ descriptor: Int32) -> Int64? {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { return nil }
    return Int64(status.st_ino)
  }

  private func describe(_ holder: String) throws {
    guard ftruncate(descriptor, 0) == 0 else { throw Files.failure(path, "ftruncate") }
    unsafe try Array(holder.utf8).withUnsafeBytes { unsafe try Files.put($0, to: descriptor, path) }
  }
}
