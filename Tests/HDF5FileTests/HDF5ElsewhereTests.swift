import CHDF5
import Diagnostics
import Foundation
import HDF5File
import Testing

/// What a file says of other files is refused by name, and nothing of them is read.
@Suite(.serialized) struct HDF5ElsewhereTests {
  private let scratch: Scratch
  private let path: String

  /// `/own` in the file; `/linked`, `/soft` (by way of a link), `/stored` and `/virtual` elsewhere.
  init() throws {
    scratch = try Scratch()
    path = scratch.path("a.h5")
    let other = scratch.path("other.h5")
    let writer = try HDF5Writer(creating: other)
    try writer.dataset("values", [1, 2, 3, 4] as [Float], shape: [4])
    try writer.close()
    try Data(repeating: 0, count: 16).write(to: URL(fileURLWithPath: scratch.path("other.raw")))
    let own = try HDF5Writer(creating: path)
    try own.dataset("own", [5, 6, 7, 8] as [Float], shape: [4])
    try own.close()
    let file = H5Fopen(path, 1, chdf5_default())
    try #require(file >= 0)
    defer { H5Fclose(file) }
    #expect(H5Lcreate_external(other, "/", file, "linked", chdf5_default(), chdf5_default()) >= 0)
    #expect(H5Lcreate_soft("/linked/values", file, "soft", chdf5_default(), chdf5_default()) >= 0)
    var extents: [hsize_t] = [4]
    let space = H5Screate_simple(1, &extents, nil)
    let external = H5Pcreate(chdf5_dataset_create())
    #expect(H5Pset_external(external, "other.raw", 0, 16) >= 0)
    H5Dclose(H5Dcreate2(file, "stored", chdf5_ieee_f32le(), space, chdf5_default(), external, chdf5_default()))
    let virtual = H5Pcreate(chdf5_dataset_create())
    #expect(H5Pset_virtual(virtual, space, other, "/values", space) >= 0)
    H5Dclose(H5Dcreate2(file, "virtual", chdf5_ieee_f32le(), space, chdf5_default(), virtual, chdf5_default()))
  }

  @Test(arguments: ["linked/values", "soft", "stored", "virtual"]) func otherFilesAreRefusedByName(_ name: String)
    throws
  {
    let file = try HDF5File(reading: path)
    #expect(file.exists(name))
    for read in [
      { _ = try file.floats(name) }, { _ = try file.doubles(name) }, { _ = try file.info(name) },
      { _ = try file.cell(name) }, { _ = try file.scales(of: name) },
    ] {
      // A link inside the file that leads to one out of it: the second is named.
      let place = name == "soft" ? "linked" : name.split(separator: "/")[0].description
      expectError(.contentElsewhere, naming: place) { try read() }
    }
    #expect(try file.floats("own") == [5, 6, 7, 8])
  }

  @Test func aListingSaysThatSomeOfItLiesElsewhere() throws {
    let file = try HDF5File(reading: path)
    expectError(.contentElsewhere, naming: "linked") { _ = try file.tree() }
    #expect(try file.members() == ["linked", "own", "soft", "stored", "virtual"])
  }

  @Test func theNameOfTheOtherFileIsSaid() throws {
    let file = try HDF5File(reading: path)
    for (name, other) in [("linked/values", "other.h5"), ("stored", "other.raw")] {
      let error = #expect(throws: EvokeError.self) { try file.floats(name) }
      #expect(error?.reason.contains(other) == true, "\(name)")
    }
  }

  @Test func groupsInGroupsHaveADepth() throws {
    let deep = scratch.path("deep.h5")
    let file = H5Fcreate(deep, chdf5_truncate(), chdf5_default(), chdf5_default())
    var group = file
    for _ in 0..<3_000 {
      let next = H5Gcreate2(group, "g", chdf5_default(), chdf5_default(), chdf5_default())
      if group != file { H5Gclose(group) }
      group = next
    }
    H5Gclose(group)
    H5Fclose(file)
    let error = #expect(throws: EvokeError.self) { try HDF5File(reading: deep).tree() }
    #expect(error?.code == .tooDeep)
  }

  /// Two links to each group of thirty: a billion paths.
  @Test func groupsUnderManyPathsAreCounted() throws {
    let wide = scratch.path("wide.h5")
    let file = H5Fcreate(wide, chdf5_truncate(), chdf5_default(), chdf5_default())
    var path = ""
    for _ in 0..<30 {
      H5Gclose(H5Gcreate2(file, path + "/a", chdf5_default(), chdf5_default(), chdf5_default()))
      #expect(H5Lcreate_hard(file, path + "/a", file, path + "/b", chdf5_default(), chdf5_default()) >= 0)
      path += "/a"
    }
    H5Fclose(file)
    let error = #expect(throws: EvokeError.self) { try HDF5File(reading: wide).tree() }
    #expect(error?.code == .tooDeep)
  }

  /// A dataset of a terabyte of which nothing was written.
  @Test func shapesThatNothingFillsNeedNoMemory() throws {
    let huge = scratch.path("huge.h5")
    let file = H5Fcreate(huge, chdf5_truncate(), chdf5_default(), chdf5_default())
    for (name, shape) in [("a", [1 << 31, 4]), ("b", [1 << 40, 1 << 40])] {
      var extents = shape.map { hsize_t($0) }
      let space = H5Screate_simple(2, &extents, nil)
      let creation = H5Pcreate(chdf5_dataset_create())
      var chunk: [hsize_t] = [64, 4]
      #expect(H5Pset_chunk(creation, 2, &chunk) >= 0)
      H5Dclose(H5Dcreate2(file, name, chdf5_ieee_f64le(), space, chdf5_default(), creation, chdf5_default()))
    }
    H5Fclose(file)
    let opened = try HDF5File(reading: huge)
    #expect(try opened.datasets().map(\.count) == [1 << 33, .max])
    expectError(.datasetShape, naming: "a") { _ = try opened.doubles("a") }
    expectError(.datasetShape, naming: "b") { _ = try opened.floats("b") }
  }
}
