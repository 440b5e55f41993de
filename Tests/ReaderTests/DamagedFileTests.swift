import ByteSource
import Diagnostics
import FilterFiles
import Foundation
import Leadfields
import MATLABFile
import NIfTIFile
import NumPyFile
import RecordingFiles
import TensorFiles
import Testing
import ZipArchive

/// Every hand-written reader, a small file of its format, and a way to read all of that.
struct ReaderCase: Sendable, CustomTestStringConvertible {
  let name: String
  let fixture: String
  /// Bytes from the start that describe the rest; the file is cut behind every one of them.
  var header = 512
  /// Files beside it that are read too.
  var companions: [String] = []
  let read: @Sendable (String) throws -> Void

  var testDescription: String { name }

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  static func path(_ fixture: String) -> String { root.appendingPathComponent(fixture).path }

  func bytes() throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: Self.path(fixture)))) }

  /// Reads changed bytes in a folder of their own; the error, where there is one.
  func error(reading bytes: [UInt8], in folder: URL) throws -> (any Error)? {
    let place = folder.appendingPathComponent((fixture as NSString).lastPathComponent)
    try Data(bytes).write(to: place)
    do { try read(place.path) } catch { return error }
    return nil
  }

  private static func tensors(_ file: any WeightsFile) throws {
    for tensor in file.tensors { _ = try file.bytes(of: tensor) }
  }

  static let all: [ReaderCase] = [
    ReaderCase(name: "EDF", fixture: "recording-formats/pyedflib.edf", header: 1_024) { path in
      let file = try EDFFile(reading: path)
      for signal in file.signals {
        _ = try file.values([signal], factors: [1], 0..<file.recordCount * signal.samplesPerRecord)
      }
      _ = try file.timeline()
    },
    ReaderCase(name: "BDF", fixture: "recording-formats/status.bdf", header: 768) { path in
      let file = try EDFFile(reading: path)
      for signal in file.signals { _ = try file.triggers(signal) }
    },
    ReaderCase(
      name: "BrainVision", fixture: "recording-formats/export.vhdr", header: 2_000,
      companions: ["recording-formats/export.eeg", "recording-formats/export.vmrk"]
    ) { path in
      let file = try BrainVisionFile(reading: path)
      _ = try file.values(factors: file.channels.map { _ in 1 }, 0..<file.sampleCount)
    },
    ReaderCase(name: "MATLAB", fixture: "matlab/plain.mat", header: 400) { path in
      let file = try MATLABFile(reading: path)
      for name in file.names { _ = try file.value(name) }
    },
    ReaderCase(name: "MATLAB, compressed", fixture: "matlab/compressed.mat", header: 300) { path in
      let file = try MATLABFile(reading: path)
      for name in file.names { _ = try file.value(name) }
    },
    ReaderCase(name: "NIfTI-1", fixture: "nifti/int16.nii", header: 360) { path in
      try NIfTIFile(reading: path).forEachVolume { _, _ in }
    },
    ReaderCase(name: "NIfTI, compressed", fixture: "nifti/float64-v2-big.nii.gz", header: 200) { path in
      try NIfTIFile(reading: path).forEachVolume { _, _ in }
    },
    ReaderCase(name: "NumPy", fixture: "tables/embedding_c.npy", header: 160) { path in
      let file = try NumPyFile(reading: path)
      _ = try file.floats(offset: file.shape.map { _ in 0 }, count: file.shape)
    },
    ReaderCase(name: "NumPy, Fortran order", fixture: "tables/embedding_fortran_f8.npy", header: 160) { path in
      let file = try NumPyFile(reading: path)
      _ = try file.floats(offset: file.shape.map { _ in 0 }, count: file.shape)
    },
    ReaderCase(name: "safetensors", fixture: "pytorch/views.safetensors", header: 1_400) { path in
      try tensors(TensorFile(path: path))
    },
    ReaderCase(name: "ZIP", fixture: "pytorch/views.pth", header: 200) { path in
      let archive = try ZipArchive(ByteSource(reading: path, truncation: .tensorFileTruncated))
      for name in archive.records.keys.sorted() { _ = try archive.read(name) }
    },
    ReaderCase(name: "PyTorch, ZIP", fixture: "pytorch/views.pth", header: 200) { path in
      try tensors(PyTorchFile(path: path))
    },
    ReaderCase(name: "pickle", fixture: "pytorch/views_stream.pth", header: 1_500) { path in
      try tensors(PyTorchFile(path: path))
    },
    ReaderCase(name: "TensorFlow V1", fixture: "vggish/checkpoint_v1.ckpt", header: 400) { path in
      try tensors(TensorFlowV1File(path: path))
    },
    ReaderCase(
      name: "TensorFlow V2", fixture: "separation/spleeter-tiny/model.index", header: 600,
      companions: ["separation/spleeter-tiny/model.data-00000-of-00001"]
    ) { path in
      let bundle = try TensorBundle(prefix: String(path.dropLast(".index".count)))
      for tensor in bundle.tensors.prefix(3) { _ = try bundle.bytes(of: tensor) }
    },
    ReaderCase(name: "NumPy archive", fixture: "vggish/components/vggish_pca_params.npz", header: 300) { path in
      try tensors(NumPyArchive(path: path))
    },
    ReaderCase(name: "filters in a table", fixture: "cochleogram/few.csv", header: 200) { path in
      _ = try CochlearFilterFile(reading: path)
    },
    ReaderCase(name: "filters in NumPy", fixture: "cochleogram/few_complex.npy", header: 200) { path in
      _ = try CochlearFilterFile(reading: path)
    },
    ReaderCase(name: "FreeSurfer annotation", fixture: "source/lh.tiny.annot", header: 300) { path in
      _ = try AnnotationFile(reading: path)
    },
  ]
}

/// Numbers that look random and are the same in every run (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}

/// Damage gives a value or an `EvokeError`; a trap would end the tests.
@Suite struct DamagedFileTests {
  /// A folder with a reader's companions.
  private func folder(for reader: ReaderCase) throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("evoke-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for companion in reader.companions {
      let name = (companion as NSString).lastPathComponent
      try FileManager.default.copyItem(
        atPath: ReaderCase.path(companion), toPath: folder.appendingPathComponent(name).path)
    }
    return folder
  }

  private func expectValueOrEvokeError(
    _ reader: ReaderCase, _ bytes: [UInt8], _ folder: URL, _ what: @autoclosure () -> String
  ) throws {
    guard let error = try reader.error(reading: bytes, in: folder) else { return }
    guard let error = error as? EvokeError else {
      Issue.record("\(reader.name), \(what()): \(error)")
      return
    }
    #expect(!error.object.isEmpty && !error.reason.isEmpty && !error.remedy.isEmpty, "\(reader.name), \(what())")
  }

  @Test(arguments: ReaderCase.all) func aWholeFileIsReadAndOneCutAnywhereIsAValueOrAnError(_ reader: ReaderCase) throws
  {
    let folder = try folder(for: reader)
    defer { try? FileManager.default.removeItem(at: folder) }
    let bytes = try reader.bytes()
    #expect(try reader.error(reading: bytes, in: folder) == nil)
    let places = Array(0..<min(reader.header, bytes.count)) + stride(from: reader.header, to: bytes.count, by: 97)
    for length in places { try expectValueOrEvokeError(reader, Array(bytes.prefix(length)), folder, "\(length) bytes") }
  }

  @Test(arguments: ReaderCase.all) func flippedBytesAreAValueOrAnError(_ reader: ReaderCase) throws {
    let folder = try folder(for: reader)
    defer { try? FileManager.default.removeItem(at: folder) }
    let bytes = try reader.bytes()
    var numbers = SeededNumbers(seed: 2_026)
    let extremes: [UInt8] = [0, 1, 0x7f, 0x80, 0xff]
    for round in 0..<600 {
      var changed = bytes
      // Two of three in what describes the rest, one to four bytes at a time.
      let end = round % 3 == 0 ? bytes.count : min(reader.header, bytes.count)
      for _ in 0...round % 4 {
        let place = Int.random(in: 0..<end, using: &numbers)
        let isExtreme = Bool.random(using: &numbers)
        changed[place] =
          isExtreme ? extremes[Int.random(in: 0..<5, using: &numbers)] : UInt8.random(in: 0...255, using: &numbers)
      }
      try expectValueOrEvokeError(reader, changed, folder, "round \(round)")
    }
  }
}
