import Diagnostics
import FileSystem
import ForeignHDF5
import HDF5File
import MATLABFile
import NumPyFile

/// An HDF5, MATLAB or NumPy file that holds arrays. Axes of MATLAB 5 stand as MATLAB shows them.
package enum ArrayFile: Sendable {
  case hdf5(HDF5File)
  case matlab(MATLABFile)
  case numpy(NumPyFile)

  private static let suffixes = [".h5", ".hdf5", ".hdf", ".he5", ".nwb", ".nc", ".mat", ".set", ".npy"]

  /// By name, or else by content.
  package static func isArrayFile(_ path: String) -> Bool {
    if suffixes.contains(where: path.lowercased().hasSuffix) { return true }
    let start = Files.head(of: path, count: 8)
    return start == [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a] || start.starts(with: [0x93, 0x4e, 0x55, 0x4d])
  }

  package static func open(_ path: String) throws -> ArrayFile {
    if path.lowercased().hasSuffix(".npy") { return .numpy(try NumPyFile(reading: path)) }
    let head = Files.head(of: path, count: FileKind.headCount)
    if head.starts(with: Array("MATLAB 5.0".utf8)) { return .matlab(try MATLABFile(reading: path)) }
    do { return .hdf5(try ForeignHDF5.open(path)) } catch let error as EvokeError where error.code == .notHDF5 {
      throw explained(error, head)
    }
  }

  /// Says what a file is instead, where its first bytes tell.
  private static func explained(_ error: EvokeError, _ head: [UInt8]) -> EvokeError {
    if let kind = FileKind(head: head) {
      return EvokeError(error.code, error.object, reason: "it is \(kind.name)", remedy: kind.remedy)
    }
    guard FileKind.isText(head) else { return error }
    return EvokeError(
      error.code, error.object, reason: "it is text",
      remedy: "arrays are read from HDF5, .npy and MATLAB files, tables by evoke import annotations|features")
  }

  package var path: String {
    switch self {
    case .hdf5(let file): file.path
    case .matlab(let file): file.path
    case .numpy(let file): file.path
    }
  }

  /// How messages name a dataset of this file.
  package func object(_ dataset: String) -> String { dataset.isEmpty ? path : "\(path):\(dataset)" }

  package func shape(_ dataset: String) throws -> [Int] {
    switch self {
    case .hdf5(let file):
      let info = try file.info(dataset)
      guard info.type.isNumeric else {
        throw EvokeError(
          .datasetType, object(dataset), reason: "it holds \(info.type)", remedy: "name a dataset of numbers")
      }
      return info.shape
    case .matlab(let file):
      // Whole variables say it without being read.
      let whole = file.variables.first { $0.name == dataset && $0.kind.isNumeric && !$0.isComplex }
      return try whole?.dims ?? numbers(file, dataset).dims
    case .numpy(let file): return file.shape
    }
  }

  package func floats(_ dataset: String, offset: [Int], count: [Int]) throws -> [Float] {
    switch self {
    case .hdf5(let file): try file.floats(dataset, offset: offset, count: count)
    case .matlab(let file): try numbers(file, dataset).block(offset: offset, count: count).map(Float.init)
    case .numpy(let file): try file.floats(offset: offset, count: count)
    }
  }

  /// Numbers wider than float32.
  private func isWide(_ dataset: String) throws -> Bool {
    switch self {
    case .hdf5(let file):
      switch try file.info(dataset).type {
      case .float(let bytes): bytes > 4
      case .integer(let bytes, _): bytes > 2
      default: false
      }
    // MATLAB computes in float64.
    case .matlab: true
    case .numpy(let file): file.isWide
    }
  }

  private func doubles(_ dataset: String, offset: [Int], count: [Int]) throws -> [Double] {
    switch self {
    case .hdf5(let file): try file.doubles(dataset, offset: offset, count: count)
    case .matlab(let file): try numbers(file, dataset).block(offset: offset, count: count)
    case .numpy(let file): try file.doubles(offset: offset, count: count)
    }
  }

  /// Values of one piece of axis 0 that is read as float64.
  private static let pieceCount = 1 << 22

  /// A part of a dataset as float32, which has to hold apart what float64 does: along an axis of series each by itself.
  ///
  /// - Throws: `precisionLost`, naming the series by its index from 1.
  package func exactFloats(
    _ dataset: String, offset: [Int], count: [Int], seriesAxis: Int?
  ) throws -> [Float] {
    guard let rows = count.first, rows > 0, try isWide(dataset) else {
      return try floats(dataset, offset: offset, count: count)
    }
    let perRow = count.dropFirst().reduce(1, *)
    // Places from one series to the next, and how many there are; without an axis of series all of it is one.
    let (stride, width) = seriesAxis.map { (count.dropFirst($0 + 1).reduce(1, *), count[$0]) } ?? (1, 1)
    var loss = Float32Loss(seriesCount: width)
    let pieceRows = max(1, Self.pieceCount / max(1, perRow))
    var values: [Float] = []
    values.reserveCapacity(rows * perRow)
    for first in Swift.stride(from: 0, to: rows, by: pieceRows) {
      var (start, part) = (offset, count)
      part[0] = min(pieceRows, rows - first)
      start[0] += first
      for (place, value) in try doubles(dataset, offset: start, count: part).enumerated() {
        values.append(loss.add(value, to: (first * perRow + place) / stride % width))
      }
    }
    try loss.refuse { seriesAxis == nil ? object(dataset) : "\(object(dataset)) series \($0 + 1)" }
    return values
  }

  /// The real numbers of a variable, or of a place in one.
  ///
  /// - Throws: `matlabType`, what reading throws.
  private func numbers(_ file: MATLABFile, _ dataset: String) throws -> MATLABNumbers {
    let numbers = try file.numbers(dataset)
    guard numbers.imaginary == nil else {
      throw EvokeError(
        .matlabType, object(dataset), reason: "its numbers are complex", remedy: "save its real part, or its magnitude")
    }
    return numbers
  }

  /// A dataset and what its path says.
  package struct Found: Sendable {
    package let dataset: String
    package let fields: [String: String]
  }

  /// The datasets `--data` names; without it the only numeric one of two or more elements.
  ///
  /// - Throws: `templateNoMatch`, `dataAmbiguous`, `datasetMissing`, `optionMalformed`.
  package func datasets(_ data: String?) throws -> [Found] {
    let all: [(path: String, shape: [Int])]
    switch self {
    case .numpy: return [Found(dataset: "", fields: [:])]
    case .hdf5(let file):
      all = try file.datasets().filter(\.type.isNumeric).map { (Self.relative($0.path), $0.shape) }
    case .matlab(let file): all = file.variables.filter(\.kind.isNumeric).map { ($0.name, $0.dims) }
    }
    if let data {
      let template = try PathTemplate(Self.relative(data))
      if template.isPlain {
        _ = try shape(data)
        return [Found(dataset: Self.relative(data), fields: [:])]
      }
      let found = all.compactMap { place in
        template.match(place.path).map { Found(dataset: place.path, fields: $0) }
      }
      guard !found.isEmpty else {
        throw EvokeError(
          .templateNoMatch, object(data), reason: "the file's datasets are: \(NearMiss.list(all.map(\.path)))",
          remedy: "compare the template with them")
      }
      return found
    }
    let candidates = all.filter { $0.shape.reduce(1, *) > 1 }
    guard candidates.count == 1 else {
      let names = candidates.map { "\($0.path) \($0.shape)" }
      throw EvokeError(
        .dataAmbiguous, path,
        reason:
          "it holds \(candidates.count) arrays: \(NearMiss.list(names))",
        remedy: "give --data PATH; what varies is written as {subject}, {stimulus}, *")
    }
    return [Found(dataset: candidates[0].path, fields: [:])]
  }

  static func relative(_ path: String) -> String { path.split(separator: "/").joined(separator: "/") }

  /// An attribute looked for on the dataset, then on the groups above it, up to the file.
  package func attribute(_ name: String, near dataset: String) throws -> HDF5Attribute? {
    guard case .hdf5(let file) = self else { return nil }
    var parts = dataset.split(separator: "/").map(String.init)
    while true {
      let here = "/" + parts.joined(separator: "/")
      if file.exists(here), let value = try file.attribute(name, of: here) { return value }
      if parts.isEmpty { return nil }
      parts.removeLast()
    }
  }

  /// Every attribute name on the dataset and above it, for messages: what cannot be listed is left out.
  package func attributeNames(near dataset: String) -> [String] {
    guard case .hdf5(let file) = self else { return [] }
    var names: Set<String> = []
    var parts = dataset.split(separator: "/").map(String.init)
    while true {
      names.formUnion((try? file.attributeNames(of: "/" + parts.joined(separator: "/"))) ?? [])
      if parts.isEmpty { return names.sorted() }
      parts.removeLast()
    }
  }
}

extension MATLABNumbers {
  /// A block of the real parts with the last axis fastest; `offset` and `count` have an entry per extent.
  fileprivate func block(offset: [Int], count: [Int]) -> [Double] {
    precondition(offset.count == dims.count && count.count == dims.count, "a block has the array's axes")
    precondition(zip(dims, zip(offset, count)).allSatisfy { $1.0 >= 0 && $1.0 + $1.1 <= $0 }, "the block is inside")
    let strides = dims.indices.map { dims[..<$0].reduce(1, *) }
    let all = count.reduce(1, *)
    return (0..<all).map { place in
      var (rest, from) = (place, 0)
      for axis in count.indices.reversed() {
        from += (offset[axis] + rest % count[axis]) * strides[axis]
        rest /= count[axis]
      }
      return real[from]
    }
  }
}
