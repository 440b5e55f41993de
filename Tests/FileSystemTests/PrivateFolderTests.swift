import FileSystem
import Foundation
import Testing

/// Folders for what need not last, and what killed processes leave of them.
@Suite(.serialized) struct PrivateFolderTests {
  /// No process has so large a number.
  private static let nobody = "4194305"

  private func leave(_ name: String, ageS: Double) throws -> String {
    let path = try #require(Files.scratchFolder) + "/" + name
    try FileManager.default.createDirectory(atPath: path + "/arrays", withIntermediateDirectories: true)
    try Data([1]).write(to: URL(fileURLWithPath: path + "/arrays/a.h5"))
    try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -ageS)], ofItemAtPath: path)
    return path
  }

  @Test func `it is this user's alone and goes with what is in it`() throws {
    let folder = try PrivateFolder("toy")
    let mode = try FileManager.default.attributesOfItem(atPath: folder.path)[.posixPermissions] as? Int
    #expect(mode == 0o700)
    try Data([1]).write(to: URL(fileURLWithPath: folder.path + "/a"))
    folder.remove()
    #expect(!Files.exists(folder.path))
  }

  @Test func `what killed processes left goes with the next folder, and nothing else does`() throws {
    let number = UInt64.random(in: 10_000_000_000_000_000_000..<UInt64.max)
    let left = try leave("evoke-archive-\(Self.nobody)-\(number)", ageS: 3600)
    let kept = try [
      leave("evoke-archive-\(Self.nobody)-\(number + 1)", ageS: 1),
      leave("evoke-archive-\(getpid())-\(number)", ageS: 3600),
      leave("evoke-archive-\(Self.nobody)-\(number)-mine", ageS: 3600),
      // A month of somebody's results.
      leave("evoke-results-\(Self.nobody)-12", ageS: 3600),
    ]
    // One of a process that another container has, whose number means nothing here.
    let locked = try leave("evoke-verify-\(Self.nobody)-\(number)", ageS: 3600)
    let descriptor = open(locked, O_RDONLY)
    #expect(flock(descriptor, LOCK_SH) == 0)
    defer {
      close(descriptor)
      for path in kept + [locked, left] { try? FileManager.default.removeItem(atPath: path) }
    }
    try PrivateFolder("toy").remove()
    #expect(!Files.exists(left))
    for path in kept + [locked] { #expect(Files.exists(path + "/arrays/a.h5"), "\(path)") }
  }
}
