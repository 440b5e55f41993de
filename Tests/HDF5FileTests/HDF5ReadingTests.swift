import Diagnostics
import Foundation
import Glibc
import HDF5File
import Testing

@Suite(.serialized) struct HDF5ReadingTests {
  let path = fixtures.appendingPathComponent("tables/h5py_dialects.h5").path

  @Test func numbersOfEveryTypeAreReadAsDoubles() throws {
    let file = try HDF5File(reading: path)
    #expect(try file.doubles("ints") == (-3..<9).map(Double.init))
    #expect(try file.doubles("/big_endian") == [0, 0.125, 0.25, 0.375])
    #expect(try file.floats("half") == [0.5, -2])
    #expect(try file.doubles("flags") == [1, 0, 1])
    #expect(try file.doubles("scalar") == [42.5])
    #expect(try file.integers("ints").first == -3)
    #expect(try file.floats("empty") == [])
    #expect(try file.floats("null") == [])
    #expect(try file.info("empty").shape == [0, 3])
    #expect(try file.info("scalar").shape == [])
    #expect(try file.info("checked").chunk == [100])
  }

  @Test func aPartOfADatasetEqualsTheSamePartOfTheWhole() throws {
    let file = try HDF5File(reading: path)
    let whole = try file.doubles("cube")
    let part = try file.doubles("cube", offset: [1, 0, 2], count: [1, 3, 2])
    let expected: [Double] = [14, 15, 18, 19, 22, 23].map { whole[$0] }
    #expect(part == expected)
    #expect(try file.doubles("cube", offset: [0, 0, 0], count: [0, 3, 4]) == [])
    expectError(.datasetShape, naming: "cube") { _ = try file.doubles("cube", offset: [1, 0, 0], count: [2, 3, 4]) }
    expectError(.datasetShape, naming: "cube") { _ = try file.doubles("cube", offset: [0, 0], count: [2, 3]) }
  }

  @Test func textsOfFixedAndVariableLengthLoseOnlyTheirPadding() throws {
    let file = try HDF5File(reading: path)
    #expect(try file.strings("fixed_texts") == ["F3", "O1 ", "T10"])
    #expect(try file.strings("texts") == ["alpha", "", "größe"])
    #expect(try file.strings("latin1") == ["µV"])
  }

  @Test func attributesAreNumbersOrTexts() throws {
    let file = try HDF5File(reading: path)
    #expect(try file.attribute("rate")?.number == 256)
    #expect(try file.attribute("count")?.number == 7)
    #expect(try file.attribute("names") == .texts(["Fz", "Cz", "µV"]))
    #expect(try file.attribute("fixed")?.text == "abc")
    #expect(try file.attribute("absent") == nil)
    #expect(try file.attributeNames() == ["count", "fixed", "names", "rate"])
    expectError(.datasetMissing, naming: "nothing") { _ = try file.attribute("x", of: "/nothing") }
  }

  @Test func theTreeFollowsSoftLinksOnceAndNamesDanglingOnes() throws {
    let file = try HDF5File(reading: path)
    let tree = try file.tree()
    let paths = tree.map(\.path)
    #expect(paths.contains("/group/inner/values"))
    #expect(tree.contains(.other(path: "/group/dangling")))
    #expect(paths.contains("/group/soft"))
    #expect(paths.filter { $0.hasPrefix("/group/cycle/cycle/") }.isEmpty)
    #expect(file.exists("group/inner") && !file.exists("group/dangling") && !file.exists("a/b/c"))
    #expect(try file.members(of: "/group") == ["cycle", "dangling", "inner", "soft"])
    #expect(try file.scales(of: "checked") == ["/time_s"])
    #expect(try file.scales(of: "cube") == [nil, nil, nil])
  }

  @Test func aGroupOfManyIsListedInTheOrderOfItsBytes() throws {
    let many = FileManager.default.temporaryDirectory.appendingPathComponent("many-\(UUID().uuidString).h5").path
    defer { try? FileManager.default.removeItem(atPath: many) }
    let writer = try HDF5Writer(creating: many)
    let names = (0..<800).map { "c\(($0 * 7) % 800)" }
    for name in names { try writer.dataset("cells/\(name)", .float64, shape: [1]) }
    try writer.close()
    let file = try HDF5File(reading: many)
    let sorted = names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    #expect(try file.members(of: "cells") == sorted)
    #expect(try file.datasets().map(\.path) == sorted.map { "/cells/\($0)" })
    var rehearsal = try HDF5Rehearsal(many)
    let goesOn = rehearsal.advance()
    #expect(!goesOn)
  }

  @Test func theFirstReadingDecodesNoPlainNumbers() throws {
    let scratch = try Scratch()
    let writer = try HDF5Writer(creating: scratch.path("a.h5"))
    try writer.dataset("x", .float32, shape: [3 << 21], storage: HDF5Storage(chunk: [1 << 20], deflate: 1))
    for _ in 0..<3 { try writer.append(rows: [Float](repeating: 1, count: 1 << 21), to: "x") }
    try writer.close()
    var rehearsal = try HDF5Rehearsal(scratch.path("a.h5"))
    // Decoded, they would be three steps of two million.
    let goesOn = rehearsal.advance()
    #expect(!goesOn)
  }

  @Test func whatCannotBeReadIsRefusedByName() throws {
    let file = try HDF5File(reading: path)
    expectError(.datasetType, naming: "compound") { _ = try file.doubles("compound") }
    expectError(.datasetType, naming: "texts") { _ = try file.doubles("texts") }
    expectError(.datasetType, naming: "cube") { _ = try file.strings("cube") }
    let missing = expectError(.datasetMissing, naming: "group/inner/value") {
      _ = try file.doubles("group/inner/value")
    }
    #expect(missing?.reason.contains("values") == true)
    let group = expectError(.datasetMissing, naming: "group") { _ = try file.doubles("group") }
    #expect(group?.reason.contains("inner") == true)
  }

  @Test func filesThatAreNotWholeHDF5AreRefused() throws {
    let scratch = try Scratch()
    expectError(.fileMissing, naming: "absent.h5") { _ = try HDF5File(reading: scratch.path("absent.h5")) }
    expectError(.fileUnreadable, naming: scratch.folder.path) { _ = try HDF5File(reading: scratch.folder.path) }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    for (name, content, code) in [
      ("empty.h5", Data(), ErrorCode.notHDF5), ("text.h5", Data("time,arousal\n0,1\n".utf8), .notHDF5),
      ("half.h5", bytes.prefix(bytes.count / 2), .hdf5Truncated),
    ] {
      try content.write(to: URL(fileURLWithPath: scratch.path(name)))
      expectError(code, naming: name) { _ = try HDF5File(reading: scratch.path(name)) }
    }
  }

  @Test func wantOfDescriptorsIsNoDamage() throws {
    #expect(try HDF5File(reading: path).exists("/ints"))
    var limits = rlimit()
    try #require(unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0)
    var none = rlimit(rlim_cur: 0, rlim_max: limits.rlim_max)
    try #require(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &none) == 0)
    let error = #expect(throws: EvokeError.self) { try HDF5File(reading: path) }
    try #require(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0)
    #expect(error?.code == .writeFailed && error?.code.exit == .inputOutput, "\(String(describing: error))")
  }

  /// `/proc/self/mem` answers EIO where no memory is: it takes the place of the open file.
  @Test func aDiskThatGivesNothingIsNoDamage() throws {
    let file = try HDF5File(reading: path)
    let dead = try killDisk(under: path)
    defer { close(dead) }
    let reads: [(String, () throws -> Void)] = [
      ("info", { _ = try file.info("/group/inner/values") }), ("doubles", { _ = try file.doubles("checked") }),
      ("strings", { _ = try file.strings("texts") }), ("cells", { _ = try file.cells("ints") }),
      ("attribute", { _ = try file.attribute("units", of: "/group/inner") }),
      ("scales", { _ = try file.scales(of: "checked") }), ("tree", { _ = try file.tree() }),
    ]
    for (name, read) in reads {
      let error = #expect(throws: EvokeError.self, "\(name)") { try read() }
      #expect(error?.code == .writeFailed && error?.code.exit == .inputOutput, "\(name) \(error as Any)")
      #expect(error?.reason.contains("Input/output error") == true, "\(name) \(error as Any)")
    }
    #expect(file.exists("/group/inner/values"), "it is not known to be absent")
  }

  /// The index is known by then, the numbers are not.
  @Test(arguments: ["plain", "deflate", "double", "big_endian"])
  func numbersThatTheDiskDoesNotGiveAreNoDamage(_ name: String) throws {
    let path = fixtures.appendingPathComponent("tables/chunk_dialects.h5").path
    let floats = try HDF5Floats(HDF5File(reading: path), name)
    #expect(try floats.values(offset: [0, 0], count: [1, 1]).count == 1)
    let dead = try killDisk(under: path)
    defer { close(dead) }
    let error = #expect(throws: EvokeError.self) { try floats.values(offset: [30, 0], count: [7, 5]) }
    #expect(error?.code == .writeFailed && error?.code.exit == .inputOutput, "\(error as Any)")
  }

  /// Lets every reading of an open file fail as one of a broken disk; the descriptor that has to be closed.
  private func killDisk(under path: String) throws -> Int32 {
    let folder = "/proc/self/fd/"
    let open = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      (try? FileManager.default.destinationOfSymbolicLink(atPath: folder + $0)) == path
    }.compactMap { Int32($0) }
    try #require(open.count == 1)
    let dead = unsafe Glibc.open("/proc/self/mem", O_RDONLY)
    try #require(dead >= 0 && dup2(dead, open[0]) == open[0])
    return dead
  }

  @Test func aFlippedByteInAChunkIsFoundByItsChecksum() throws {
    let scratch = try Scratch()
    let writer = try HDF5Writer(creating: scratch.path("a.h5"))
    try writer.dataset("x", (0..<1000).map { Float($0) + 0.123 }, shape: [1000])
    try writer.close()
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: scratch.path("a.h5"))))
    let needle = (Float(500) + 0.123).bitPattern.littleEndian
    let pattern = (0..<4).map { UInt8(truncatingIfNeeded: needle >> (8 * $0)) }
    let found = try #require(bytes.indices.dropLast(4).first { Array(bytes[$0..<$0 + 4]) == pattern })
    bytes[found] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: scratch.path("b.h5")))
    let file = try HDF5File(reading: scratch.path("b.h5"))
    expectError(.hdf5Corrupt, naming: "b.h5") { _ = try file.floats("x") }
  }
}

@discardableResult func expectError(
  _ code: ErrorCode, naming object: String, _ body: () throws -> Void, at place: SourceLocation = #_sourceLocation
) -> EvokeError? {
  do {
    try body()
    Issue.record("no error", sourceLocation: place)
  } catch let error as EvokeError {
    #expect(error.code == code, "\(error)", sourceLocation: place)
    #expect(error.object.contains(object), "\(error)", sourceLocation: place)
    #expect(!error.reason.isEmpty && !error.remedy.isEmpty, sourceLocation: place)
    return error
  } catch { Issue.record("\(error)", sourceLocation: place) }
  return nil
}
