import Foundation
import Testing

@Suite(.serialized) struct InstallTests {
  private static let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  private func make(_ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/make")
    process.arguments = ["-s", "-C", Self.checkout] + arguments
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  private func call(_ program: String, _ arguments: [String], in folder: String) throws -> (Int32, String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  /// `-o build`: the program that stands is installed, none is built.
  @Test(
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: checkout + "/.build/release/evoke")
        && FileManager.default.isExecutableFile(atPath: "/usr/bin/make"), "make test builds the program first"))
  func theProgramRunsFromWhereItWasInstalledAndCanBeTakenAway() throws {
    let folder = try CommandFolder()
    let stage = "DESTDIR=\(folder.path)"
    #expect(try make(["-o", "build", "install", stage, "PREFIX=/opt/research-tools"]) == 0)
    let prefix = folder.path + "/opt/research-tools"
    let installed = prefix + "/bin/evoke"
    #expect(try call(installed, ["--version"], in: "/").0 == 0)
    #expect(try call(installed, ["init", folder.path + "/w.evoke"], in: "/").0 == 0)
    let (status, views) = try call(installed, ["-C", folder.path + "/w.evoke", "query", "--list"], in: "/")
    #expect(status == 0 && views.contains("synchrony_summary"))
    // The runtime beside the program is all it needs of Swift: it is found without the toolchain's own path.
    let libraries = try FileManager.default.contentsOfDirectory(atPath: prefix + "/lib/evoke")
    #expect(
      libraries.contains("evoke") && libraries.contains("libswiftCore.so") && libraries.contains("libFoundation.so"))
    // What other clients of SQLite load stands there, too.
    #expect(libraries.contains("libevoke_sqlite.so") && libraries.contains("libevoke_arrays.so"))
    #expect(try make(["uninstall", stage, "PREFIX=/opt/research-tools"]) == 0)
    #expect(!FileManager.default.fileExists(atPath: installed))
    #expect(try FileManager.default.contentsOfDirectory(atPath: prefix + "/lib") == [])
  }
}
