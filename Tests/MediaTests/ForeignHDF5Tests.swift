import Diagnostics
import ForeignHDF5
import Foundation
import HDF5File
import Testing

/// Every HDF5 file of the fixtures.
private let files: [String] = {
  let folder = fixture("", "") + "/"
  let all = FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []
  return all.filter { ["h5", "hdf5", "nwb"].contains(($0 as NSString).pathExtension) }.map { folder + $0 }.sorted()
}()

@Suite struct ForeignHDF5Tests {
  /// Everything a file says, as text.
  private func said(_ file: HDF5File) -> String {
    var lines: [String] = []
    func add(_ path: String, _ body: () throws -> Any) {
      do { lines.append("\(path) \(try body())") } catch let error as EvokeError {
        lines.append("\(path) \(error.code.id)")
      } catch { lines.append("\(path) \(error)") }
    }
    let tree: [HDF5Item]
    do { tree = try file.tree() } catch { return "\(error)" }
    for item in tree {
      add(item.path) {
        try file.attributeNames(of: item.path).map { "\($0) \(try file.attribute($0, of: item.path) as Any)" }
      }
      guard case .dataset(let info) = item else { continue }
      add(info.path) { try file.doubles(info.path).prefix(8) }
      add(info.path) { try file.strings(info.path).prefix(8) }
      add(info.path) { try file.cells(info.path).prefix(8) }
    }
    return lines.joined(separator: "\n")
  }

  @Test(arguments: files)
  func `what comes through the first reading is read as ever`(path: String) throws {
    #expect(said(try ForeignHDF5.open(path)) == said(try HDF5File(reading: path)))
  }

  @Test func `a file that libhdf5 does not survive is refused by name`() throws {
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: fixture("tiny.h5", "openl3"))))
    // A message of an object's header, overwritten.
    let wrong: [UInt8] = [
      0xbc, 0x63, 0x30, 0xed, 0xa9, 0x82, 0xbe, 0x7a, 0xb9, 0x11, 0x52, 0xd3, 0x1d, 0xc5, 0x05, 0xaa,
    ]
    bytes.replaceSubrange(2_072..<2_088, with: wrong)
    try withTemporaryFile("crafted.h5", Data(bytes)) { path in
      let error = #expect(throws: EvokeError.self) { _ = try ForeignHDF5.open(path) }
      #expect(error?.code == .hdf5Broke && error?.object == path, "\(error as Any)")
    }
    #expect(try ForeignHDF5.open(fixture("tiny.h5", "openl3")).members().isEmpty == false)
  }

  @Test func `what is no HDF5 file is said to be none`() throws {
    try withTemporaryFile("text.h5", Data("time,value\n".utf8)) { path in
      #expect(code { _ = try ForeignHDF5.open(path) } == "E-FIL-003")
    }
    #expect(code { _ = try ForeignHDF5.open("/nowhere/a.h5") } == "E-FIL-001")
  }

  @Test func `a file is read whole again when it has changed`() throws {
    let good = try Data(contentsOf: URL(fileURLWithPath: fixture("few_rows.h5", "cochleogram")))
    try withTemporaryFile("a.h5", good) { path in
      _ = try ForeignHDF5.open(path)
      try Data("no longer".utf8).write(to: URL(fileURLWithPath: path))
      #expect(code { _ = try ForeignHDF5.open(path) } == "E-FIL-003")
    }
  }
}
