import CFileSystem
import ContentIdentity
import Foundation
import Glibc

/// What the environment row says about this machine and process.
public enum Machine {
  public static var hostname: String { ProcessInfo.processInfo.hostName }

  /// First 12 hex digits of the SHA-256 of the host name.
  public static var hostnameHash: String { String(SHA256.hex(of: hostname).prefix(12)) }

  public static var cpuModel: String {
    // The first of the processors is told within the first pages.
    let text = String(decoding: Files.head(of: "/proc/cpuinfo", count: 1 << 14), as: UTF8.self)
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
  }

  public static var coreCount: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// What OPENBLAS_NUM_THREADS asks for; nil where it asks for nothing that makes sense.
  public static var threadsAskedFor: Int? {
    ProcessInfo.processInfo.environment["OPENBLAS_NUM_THREADS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
  }

  /// Largest resident memory of this process so far, in bytes.
  public static var peakBytes: Int { cfilesystem_peak_kilobytes() * 1024 }

  public static var userName: String { ProcessInfo.processInfo.environment["USER"] ?? "uid \(getuid())" }

  /// Now, UTC, ISO 8601 with seconds.
  public static var now: String { Date().ISO8601Format() }

  /// One durable step has been reached; with `EVOKE_CRASH_AT=n` the n-th one kills the process (tests of interruption).
  public static func crashPoint() { CrashPoint.shared.pass() }
}

/// Counts durable steps and kills the process at the one asked for.
private final class CrashPoint: @unchecked Sendable {
  // Sendable: the count is guarded by the lock.
  static let shared = CrashPoint()
  private let lock = NSLock()
  private var left = ProcessInfo.processInfo.environment["EVOKE_CRASH_AT"].flatMap { Int($0) }

  func pass() {
    lock.lock()
    defer { lock.unlock() }
    guard let count = left else { return }
    if count <= 1 { kill(getpid(), SIGKILL) }
    left = count - 1
  }
}

extension Machine {
  /// Starts this program again with one more environment variable; returns only when that fails.
  ///
  /// For settings a library reads when it is loaded. Does nothing when the variable is set already.
  public static func restart(setting name: String, to value: String) {
    guard ProcessInfo.processInfo.environment[name] == nil, unsafe setenv(name, value, 1) == 0 else { return }
    _ = unsafe execv("/proc/self/exe", CommandLine.unsafeArgv)
  }
}
