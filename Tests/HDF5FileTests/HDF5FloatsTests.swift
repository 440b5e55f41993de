import CHDF5
import Diagnostics
import Dispatch
import Foundation
import HDF5File
import Synchronization
import Testing

@Suite(.serialized) struct HDF5FloatsTests {
  let path = fixtures.appendingPathComponent("tables/chunk_dialects.h5").path

  /// Against what `H5Dread` itself gives.
  @Test(arguments: [
    "plain", "unfiltered", "deflate", "shuffle", "sum", "all", "extendible", "big_endian", "double", "early_sum",
    "skipped", "sparse", "scaled",
  ])
  func everyPartOfEveryDialectIsWhatTheLibraryReads(_ name: String) throws {
    let file = try HDF5File(reading: path)
    let expected = try throughLibrary(path, name).map(Float.init)
    #expect(try file.doubles(name) == throughLibrary(path, name))
    let floats = try HDF5Floats(file, name)
    #expect(floats.info.shape == [37, 5] && expected.count == 185)
    if name != "sparse" && name != "scaled" { #expect(expected == (try throughLibrary(path, "plain").map(Float.init))) }
    #expect(try floats.values() == expected)
    #expect(try file.floats(name) == expected)
    var reused: [Float] = [1, 2, 3]
    for (first, count) in [
      ([0, 0], [37, 5]), ([9, 1], [2, 3]), ([36, 4], [1, 1]), ([5, 0], [20, 5]), ([3, 2], [31, 1]),
    ] {
      let part = (0..<count[0]).flatMap { row in
        (0..<count[1]).map { expected[(first[0] + row) * 5 + first[1] + $0] }
      }
      try floats.read(offset: first, count: count, into: &reused)
      #expect(reused == part, "\(name) from \(first) \(count)")
    }
    #expect(try floats.values(offset: [3, 0], count: [0, 5]) == [])
    expectError(.datasetShape, naming: name) { _ = try floats.values(offset: [30, 0], count: [8, 5]) }
  }

  /// Every type that is converted here, at the ends of its range, as float32, float64 and int64.
  @Test func numbersOfEveryTypeAreConvertedAsTheLibraryDoes() throws {
    let path = fixtures.appendingPathComponent("tables/number_dialects.h5").path
    let file = try HDF5File(reading: path)
    let names = try file.members()
    #expect(names.count == 22)
    for name in names {
      #expect(try file.doubles(name).map(\.bitPattern) == throughLibrary(path, name).map(\.bitPattern), "\(name)")
      let floats: [Float] = try throughLibrary(path, name, chdf5_native_float(), 0)
      #expect(try file.floats(name).map(\.bitPattern) == floats.map(\.bitPattern), "\(name)")
      if case .float = try file.info(name).type { continue }
      #expect(try file.integers(name) == throughLibrary(path, name, chdf5_native_int64(), 0), "\(name)")
    }
  }

  /// Values without a place in the file, behind a user block as MATLAB writes, and without one.
  @Test(arguments: [hsize_t(0), 512]) func `values that were never written are what stands for them`(
    userBlock: hsize_t
  ) throws {
    let scratch = try Scratch()
    let path = scratch.path("unwritten.h5")
    let creation = H5Pcreate(chdf5_file_create())
    try #require(H5Pset_userblock(creation, userBlock) >= 0)
    let made = H5Fcreate(path, chdf5_truncate(), creation, chdf5_default())
    let space = H5Screate_simple(1, [700], nil)
    let filled = H5Pcreate(chdf5_dataset_create())
    var seven: Float = 7
    try #require(H5Pset_fill_value(filled, chdf5_ieee_f32le(), &seven) >= 0)
    for (name, list) in [("zero", chdf5_default()), ("seven", filled)] {
      let dataset = H5Dcreate2(made, name, chdf5_ieee_f32le(), space, chdf5_default(), list, chdf5_default())
      try #require(H5Dclose(dataset) >= 0)
    }
    let written = H5Dcreate2(
      made, "written", chdf5_ieee_f32le(), space, chdf5_default(), chdf5_default(), chdf5_default())
    let values = (1...700).map(Float.init)
    let status = H5Dwrite(written, chdf5_native_float(), chdf5_all(), chdf5_all(), chdf5_default(), values)
    try #require(status >= 0)
    let ends = [H5Dclose(written), H5Pclose(filled), H5Sclose(space), H5Fclose(made), H5Pclose(creation)]
    try #require(ends.allSatisfy { $0 >= 0 })
    let file = try HDF5File(reading: path)
    for (name, expected) in [
      ("zero", [Float](repeating: 0, count: 700)), ("seven", [Float](repeating: 7, count: 700)), ("written", values),
    ] {
      #expect(try file.floats(name) == expected, "\(name)")
      #expect(try file.doubles(name, offset: [500], count: [3]) == expected[500..<503].map(Double.init), "\(name)")
    }
  }

  private func throughLibrary(_ path: String, _ name: String) throws -> [Double] {
    try throughLibrary(path, name, chdf5_native_double(), 0)
  }

  /// What `H5Dread` gives of a whole dataset.
  private func throughLibrary<Number: BitwiseCopyable>(
    _ path: String, _ name: String, _ type: hid_t, _ zero: Number
  ) throws -> [Number] {
    let file = H5Fopen(path, chdf5_read_only(), chdf5_default())
    let dataset = H5Dopen2(file, name, chdf5_default())
    let space = H5Dget_space(dataset)
    var numbers = [Number](repeating: zero, count: Int(H5Sget_simple_extent_npoints(space)))
    let status = numbers.withUnsafeMutableBytes {
      H5Dread(dataset, type, chdf5_all(), chdf5_all(), chdf5_default(), $0.baseAddress)
    }
    try #require(status >= 0 && H5Sclose(space) >= 0 && H5Dclose(dataset) >= 0 && H5Fclose(file) >= 0)
    return numbers
  }

  @Test(arguments: [
    HDF5Storage(deflate: 4), HDF5Storage(chunk: [7, 3, 2], deflate: 1, shuffle: true, fletcher32: false),
    HDF5Storage(chunk: [1, 11, 5], fletcher32: true), HDF5Storage(chunk: [30, 1, 5], deflate: 9, shuffle: false),
  ])
  func partsOfThreeAxesAreWhatWasWritten(_ storage: HDF5Storage) throws {
    let scratch = try Scratch()
    let shape = [30, 11, 5]
    let values = (0..<shape.reduce(1, *)).map { Float($0 % 97) * 0.37 }
    let writer = try HDF5Writer(creating: scratch.path("a.h5"))
    try writer.dataset("g/x", values, shape: shape, storage: storage)
    try writer.close()
    let floats = try HDF5Floats(HDF5File(reading: scratch.path("a.h5")), "g/x")
    #expect(try floats.values() == values)
    let (first, count) = ([6, 2, 1], [17, 8, 3])
    var expected: [Float] = []
    for i in 6..<23 { for j in 2..<10 { for k in 1..<4 { expected.append(values[(i * 11 + j) * 5 + k]) } } }
    #expect(try floats.values(offset: first, count: count) == expected)
  }

  @Test func threadsReadOneDatasetAtOnce() throws {
    let scratch = try Scratch()
    let values = (0..<200_000).map { Float($0) * 0.5 }
    let writer = try HDF5Writer(creating: scratch.path("a.h5"))
    try writer.dataset("x", values, shape: [20_000, 10], storage: HDF5Storage(chunk: [300, 10], deflate: 4))
    try writer.close()
    let floats = try HDF5Floats(HDF5File(reading: scratch.path("a.h5")), "x")
    let wrong = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: 40) { i in
      let part = try? floats.values(offset: [i * 500, 0], count: [500, 10])
      if part != Array(values[i * 5000..<(i + 1) * 5000]) { wrong.wrappingAdd(1, ordering: .relaxed) }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
  }

  /// With a checksum damage shows there, without it where the compressed stream no longer makes sense.
  @Test(arguments: [true, false]) func aDamagedCompressedChunkIsRefused(_ fletcher32: Bool) throws {
    let scratch = try Scratch()
    let writer = try HDF5Writer(creating: scratch.path("a.h5"))
    let storage = HDF5Storage(chunk: [500], deflate: 6, shuffle: false, fletcher32: fletcher32)
    try writer.dataset("x", (0..<1000).map { Float($0) }, shape: [1000], storage: storage)
    try writer.close()
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: scratch.path("a.h5"))))
    // A zlib stream of level 6 begins with these two bytes.
    let streams = whole.indices.dropLast().filter {
      whole[$0] == 0x78 && whole[$0 + 1] == 0x5e || whole[$0] == 0x78 && whole[$0 + 1] == 0x9c
    }
    let stream = try #require(streams.last)
    var refused = 0
    for place in [0, 2, 40, 200] {
      var bytes = whole
      bytes[stream + place] ^= 0x55
      let name = "damaged\(place).h5"
      try Data(bytes).write(to: URL(fileURLWithPath: scratch.path(name)))
      let file = try HDF5File(reading: scratch.path(name))
      expectError(.hdf5Corrupt, naming: "x") { _ = try file.floats("x") }
      refused += 1
    }
    #expect(refused == 4)
  }
}
