import Diagnostics
import Foundation
import MATLABFile
import Testing

private func fixture(_ name: String) -> String {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/matlab/\(name)").path
}

/// A changed copy of a fixture that is removed with the value.
private final class Copy {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("evoke-\(UUID().uuidString).mat").path

  init(of name: String, _ change: (inout [UInt8]) -> Void) throws {
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: fixture(name))))
    change(&bytes)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

private func code(_ body: () throws -> Void) -> String? {
  do { try body() } catch { return (error as? EvokeError)?.code.id }
  return nil
}

@Suite struct MATLABFileTests {
  @Test("The variables of a file are listed with class and extents", arguments: ["plain.mat", "compressed.mat"])
  func listing(name: String) throws {
    let file = try MATLABFile(reading: fixture(name))
    #expect(
      file.names == [
        "matrix", "cube", "single", "bytes", "shorts", "longs", "flags", "complexes", "empty", "scalar", "text",
        "letters", "trials", "sparse", "EEG",
      ])
    func variable(_ name: String) -> MATLABVariable? { file.variables.first { $0.name == name } }
    #expect(variable("cube")?.dims == [2, 3, 4] && variable("cube")?.kind == .double)
    #expect(variable("flags")?.kind == .logical)
    #expect(variable("complexes")?.isComplex == true)
    #expect(variable("sparse")?.isSparse == true)
    #expect(variable("EEG")?.kind == .structure)
  }

  @Test("Numbers of every class come out exactly, column-major", arguments: ["plain.mat", "compressed.mat"])
  func numbers(name: String) throws {
    let file = try MATLABFile(reading: fixture(name))
    #expect(try file.numbers("matrix").real == [0.5, 3.5, 1.5, 4.5, 2.5, 5.5])
    #expect(try file.numbers("matrix").rowMajor == [0.5, 1.5, 2.5, 3.5, 4.5, 5.5])
    #expect(try file.numbers("cube").rowMajor == (0..<24).map(Double.init))
    #expect(try file.numbers("single").real == [Double(Float(0.1)), 3, -0.25, 4])
    #expect(try file.numbers("bytes").real == [0, 7, 255, 9])
    #expect(try file.numbers("shorts").real == [-32768, 32767])
    #expect(try file.numbers("longs").real == [-0x1p53, 0x1p53])
    #expect(try file.numbers("flags").real == [1, 0, 1])
    let complexes = try file.numbers("complexes")
    #expect(complexes.real == [1, 0, 3, -1.5] && complexes.imaginary == [2, 0, -4, 0.25])
    #expect(try file.numbers("empty").dims == [0, 3])
    #expect(try file.numbers("scalar").real == [3.25])
    #expect(try file.numbers("sparse").rowMajor == [0, 2.5, 0, 0, 0, -1])
  }

  @Test("Text, cells and structs are read with everything in them", arguments: ["plain.mat", "compressed.mat"])
  func containers(name: String) throws {
    let file = try MATLABFile(reading: fixture(name))
    #expect(try file.value("text").text == "Grüße, 日本")
    #expect(try file.value("letters") == .text(["abc", "de "]))
    #expect(try file.value("letters").texts == ["abc", "de"])
    #expect(try file.numbers("trials{1}").real == [0, 1, 2])
    #expect(try file.value(at: "trials{2}").text == "two")
    #expect(try file.numbers("trials{3}").dims == [0, 0])
    #expect(try file.numbers("EEG.srate").real == [200])
    // Channels x time as stored is time x channels, row-major.
    #expect(try file.numbers("EEG.data").real == [0, 4, 1, 5, 2, 6, 3, 7])
    #expect(try file.value(at: "EEG.chanlocs(2).labels").text == "Cz")
    #expect(try file.value("EEG")["setname"]?.text == "demo")
  }

  @Test("Variables may be called as MATLAB calls none", arguments: [1, 2, 80])
  func numbered(_ clip: Int) throws {
    let file = try MATLABFile(reading: fixture("numbered.mat"))
    #expect(file.names == ["1", "2", "80"])
    #expect(try file.numbers("\(clip)").rowMajor == (0..<10).map { Double(10 * clip + $0) })
    #expect(code { _ = try file.value(at: "3") } == "E-MAT-005")
  }

  @Test("A name, field or element that is not there is named with what is")
  func missing() throws {
    let file = try MATLABFile(reading: fixture("plain.mat"))
    for path in ["nothing", "EEG.nothing", "trials{4}", "trials{0}", "EEG..data", "matrix.a", "EEG.chanlocs.labels"] {
      #expect(code { _ = try file.value(at: path) } == "E-MAT-005", "\(path)")
    }
    #expect(code { _ = try file.numbers("text") } == "E-MAT-006")
    let wide = try MATLABFile(reading: fixture("beyond.mat"))
    #expect(code { _ = try wide.numbers("wide") } == "E-MAT-006")
  }

  @Test("A flipped byte of compressed values is found by the checksum, wherever it stands")
  func damage() throws {
    let size = try Data(contentsOf: URL(fileURLWithPath: fixture("compressed.mat"))).count
    let whole = try MATLABFile(reading: fixture("compressed.mat"))
    let values = try whole.names.map { try whole.value($0) }
    for position in stride(from: 128, to: size, by: 37) {
      let copy = try Copy(of: "compressed.mat") { $0[position] ^= 0x10 }
      let found = code {
        let file = try MATLABFile(reading: copy.path)
        // A name that changed with the byte is damage too: the checksum covers it.
        let read = try file.names.map { try file.value($0) }
        // The two bytes before a zlib stream hold its window size and a check of it, no data.
        #expect(read == values, "byte \(position)")
      }
      #expect(found != nil, "byte \(position)")
    }
  }

  @Test("A file cut short, of another version or of another kind is refused")
  func refused() throws {
    let cut = try Copy(of: "compressed.mat") { $0.removeLast(20) }
    #expect(code { _ = try MATLABFile(reading: cut.path) } == "E-MAT-003")
    let header = try Copy(of: "plain.mat") { $0.removeLast($0.count - 60) }
    #expect(code { _ = try MATLABFile(reading: header.path) } == "E-MAT-003")
    let newer = try Copy(of: "plain.mat") { $0[125] = 2 }
    #expect(code { _ = try MATLABFile(reading: newer.path) } == "E-MAT-002")
    let empty = try Copy(of: "plain.mat") { $0 = [] }
    #expect(code { _ = try MATLABFile(reading: empty.path) } == "E-MAT-001")
    let text = try Copy(of: "plain.mat") { $0 = Array("time,valence\n0,1\n".utf8) }
    #expect(code { _ = try MATLABFile(reading: text.path) } == "E-MAT-001")
    #expect(code { _ = try MATLABFile(reading: fixture("no_such.mat")) } == "E-FIL-001")
    #expect(code { _ = try MATLABFile(reading: "/tmp") } == "E-FIL-002")
  }

  @Test("Damage in the tags of plain files gives an error or the same values, never a crash")
  func damagedTags() throws {
    let size = try Data(contentsOf: URL(fileURLWithPath: fixture("plain.mat"))).count
    for position in stride(from: 128, to: size, by: 11) {
      let copy = try Copy(of: "plain.mat") { $0[position] ^= 0xFF }
      _ = code {
        let file = try MATLABFile(reading: copy.path)
        for name in file.names { _ = try? file.value(name) }
      }
    }
  }
}
