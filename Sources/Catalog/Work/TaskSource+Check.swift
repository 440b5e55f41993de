import Diagnostics
import FileSystem
import Synchronization

extension TaskSource {
  /// Files of this process that were found unchanged, with their fingerprints.
  private static let verified = Mutex<[String: [Int64]]>([:])

  /// Checks the source against its hash, once per process and unchanged file. Weights are checked tensor by tensor by
  /// whoever reads them.
  ///
  /// - Throws: `sourceMissing`, `sourceChanged`.
  public func requireUnchanged() throws {
    guard let kind = Files.kind(of: path) else {
      throw EvokeError(
        .sourceMissing, name, reason: "\(path) is not there", remedy: "evoke relocate tells Evoke where it is now")
    }
    if kind == .folder || role == "weights" { return }
    let print = Files.fingerprint(path)
    let key = path + "\n" + sha256
    if let print, Self.verified.withLock({ $0[key] }) == print { return }
    let found = try Files.sha256(of: path).hex
    guard found == sha256 else {
      throw EvokeError(
        .sourceChanged, name, reason: "\(path) hashes to \(found.prefix(12))…, recorded \(sha256.prefix(12))…",
        remedy: "restore the file, or import the new one under another name")
    }
    if let print { Self.verified.withLock { $0[key] = print } }
  }
}
