import CHDF5
import Diagnostics

/// A first reading of everything a file holds, by the calls of libhdf5 with which its values are read later: names,
/// attributes, scales, texts, references and numbers, part by part, nothing kept. Plain numbers (`HDF5PlainData`) are
/// decoded without libhdf5: only the places of their chunks are asked for.
///
/// A file that makes libhdf5 crash, hang or ask for all memory does so here, in a process that may end for it. What it
/// says is wrong is passed over: whoever reads the values says it with the file's name.
public struct HDF5Rehearsal {
  /// Elements of one step.
  private static let step = 1 << 21
  /// What finding a chunk counts as.
  private static let perChunk = 1 << 8

  private let file: HDF5File
  private var items: ArraySlice<HDF5Item>
  /// Parts of the dataset that is being read, last first.
  private var parts: [Part] = []

  private struct Part {
    let info: HDF5DatasetInfo
    let start: [Int]
    let extent: [Int]
  }

  /// Opens a file and lists it.
  ///
  /// - Throws: as `HDF5File`.
  public init(_ path: String) throws {
    file = try HDF5File(reading: path)
    var walk = HDF5File.Walk()
    walk.passesFaults = true
    do { try HDF5Library.locked { [file] in try file.walk("", &walk, above: []) } } catch is EvokeError {}
    items = walk.items[...]
    passing { try attributes(of: "/") }
  }

  /// Reads on for some two million numbers; false when there is nothing more.
  public mutating func advance() -> Bool {
    var count = 0
    while count < Self.step {
      if let part = parts.popLast() {
        passing { count += try numbers(of: part) }
      } else if let item = items.popFirst() {
        count += 1
        passing { try meet(item) }
      } else {
        return false
      }
    }
    return true
  }

  private func passing(_ body: () throws -> Void) {
    do { try body() } catch is EvokeError {} catch { preconditionFailure("\(error)") }
  }

  private mutating func meet(_ item: HDF5Item) throws {
    guard case .dataset(let info) = item else { return try attributes(of: item.path) }
    try HDF5Library.locked {
      // The path was followed when the file was listed.
      let dataset = try file.reachedDataset(info.path)
      let names = try file.attributeNames(of: dataset.id, info.path)
      for name in names { passing { _ = try file.attribute(name, of: dataset.id, info.path) } }
      // To ask a dataset without scales for them takes longer than all else.
      if names.contains("DIMENSION_LIST") {
        passing { _ = try file.scales(of: dataset.id, info.path, axes: info.shape.count) }
      }
      try values(of: dataset.id, info)
    }
  }

  private mutating func values(of dataset: hid_t, _ info: HDF5DatasetInfo) throws {
    switch info.type {
    case .float, .integer, .enumeration:
      let plain = try HDF5PlainData(dataset, info, file)
      if let plain, case .contiguous = plain.place { return }
      guard info.count <= 1 << 16 else {
        parts = divided(info)
        return
      }
      if let plain {
        _ = plain.locate(info.shape.map { _ in 0 }, info.shape)
        return
      }
      // Few numbers are also read as MATLAB's small values, and as other types.
      passing { _ = try file.cell(of: dataset, info.path) }
      let start = info.shape.map { _ in 0 }
      passing { _ = try file.numbers(of: dataset, info, start, info.shape) as [Float] }
      if case .float = info.type { return }
      _ = try file.numbers(of: dataset, info, start, info.shape) as [Int64]
    case .string: _ = try file.strings(info.path)
    case .other("compound"): _ = try file.complexDoubles(info.path)
    case .other("reference"): _ = try file.cells(info.path)
    case .other: _ = try file.cell(of: dataset, info.path)
    }
  }

  private func attributes(of path: String) throws {
    for name in try file.attributeNames(of: path) { passing { _ = try file.attribute(name, of: path) } }
  }

  /// What it counts as.
  private func numbers(of part: Part) throws -> Int {
    try HDF5Library.locked {
      let dataset = try file.reachedDataset(part.info.path)
      if let plain = try HDF5PlainData(dataset.id, part.info, file) {
        return Self.perChunk * plain.locate(part.start, part.extent)
      }
      return (try file.numbers(of: dataset.id, part.info, part.start, part.extent) as [Double]).count
    }
  }

  /// A dataset in parts of bounded size that end where chunks end, so that each chunk is read once.
  private func divided(_ info: HDF5DatasetInfo) -> [Part] {
    guard !info.shape.isEmpty else { return [Part(info: info, start: [], extent: [])] }
    guard !info.shape.contains(0) else { return [] }
    // The last axes grow first: elements that lie side by side.
    var block = info.chunk ?? info.shape.map { _ in 1 }
    for axis in block.indices.reversed() {
      let others = (HDF5Box.count(block) ?? .max) / max(1, block[axis])
      let room = max(1, Self.step / max(1, others))
      block[axis] = min(info.shape[axis], max(block[axis], room / max(1, block[axis]) * block[axis]))
      if block[axis] < info.shape[axis] { break }
    }
    var found: [Part] = []
    HDF5Box.eachChunk(block, start: info.shape.map { _ in 0 }, extent: info.shape) { corner in
      let extent = zip(zip(info.shape, corner), block).map { min($0.0 - $0.1, $1) }
      found.append(Part(info: info, start: corner, extent: extent))
    }
    return found.reversed()
  }
}
