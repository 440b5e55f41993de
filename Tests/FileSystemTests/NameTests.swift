import Diagnostics
import FileSystem
import Foundation
import Names
import Testing

@Suite struct NameTests {
  @Test(arguments: ["film", "sub-01", "Größe & mehr", "a.b", "..a", "日本", "e\u{301}t\u{e9}", "S  1"])
  func namesAreComposedAndKept(_ text: String) throws {
    #expect(try Name(text, of: "stimulus").text == text.precomposedStringWithCanonicalMapping)
  }

  @Test(arguments: [
    "", ".", "..", "a/b", "../x", "/etc", "a\nb", "a\u{1b}[31m", "a\u{7f}", "\u{9b}1m", "a\u{202e}b", "a\u{2028}",
    "a\0b", String(repeating: "x", count: 256),
  ])
  func otherTextsAreNone(_ text: String) {
    let error = #expect(throws: EvokeError.self) { try Name(text, of: "stimulus") }
    #expect(error?.code == .notAName)
    #expect(error?.description.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" } == true)
  }

  @Test func whatIsPrintedMovesNoCursor() {
    #expect("a\u{1b}[2Jb\u{9b}\u{7f}\u{202e}".visible == "a\\u001b[2Jb\\u009b\\u007f\\u202e")
    #expect("a\tb\r\nc\n".visible == "a\tb\r\nc\n" && "a\rb".visible == "a\\u000db")
    #expect("a\tb\n".visibleLine == "a\\u0009b\\u000a")
    #expect("größe 日本".visible == "größe 日本")
  }
}

@Suite struct WarehousePathTests {
  private let folder = NSTemporaryDirectory() + "evoke-paths-\(UUID().uuidString)"

  private func refused(_ path: String, in warehouse: String) -> Bool {
    let error = #expect(throws: EvokeError.self) { try WarehousePath(path, in: warehouse) }
    return error?.code == .outsideWarehouse
  }

  @Test func pathsStayInside() throws {
    let files = FileManager.default
    let inside = folder + "/w.evoke"
    try files.createDirectory(atPath: inside + "/arrays/ab", withIntermediateDirectories: true)
    try files.createDirectory(atPath: folder + "/other", withIntermediateDirectories: true)
    defer { try? files.removeItem(atPath: folder) }
    let path = try WarehousePath("arrays/ab/c.h5", in: inside)
    #expect(path.absolute == inside + "/arrays/ab/c.h5" && path.relative == "arrays/ab/c.h5")
    for text in ["../victim.txt", "/etc/passwd", "arrays/../../x", "arrays//x", "x", "", "arrays/./x", "arrays/a\nb"] {
      #expect(refused(text, in: inside), "\(text)")
    }
    try files.createSymbolicLink(atPath: inside + "/arrays/cd", withDestinationPath: folder + "/other")
    try files.createSymbolicLink(atPath: inside + "/arrays/ab/l.h5", withDestinationPath: folder + "/other/x")
    #expect(refused("arrays/cd/x.h5", in: inside) && refused("arrays/ab/l.h5", in: inside))
    // The warehouse itself may be reached by a link.
    try files.createSymbolicLink(atPath: folder + "/link.evoke", withDestinationPath: inside)
    #expect(try WarehousePath("arrays/ab/c.h5", in: folder + "/link.evoke").relative == path.relative)
  }

  @Test func pipesAndDevicesAreNoFiles() throws {
    let pipe = NSTemporaryDirectory() + "evoke-pipe-\(UUID().uuidString)"
    #expect(mkfifo(pipe, 0o600) == 0)
    defer { try? FileManager.default.removeItem(atPath: pipe) }
    for path in [pipe, "/dev/zero", "/dev/null"] {
      for read in [
        { _ = try Files.read(path) }, { _ = try Files.sha256(of: path) }, { try Files.requireRegular(path) },
      ] {
        let error = #expect(throws: EvokeError.self) { try read() }
        #expect(error?.code == .fileUnreadable, "\(path)")
      }
    }
  }
}
