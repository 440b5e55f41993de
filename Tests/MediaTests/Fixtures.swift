import Diagnostics
import Foundation
import MediaDecoding
import SignalProcessing

/// A file of the fixtures, relative to this source file.
func fixture(_ name: String, _ folder: String = "media") -> String {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/\(folder)/\(name)").path
}

/// Gives a temporary file with this content and name, and removes it.
func withTemporaryFile<R>(_ name: String, _ content: Data, _ body: (String) throws -> R) throws -> R {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("evoke-media-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let file = folder.appendingPathComponent(name)
  try content.write(to: file)
  return try body(file.path)
}

func content(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: fixture(name))) }

/// The code of the error a body throws; nil if it throws none.
func code(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch let error as EvokeError {
    return error.code.id
  } catch {
    return "\(error)"
  }
}

/// The whole decoded sound: mono samples and the decoder that gave them.
func decodeAll(_ path: String, stream: Int? = nil) throws -> (mono: [Float], decoder: AudioDecoder) {
  let decoder = try AudioDecoder(path: path, stream: stream)
  var mono: [Float] = []
  while let block = try decoder.nextMono() { mono += block }
  return (mono, decoder)
}

func readAll(_ source: some SampleSource, step: Int = 10_000) throws -> [Float] {
  var samples: [Float] = []
  var start = 0
  while start < source.sampleCount {
    let end = min(source.sampleCount, start + step)
    samples += try source.samples(start..<end)
    start = end
  }
  return samples
}

/// Root mean square.
func rms(_ x: [Float]) -> Double {
  x.isEmpty ? 0 : (x.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(x.count)).squareRoot()
}
