import Diagnostics
import FileSystem
import Foundation
import Testing

@Suite struct FilesTests {
  private let folder = NSTemporaryDirectory() + "evoke-files-\(UUID().uuidString)"

  @Test func pathsAreDivided() {
    for (path, folder, name) in [
      ("a/b", "a", "b"), ("a", ".", "a"), ("a/", ".", "a"), ("/a", "/", "a"), ("/", "/", "/"), ("a//b//", "a", "b"),
      ("/x/é/ü.h5", "/x/é", "ü.h5"), ("..", ".", ".."),
    ] {
      #expect(Files.folder(of: path) == folder, "\(path)")
      #expect(Files.name(of: path) == name, "\(path)")
    }
  }

  @Test func detoursGoFromPaths() {
    let here = FileManager.default.currentDirectoryPath
    for (path, plain) in [
      ("/a//b/../c/", "/a/c"), ("/", "/"), ("/..", "/"), ("/a/./b/.", "/a/b"), ("/a/../../b", "/b"), (".", here),
      ("", here), ("x/../y", here + "/y"), ("~/x", here + "/~/x"),
    ] {
      #expect(Files.absolute(path) == plain, "\(path)")
    }
  }

  @Test func foldersAreMadeListedAndRemoved() throws {
    try Files.makeDirectory(folder + "/a/b/c")
    try Files.makeDirectory(folder + "/a/b/c/")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Files.write("kept", to: folder + "/kept")
    try Files.write("x", to: folder + "/a/.hidden é")
    try FileManager.default.createSymbolicLink(atPath: folder + "/a/b/link", withDestinationPath: folder + "/kept")
    try FileManager.default.createSymbolicLink(atPath: folder + "/a/up", withDestinationPath: folder)
    #expect(try Files.names(in: folder + "/a").sorted() == [".hidden é", "b", "up"])
    #expect(Files.linkTarget(of: folder + "/a/up") == folder && Files.linkTarget(of: folder + "/a/b") == nil)
    #expect(throws: EvokeError.self) { try Files.makeDirectory(folder + "/kept") }
    #expect(throws: EvokeError.self) { try Files.makeDirectory(folder + "/kept/below") }
    #expect(throws: EvokeError.self) { try Files.names(in: folder + "/kept") }
    try Files.removeAll(folder + "/a")
    // Links went, what they led to did not.
    #expect(try Files.names(in: folder) == ["kept"] && Files.read(folder + "/kept") == Array("kept".utf8))
    #expect(throws: EvokeError.self) { try Files.removeAll(folder + "/a") }
  }

  @Test(arguments: ["new", "new/", "above/it/new"]) func aFolderIsThereWholeOrNotAtAll(_ name: String) throws {
    struct Refusal: Error {}
    try Files.makeDirectory(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/" + name
    var drafts: [String] = []
    func fill(_ draft: String, _ isRefused: Bool) throws -> Int {
      drafts.append(draft)
      try Files.makeDirectory(draft + "/below")
      try Files.write("x", to: draft + "/below/x")
      try "y".write(toFile: draft + "/y", atomically: false, encoding: .utf8)
      #expect(!Files.exists(path))
      if isRefused { throw Refusal() }
      return 7
    }
    #expect(throws: Refusal.self) { try Files.makeWhole(path) { try fill($0, true) } }
    #expect(!Files.exists(path) && !Files.exists(drafts[0]))
    // What a killed process of the same number left there is no part of it.
    try Files.makeDirectory(drafts[0])
    try Files.write("old", to: drafts[0] + "/old")
    #expect(try Files.makeWhole(path) { try fill($0, false) } == 7)
    #expect(try Files.names(in: path).sorted() == ["below", "y"] && Files.names(in: path + "/below") == ["x"])
    #expect(try Files.names(in: Files.folder(of: path)) == [Files.name(of: path)] && drafts[0] == drafts[1])
    let error = #expect(throws: EvokeError.self) { try Files.makeWhole(path) { try fill($0, false) } }
    #expect(error?.code == .fileExists && drafts.count == 2)
  }

  @Test func nothingIsMadeInTheNameOfALinkOrWhereSomethingCameMeanwhile() throws {
    try Files.makeDirectory(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: folder + "/gone")
    #expect(throws: EvokeError.self) { try Files.makeWhole(folder + "/link") { _ in } }
    #expect(throws: EvokeError.self) {
      try Files.makeWhole(folder + "/new") { _ in
        try Files.makeDirectory(folder + "/new")
        try Files.write("theirs", to: folder + "/new/x")
      }
    }
    #expect(try Files.names(in: folder).sorted() == ["link", "new"])
    #expect(try Files.read(folder + "/new/x") == Array("theirs".utf8))
  }

  @Test func copiesAreWholeAndTakeNothingsPlace() throws {
    try Files.makeDirectory(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let bytes = (0..<2_500_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
    let (old, new) = (folder + "/old", folder + "/new")
    try Files.write(bytes, to: old)
    try Files.setMode(old, 0o440)
    try Files.copy(old, to: new)
    #expect(try Files.read(new) == bytes)
    #expect(try FileManager.default.attributesOfItem(atPath: new)[.posixPermissions] as? Int == 0o440)
    #expect(try Files.sha256(of: new) == Files.sha256(of: old))
    try Files.write("other", to: folder + "/other")
    #expect(throws: EvokeError.self) { try Files.copy(folder + "/other", to: new) }
    #expect(throws: EvokeError.self) { try Files.copy(folder + "/none", to: folder + "/newer") }
    #expect(try Files.read(new) == bytes && !Files.exists(folder + "/newer"))
    // What the system makes up while it is read has no length.
    #expect(String(decoding: try Files.read("/proc/self/status"), as: UTF8.self).contains("Name:"))
  }

  @Test func thisMachineIsDescribed() {
    #expect(Machine.hostname == ProcessInfo.processInfo.hostName)
    #expect(Machine.coreCount == ProcessInfo.processInfo.activeProcessorCount)
    let (now, clock) = (Machine.now, ISO8601DateFormatter())
    #expect(now.count == 20 && clock.date(from: now).map { abs($0.timeIntervalSinceNow) < 5 } == true)
    #expect(Machine.setting("PATH") == ProcessInfo.processInfo.environment["PATH"])
    #expect(Machine.setting("EVOKE_IS_NOT_SET") == nil)
  }
}
