import Foundation
import HDF5File
import Testing

/// A disk of its own in memory, of a size that can be changed; only root may mount one.
private final class SmallDisk {
  static let isPossible: Bool = (try? SmallDisk(megabytes: 1)) != nil

  let program: Program
  let path: String

  init(megabytes: Int) throws {
    program = try Program()
    path = program.folder + "/disk"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Self.call("mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", path])
  }

  deinit { try? Self.call("umount", [path]) }

  func resize(megabytes: Int) throws { try Self.call("mount", ["-o", "remount,size=\(megabytes)m", path]) }

  /// Leaves so many kilobytes, by a file that takes the rest.
  func leave(kilobytes: Int) throws {
    try? FileManager.default.removeItem(atPath: path + "/filler")
    let free = try FileManager.default.attributesOfFileSystem(forPath: path)[.systemFreeSize] as? Int ?? 0
    try Data(count: max(0, free - kilobytes << 10)).write(to: URL(fileURLWithPath: path + "/filler"))
  }

  func free() throws { try FileManager.default.removeItem(atPath: path + "/filler") }

  /// Names of everything in a warehouse but the catalog and what an interrupted unit goes on from.
  func files(_ warehouse: String) -> [String] {
    let all = FileManager.default.enumerator(atPath: warehouse)?.allObjects as? [String] ?? []
    return all.filter { !$0.hasPrefix("catalog.sqlite") && !$0.hasPrefix("partial") }.sorted()
  }

  private static func call(_ name: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [name] + arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    struct Refused: Error {}
    guard process.terminationStatus == 0 else { throw Refused() }
  }
}

@Suite(.serialized, .enabled(if: SmallDisk.isPossible, "mounting a small disk needs root"))
struct FullDiskTests {
  private func expectFull(_ ending: Program.Ending, at place: SourceLocation = #_sourceLocation) {
    #expect(ending.status == 74 && ending.reason == .exit, "\(ending.error)", sourceLocation: place)
    #expect(ending.error.contains("E-WH-008"), "\(ending.error)", sourceLocation: place)
    #expect(!ending.error.contains("crash") && !ending.error.contains("signal"), sourceLocation: place)
  }

  @Test func aRecordingThatDoesNotFitLeavesNothingAndIsImportedOnceThereIsSpace() throws {
    let disk = try SmallDisk(megabytes: 12)
    let program = disk.program
    let writer = try HDF5Writer(creating: program.folder + "/eeg.h5")
    var state: UInt64 = 1
    let noise = (0..<4_000_000).map { _ -> Float in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int32(truncatingIfNeeded: state >> 32)) * 1e-14
    }
    try writer.dataset("eeg", noise, shape: [500_000, 8])
    try writer.close()
    let warehouse = disk.path + "/w.evoke"
    try program.succeed(["init", warehouse])
    let arguments = [
      "-C", warehouse, "import", "eeg", "eeg.h5", "--data", "eeg", "--axes", "time,channel", "--rate-hz", "250",
      "--units", "V", "--dataset", "d", "--stimulus", "film", "--subject", "s1",
    ]
    let before = disk.files(warehouse)
    expectFull(try program.run(arguments))
    #expect(disk.files(warehouse) == before)
    try program.succeed(["-C", warehouse, "verify"])
    try disk.resize(megabytes: 60)
    try program.succeed(arguments)
    #expect(disk.files(warehouse).count > before.count)
    try program.succeed(["-C", warehouse, "verify"])
  }

  @Test(arguments: [0, 8, 24, 100, 400]) func aCatalogWithoutRoomIsFinishedLater(_ kilobytes: Int) throws {
    let disk = try SmallDisk(megabytes: 4)
    let program = disk.program
    let warehouse = disk.path + "/w.evoke"
    try disk.leave(kilobytes: kilobytes)
    expectFull(try program.run(["init", warehouse]))
    try disk.free()
    try program.succeed(["init", warehouse])
    try program.write("time,arousal\n0,1\n1,2\n2,3\n3,1\n", "a.csv")
    let arguments = ["-C", warehouse, "import", "annotations", "a.csv", "--dataset", "d", "--stimulus", "film"]
    try disk.leave(kilobytes: min(kilobytes, 24))
    expectFull(try program.run(arguments))
    // Reading needs a few kilobytes beside a catalog whose writer was cut off, or says so.
    let status = try program.run(["-C", warehouse, "status"])
    if status.status != 0 { expectFull(status) }
    try disk.free()
    try program.succeed(["-C", warehouse, "verify"])
    try program.succeed(arguments)
    #expect(disk.files(warehouse).filter { $0.contains("tmp") || $0.contains("lock") } == [])
  }

  /// Half a minute of every layer at its own rate is some 70 MB; the worker meets the end of the disk while writing.
  @Test func featuresThatDoNotFitLeaveNothingAndAreComputedOnceThereIsSpace() throws {
    let disk = try SmallDisk(megabytes: 40)
    let program = disk.program
    let warehouse = disk.path + "/w.evoke"
    try program.succeed(["init", warehouse])
    let samples = (0..<16_000 * 30).map { (i: Int) -> Int16 in
      let phase: Double = Double(i) * Double(i % 4001) * 1e-4
      return Int16(8000 * sin(phase))
    }
    var sound = Data("RIFF".utf8)
    func word(_ value: Int, _ bytes: Int) {
      for i in 0..<bytes { sound.append(UInt8(truncatingIfNeeded: value >> (8 * i))) }
    }
    word(36 + 2 * samples.count, 4)
    sound.append(Data("WAVEfmt ".utf8))
    for (value, bytes) in [(16, 4), (1, 2), (1, 2), (16_000, 4), (32_000, 4), (2, 2), (16, 2)] { word(value, bytes) }
    sound.append(Data("data".utf8))
    word(2 * samples.count, 4)
    for sample in samples { word(Int(sample), 2) }
    try sound.write(to: URL(fileURLWithPath: program.folder + "/sound.wav"))
    let weights = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/weights/hubert-tiny-speech").path
    try program.succeed(["-C", warehouse, "import", "audio", "sound.wav", "--dataset", "d"])
    try program.succeed(["-C", warehouse, "import", "weights", weights, "--dataset", "d"])
    let before = disk.files(warehouse)
    let arguments = ["-C", warehouse, "extract", "--model", "hubert-tiny-speech", "--rate", "native"]
    expectFull(try program.run(arguments))
    #expect(disk.files(warehouse) == before)
    try program.succeed(["-C", warehouse, "verify"])
    try disk.resize(megabytes: 400)
    try program.succeed(arguments)
    try program.succeed(["-C", warehouse, "verify"])
  }
}
