import Diagnostics
import Foundation
import Glibc
import HDF5File
import Testing

@Suite(.serialized) struct HDF5WritingTests {
  private func writeSample(_ path: String) throws {
    let writer = try HDF5Writer(creating: path)
    try writer.group("features")
    try writer.dataset(
      "features/hs.0/values", .float32, shape: [100, 3], storage: HDF5Storage(chunk: [32, 3], deflate: 4))
    for start in stride(from: 0, to: 100, by: 30) {
      let rows = min(30, 100 - start)
      try writer.append(rows: (0..<rows * 3).map { Float(start * 3 + $0) / 7 }, to: "features/hs.0/values")
    }
    try writer.scale("features/hs.0/time_s", (0..<100).map { Double($0) + 0.5 }, name: "time", units: "s")
    try writer.scale("features/hs.0/region", labels: ["links", "Größe", ""], name: "region")
    try writer.attach(scale: "features/hs.0/time_s", to: "features/hs.0/values", axis: 0)
    try writer.attach(scale: "features/hs.0/region", to: "features/hs.0/values", axis: 1)
    try writer.attribute("units", "V", on: "features/hs.0/values")
    try writer.attribute("rate_hz", 1.0, on: "features/hs.0/values")
    try writer.attribute("shape", [100.0, 3.0], on: "features")
    try writer.attribute("version", 3)
    try writer.attribute("axes", ["time", "region"], on: "features")
    try writer.dataset("lag", [0.5, -1.25] as [Double], shape: [2])
    try writer.dataset("nothing", [] as [Float], shape: [0, 4])
    try writer.close()
  }

  @Test func whatIsWrittenIsReadBackWithScalesAndAttributes() throws {
    let scratch = try Scratch()
    try writeSample(scratch.path("a.h5"))
    let file = try HDF5File(reading: scratch.path("a.h5"))
    #expect(try file.floats("features/hs.0/values") == (0..<300).map { Float($0) / 7 })
    #expect(try file.floats("features/hs.0/values", offset: [31, 1], count: [2, 1]) == [94 / 7, 97 / 7])
    #expect(try file.scales(of: "features/hs.0/values") == ["/features/hs.0/time_s", "/features/hs.0/region"])
    #expect(try file.strings("features/hs.0/region") == ["links", "Größe", ""])
    #expect(try file.info("features/hs.0/time_s").type == .float(bytes: 8))
    #expect(try file.attribute("units", of: "features/hs.0/time_s")?.text == "s")
    #expect(try file.attribute("units", of: "features/hs.0/values")?.text == "V")
    #expect(try file.attribute("rate_hz", of: "features/hs.0/values")?.number == 1)
    #expect(try file.attribute("shape", of: "features") == .numbers([100, 3]))
    #expect(try file.attribute("version")?.number == 3)
    #expect(try file.attribute("axes", of: "features") == .texts(["time", "region"]))
    #expect(try file.doubles("lag") == [0.5, -1.25])
    #expect(try file.info("nothing").shape == [0, 4])
    #expect(try file.info("features/hs.0/values").chunk == [32, 3])
  }

  @Test func equalCallsMakeEqualBytesWhateverTheTime() throws {
    let scratch = try Scratch()
    try writeSample(scratch.path("a.h5"))
    // HDF5's times have a resolution of one second.
    Thread.sleep(forTimeInterval: 1.1)
    _ = (0..<64).map { [UInt8](repeating: UInt8($0 + 100), count: 10_000) }
    try writeSample(scratch.path("b.h5"))
    let a = try Data(contentsOf: URL(fileURLWithPath: scratch.path("a.h5")))
    let b = try Data(contentsOf: URL(fileURLWithPath: scratch.path("b.h5")))
    #expect(a == b)
  }

  @Test func anExistingFileIsNeverWrittenOver() throws {
    let scratch = try Scratch()
    try Data("mine".utf8).write(to: URL(fileURLWithPath: scratch.path("a.h5")))
    expectError(.fileExists, naming: "a.h5") { _ = try HDF5Writer(creating: scratch.path("a.h5")) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.path("a.h5"))) == Data("mine".utf8))
    expectError(.hdf5WriteFailed, naming: "no/b.h5") { _ = try HDF5Writer(creating: scratch.path("no/b.h5")) }
  }

  /// A file size limit stands for a disk without space: the same write call fails in the same place.
  @Test func aWriteTheSystemRefusesIsAnErrorAndNotACrash() throws {
    let scratch = try Scratch()
    signal(SIGXFSZ, SIG_IGN)
    var old = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &old)
    var small = rlimit(rlim_cur: 96 << 20, rlim_max: old.rlim_max)
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &small)
    defer { setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &old) }
    let rows = 30 << 20
    expectError(.hdf5WriteFailed, naming: "full.h5") {
      let writer = try HDF5Writer(creating: scratch.path("full.h5"))
      try writer.dataset("x", .float32, shape: [rows])
      for part in 0..<30 { try writer.append(rows: [Float](repeating: Float(part), count: 1 << 20), to: "x") }
      try writer.close()
    }
  }

  @Test func defaultChunksHoldWholeRowsWithinTheirSize() throws {
    let scratch = try Scratch()
    let writer = try HDF5Writer(creating: scratch.path("a.h5"))
    for (name, shape) in [
      ("tall", [1_000_000, 12]), ("wide", [3, 1_000_000]), ("small", [5, 2]), ("cube", [40, 300, 768]),
    ] {
      try writer.dataset(name, .float32, shape: shape)
    }
    try writer.close()
    let file = try HDF5File(reading: scratch.path("a.h5"))
    for (name, expected) in [("tall", [5461, 12]), ("wide", [1, 65536]), ("small", [5, 2]), ("cube", [1, 85, 768])] {
      #expect(try file.info(name).chunk == expected)
      #expect(expected.reduce(4, *) <= HDF5Storage.chunkBytes)
    }
  }
}
