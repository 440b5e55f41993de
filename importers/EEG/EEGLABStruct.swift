import Diagnostics
import HDF5File
import MATLABFile

/// The struct `EEG`, or its fields at the root, as either version of MATLAB files keeps it.
protocol EEGLABStruct: Sendable {
  /// The path of the `.set`.
  var path: String { get }
  func has(_ field: String) -> Bool
  /// A field that is no array.
  func cell(_ field: String) throws -> HDF5Cell
  /// A field of each element of a struct array, written `chanlocs/labels`.
  func cells(_ field: String) throws -> [HDF5Cell]
  /// The field `data`.
  func samples() throws -> EEGLABSamples
}

/// What `data` holds.
enum EEGLABSamples {
  /// The name of a `.fdt` file.
  case file(String)
  /// Samples [time, channel], or [epoch, time, channel].
  case inside(shape: [Int], read: @Sendable (_ offset: [Int], _ count: [Int]) throws -> [Float])
  /// What it is instead.
  case other(String)
}

extension EEGLABStruct {
  fileprivate var isEEG: Bool { ["data", "srate", "nbchan", "pnts"].allSatisfy(has) }
}

/// In MATLAB 7.3 (HDF5): fields are datasets, struct arrays datasets of references.
struct EEGLABInHDF5: EEGLABStruct {
  let file: HDF5File
  /// `EEG/`, or nothing where the fields stand at the root.
  private var root = "EEG/"

  var path: String { file.path }

  init?(_ file: HDF5File) {
    self.file = file
    if isEEG { return }
    root = ""
    guard isEEG else { return nil }
  }

  func has(_ field: String) -> Bool { file.exists(root + field) }
  func cell(_ field: String) throws -> HDF5Cell { try file.cell(root + field) }
  func cells(_ field: String) throws -> [HDF5Cell] { try file.cells(root + field) }

  func samples() throws -> EEGLABSamples {
    let (file, path) = (file, root + "data")
    let info = try file.info(path)
    if try isText(info, path), let name = try file.cell(path).text { return .file(name) }
    guard info.type.isNumeric else { return .other("\(info.type)") }
    return .inside(shape: info.shape) { try file.floats(path, offset: $0, count: $1) }
  }

  private func isText(_ info: HDF5DatasetInfo, _ path: String) throws -> Bool {
    if case .string = info.type { return true }
    return try file.attribute("MATLAB_class", of: path)?.text == "char"
  }
}

/// In MATLAB 5, as EEGLAB saves unless told: the samples are read again when they are asked for, the rest is kept.
struct EEGLABInMATLAB5: EEGLABStruct {
  let file: MATLABFile
  private var fields: [String: MATLABValue] = [:]
  private var data: Samples?
  private let cache: SampleCache

  private struct Samples {
    let name: String
    let dims: [Int]
    let isComplex: Bool
  }

  var path: String { file.path }

  /// - Throws: as `MATLABFile.value`.
  init?(_ file: MATLABFile, _ cache: SampleCache) throws {
    (self.file, self.cache) = (file, cache)
    if file.names.contains("EEG") {
      let value = try file.value("EEG")
      guard case .structure(_, _, let elements) = value, elements.count == 1 else { return nil }
      fields = elements[0]
    } else {
      guard ["data", "srate", "nbchan", "pnts"].allSatisfy(file.names.contains) else { return nil }
      for variable in file.variables {
        if variable.name == "data", variable.kind.isNumeric {
          data = Samples(name: "data", dims: variable.dims, isComplex: variable.isComplex)
        } else {
          fields[variable.name] = try file.value(variable.name)
        }
      }
    }
    if case .numbers(let numbers)? = fields["data"] {
      fields["data"] = nil
      data = Samples(name: "EEG.data", dims: numbers.dims, isComplex: numbers.imaginary != nil)
      _ = try cache.values(key) { numbers.real.map(Float.init) }
    }
    guard isEEG else { return nil }
  }

  private var key: String { "\(path):data" }

  func has(_ field: String) -> Bool {
    let parts = field.split(separator: "/").map(String.init)
    guard let value = fields[parts[0]] else { return field == "data" && data != nil }
    guard parts.count == 2 else { return true }
    guard case .structure(_, let names, let elements) = value else { return false }
    return names.contains(parts[1]) && !elements.isEmpty
  }

  func cell(_ field: String) throws -> HDF5Cell { fields[field].map(Self.cell) ?? .empty }

  func cells(_ field: String) throws -> [HDF5Cell] {
    let parts = field.split(separator: "/").map(String.init)
    guard parts.count == 2, case .structure(_, _, let elements)? = fields[parts[0]] else { return [] }
    return elements.map { $0[parts[1]].map(Self.cell) ?? .empty }
  }

  private static func cell(_ value: MATLABValue) -> HDF5Cell {
    switch value {
    case .text(let rows) where rows.count < 2: rows.first.map { $0.isEmpty ? .empty : .text($0) } ?? .empty
    case .numbers(let numbers): numbers.real.isEmpty ? .empty : .numbers(numbers.real)
    case .cell(_, let elements) where elements.count == 1: cell(elements[0])
    default: .other(value.description)
    }
  }

  func samples() throws -> EEGLABSamples {
    guard let data else {
      if let name = fields["data"]?.text, !name.isEmpty { return .file(name) }
      return .other(fields["data"]?.description ?? "nothing")
    }
    guard !data.isComplex else { return .other("complex numbers") }
    // Column-major [channel, time, epoch] is [epoch, time, channel] as it stands.
    let shape = Array(data.dims.reversed())
    let (file, cache, key) = (file, cache, key)
    return .inside(shape: shape) { offset, count in
      let all = try cache.values(key) { try file.numbers(data.name).real.map(Float.init) }
      // Only the first axes are narrowed: the part is one piece.
      let rest = zip(shape.dropFirst(), count.dropFirst())
      precondition(count.count == shape.count && (rest.allSatisfy { $0 == $1 } || count[0] == 1))
      let start = zip(shape, offset).reduce(0) { $0 * $1.0 + $1.1 }
      return Array(all[start..<start + count.reduce(1, *)])
    }
  }
}
