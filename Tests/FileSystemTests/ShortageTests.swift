import Diagnostics
import FileSystem
import Foundation
import Testing

/// What the machine cannot give is told as that, and not as the fault of a file.
@Suite(.serialized) struct ShortageTests {
  @Test func `want of descriptors is no fault of the file that would be read`() throws {
    let path = NSTemporaryDirectory() + "evoke-shortage-\(UUID().uuidString)"
    try "content".write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(try Files.sha256(of: path).bytes == 7)
    var limits = rlimit()
    try #require(unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0)
    var none = rlimit(rlim_cur: 0, rlim_max: limits.rlim_max)
    try #require(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &none) == 0)
    let error = #expect(throws: EvokeError.self) { try Files.sha256(of: path) }
    try #require(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0)
    #expect(error?.code == .writeFailed && error?.code.exit == .inputOutput, "\(String(describing: error))")
  }
}
