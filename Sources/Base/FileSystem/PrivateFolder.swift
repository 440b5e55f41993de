import Diagnostics
import Glibc

/// A folder of this user alone, for files that need not last.
///
/// It goes with `remove`, where a signal or a limit ends the process, and where that was killed with the next folder that this
/// user makes.
public struct PrivateFolder: Sendable {
  public let path: String
  /// Holds the lock that says that its process is there, in whichever container of this machine.
  private let descriptor: Int32

  /// - Parameter purpose: a word of its name.
  /// - Throws: `E-WH-022` where this user may write nowhere.
  public init(_ purpose: String) throws {
    guard let scratch = Files.scratchFolder else {
      throw EvokeError(
        .catalogUnsettled, purpose, reason: "no folder is there for a private copy",
        remedy: "set TMPDIR to a folder that may be written to")
    }
    Self.sweep(scratch)
    path = "\(scratch)/evoke-\(purpose)-\(getpid())-\(UInt64.random(in: Self.numbers))"
    PrivateFolders.enter(path)
    do {
      try Files.makeDirectory(path)
      try Files.setMode(path, 0o700)
    } catch {
      PrivateFolders.leave(path)
      throw error
    }
    descriptor = Self.open(path)
    _ = flock(descriptor, LOCK_SH | LOCK_NB)
  }

  /// What cannot be removed goes with the next folder.
  public func remove() {
    Self.clear(path)
    PrivateFolders.leave(path)
    Glibc.close(descriptor)
  }

  /// Removes every folder of this process, which is about to end.
  public static func removeAll() {
    for path in PrivateFolders.open {
      // Whoever still writes there may make a file in a folder that is being removed.
      for _ in 0..<10 where Files.exists(path) { clear(path) }
    }
  }

  private static func clear(_ path: String) {
    do { try Files.removeAll(path) } catch { return }
  }

  private static func open(_ path: String) -> Int32 {
    unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
  }

  /// Each has 20 digits, as the name of no folder that people make: `evoke-results-2026-12` is theirs.
  private static let numbers = 10_000_000_000_000_000_000...UInt64.max

  /// Nothing younger is taken for what a killed process left: a folder is made before it is locked.
  private static let leastAgeS = 60

  /// Removes what processes of this user left that were killed. On a file system that machines share nothing is removed: a lock of
  /// a folder holds on its own machine alone, and a process' number means nothing on another.
  private static func sweep(_ scratch: String) {
    guard !Files.fileSystem(of: scratch).isNetwork else { return }
    let names: [String]
    do { names = try Files.names(in: scratch) } catch { return }
    for name in names where name.hasPrefix("evoke-") {
      guard let process = name.wholeMatch(of: /evoke-[a-z]+-([0-9]+)-[0-9]{20}/)?.1, !Machine.isRunning(process) else {
        continue
      }
      let descriptor = open("\(scratch)/\(name)")
      guard descriptor >= 0 else { continue }
      defer { Glibc.close(descriptor) }
      var status = stat()
      guard unsafe fstat(descriptor, &status) == 0, status.st_uid == geteuid(),
        status.st_mtim.tv_sec < time(nil) - leastAgeS, flock(descriptor, LOCK_EX | LOCK_NB) == 0
      else { continue }
      clear("\(scratch)/\(name)")
    }
  }
}
