import Diagnostics
import Glibc

/// A folder of this user alone, for files that need not last.
public struct PrivateFolder: Sendable {
  public let path: String

  /// - Parameter purpose: a word of its name.
  /// - Throws: `E-WH-022` where this user may write nowhere.
  public init(_ purpose: String) throws {
    guard let scratch = Files.scratchFolder else {
      throw EvokeError(
        .catalogUnsettled, purpose, reason: "no folder is there for a private copy",
        remedy: "set TMPDIR to a folder that may be written to")
    }
    path = "\(scratch)/evoke-\(purpose)-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
    try Files.makeDirectory(path)
    try Files.setMode(path, 0o700)
  }

  /// What cannot be removed the system's own cleaning of such folders takes.
  public func remove() {
    do { try Files.removeAll(path) } catch { return }
  }
}
