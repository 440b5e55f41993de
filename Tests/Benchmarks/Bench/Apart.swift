import ForeignHDF5
import Foundation
import HDF5File
import MediaDecoding
import MediaLibraries

/// What it costs that third-party parsers run in a process of their own: the same work here and there, in turns.
private func apart(_ workload: String, here: () throws -> Double, there: () throws -> Double) throws {
  var (near, far) = (Timing(), Timing())
  var (sum, other) = (try here(), try there())
  for _ in 0..<runs {
    sum = try near.once(here)
    other = try far.once(there)
  }
  precondition(sum == other, "the same numbers on both sides")
  let ratio = Timing.median(far.wall) / Timing.median(near.wall)
  near.report(workload + " here", ["sum": sum])
  far.report(workload + " apart", ["sum": other, "ratio": ratio])
}

/// What all files sum to, each decoded to the end: of a decoder, a number of each of its blocks.
private func total<Decoder>(
  _ files: [String], _ open: (String) throws -> Decoder, _ next: (Decoder) throws -> Double?
) rethrows -> Double {
  var total = 0.0
  for path in files {
    let decoder = try open(path)
    while let number = try next(decoder) { total += number }
  }
  return total
}

/// Sound and picture of each file, decoded to the end.
func decoding(_ files: [String]) throws {
  func sum(_ block: AudioBlock) -> Double { Double(block.channels[0][0]) + Double(block.count) }
  try apart("sound of \(files.count) files") {
    try total(files, { try SoundDecoding(path: $0) }, { try $0.next().map(sum) })
  } there: {
    try total(files, { try AudioDecoder(path: $0) }, { try $0.next().map(sum) })
  }
  let films = try files.filter { try probeMedia($0).chosenVideo != nil }
  guard !films.isEmpty else { return }
  func sum(_ frame: VideoFrame) -> Double { frame.seconds + Double(frame.rgb[0]) }
  try apart("picture of \(films.count) files") {
    try total(films, { try PictureDecoding(path: $0, width: 320, threads: threads) }, { try $0.next().map(sum) })
  } there: {
    try total(films, { try VideoDecoder(path: $0, width: 320, threads: threads) }, { try $0.next().map(sum) })
  }
}

/// Every number of an HDF5 file as float32, with and without the first reading in the other process.
func foreignHDF5(_ path: String) throws {
  func read(_ file: HDF5File) throws -> Double {
    try file.datasets().filter(\.type.isNumeric).reduce(0) { total, info in
      let floats = try HDF5Floats(file, info.path)
      let rows = info.shape.first ?? 1
      let step = max(1, (1 << 22) / max(1, info.count / max(1, rows)))
      var total = total
      for first in stride(from: 0, to: rows, by: step) {
        let count = [min(step, rows - first)] + info.shape.dropFirst()
        let values = try floats.values(offset: [first] + info.shape.dropFirst().map { _ in 0 }, count: count)
        total += Double(values[0]) + Double(values.count)
      }
      return total
    }
  }
  // A file is read there once while it stays as it is: each turn has a name of its own for it.
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  var turn = 0
  try apart("HDF5 \((path as NSString).lastPathComponent)") {
    try read(HDF5File(reading: path))
  } there: {
    turn += 1
    let name = "\(folder)/\(turn).h5"
    try FileManager.default.createSymbolicLink(atPath: name, withDestinationPath: URL(fileURLWithPath: path).path)
    return try read(ForeignHDF5.open(name))
  }
}
