import CFileSystem
import ContentIdentity
import Glibc
import Synchronization

/// What the environment row says about this machine and process.
public enum Machine {
  public static var hostname: String {
    var bytes = [CChar](repeating: 0, count: 257)
    guard unsafe gethostname(&bytes, bytes.count - 1) == 0 else { return "localhost" }
    return Files.text(bytes.prefix { $0 != 0 })
  }

  /// The value of an environment variable; nil where it is not set.
  public static func setting(_ name: String) -> String? { unsafe getenv(name).map { unsafe String(cString: $0) } }

  /// First 12 hex digits of the SHA-256 of the host name.
  public static var hostnameHash: String { String(SHA256.hex(of: hostname).prefix(12)) }

  public static var cpuModel: String {
    // The first of the processors is told within the first pages.
    let text = String(decoding: Files.head(of: "/proc/cpuinfo", count: 1 << 14), as: UTF8.self)
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    return line?.split(separator: ":").last.map { String($0.drop { $0 == " " }) } ?? "unknown"
  }

  /// Processors that this process may use.
  public static var coreCount: Int { max(1, Int(cfilesystem_processors())) }

  /// What OPENBLAS_NUM_THREADS asks for; nil where it asks for nothing that makes sense.
  public static var threadsAskedFor: Int? {
    setting("OPENBLAS_NUM_THREADS").flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
  }

  /// Largest resident memory of this process so far, in bytes.
  public static var peakBytes: Int { cfilesystem_peak_kilobytes() * 1024 }

  public static var userName: String { setting("USER") ?? "uid \(getuid())" }

  /// Whether a process of this number runs, as far as this process sees.
  public static func isRunning(_ process: Substring) -> Bool {
    !process.isEmpty && Files.exists("/proc/\(process)/stat")
  }

  /// Now, UTC, ISO 8601 with seconds.
  public static var now: String {
    var seconds = time(nil)
    var parts = unsafe tm()
    var text = [CChar](repeating: 0, count: 32)
    _ = unsafe gmtime_r(&seconds, &parts)
    let count = unsafe strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
    return Files.text(text[..<count])
  }

  /// One durable step has been reached; with `EVOKE_CRASH_AT=n` the n-th one kills the process (tests of interruption).
  public static func crashPoint() {
    let isLast = stepsLeft.withLock { left in
      guard let count = left else { return false }
      left = count - 1
      return count <= 1
    }
    if isLast { kill(getpid(), SIGKILL) }
  }

  private static let stepsLeft = Mutex(setting("EVOKE_CRASH_AT").flatMap { Int($0) })
}

extension Machine {
  /// Starts this program again with one more environment variable; returns only when that fails.
  ///
  /// For settings a library reads when it is loaded. Does nothing when the variable is set already.
  public static func restart(setting name: String, to value: String) {
    guard setting(name) == nil, unsafe setenv(name, value, 1) == 0 else { return }
    _ = unsafe execv("/proc/self/exe", CommandLine.unsafeArgv)
  }
}
