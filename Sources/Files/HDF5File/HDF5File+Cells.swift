import CHDF5
import Diagnostics

/// A small value as MATLAB 7.3 keeps it: one element of a cell or of a field of a struct array.
public enum HDF5Cell: Sendable, Equatable {
  /// Characters; MATLAB keeps them as UTF-16 units in whole numbers.
  case text(String)
  /// Numbers in the order of the file.
  case numbers([Double])
  /// `[]`, `''` or a reference that was never set.
  case empty
  /// A struct, a nested cell or another type: what it is.
  case other(String)

  public var text: String? { if case .text(let text) = self { text } else { nil } }
  /// The only number, if there is just one.
  public var number: Double? { if case .numbers(let all) = self, all.count == 1 { all[0] } else { nil } }
}

extension HDF5File {
  /// Values of more elements are arrays, to be read as such.
  private static let cellLimit = 1 << 20

  /// A dataset as one small value.
  ///
  /// - Throws: `datasetMissing`, `datasetType`, `hdf5Corrupt`, `hdf5Failed`.
  public func cell(_ path: String) throws -> HDF5Cell {
    try HDF5Library.locked {
      let dataset = try openDataset(path)
      return try cell(of: dataset.id, path)
    }
  }

  /// What the object references of a dataset lead to, in the order of the file; a dataset without references is its own
  /// only element, as MATLAB writes the fields of a struct that is no array.
  ///
  /// - Throws: as `cell`; also `datasetShape` for a damaged extent.
  public func cells(_ path: String) throws -> [HDF5Cell] {
    try HDF5Library.locked {
      let info = try describe(path)
      let dataset = try openDataset(path)
      guard info.type == .other("reference") else { return [try cell(of: dataset.id, path)] }
      let count = try elementCount(info.shape, path)
      guard count <= Self.cellLimit else { throw wrongType(path, "\(count) references", "at most \(Self.cellLimit)") }
      var references = [hobj_ref_t](repeating: 0, count: count)
      try context.check(
        unsafe H5Dread(
          dataset.id, chdf5_object_reference(), chdf5_all(), chdf5_all(), chdf5_default(), &references),
        path, "reading references")
      return try references.map { reference in
        guard reference != 0 else { return .empty }
        var target = reference
        let object = try context.own(
          unsafe H5Rdereference2(dataset.id, chdf5_default(), H5R_OBJECT, &target), ObjectKind.self, path,
          "following a reference")
        guard H5Iget_type(object.id) == H5I_DATASET else { return .other("group") }
        try refuseElsewhere(object.id, path)
        return try cell(of: object.id, path)
      }
    }
  }

  func cell(of dataset: hid_t, _ path: String) throws -> HDF5Cell {
    let type = try context.own(H5Dget_type(dataset), TypeKind.self, path, "reading the type")
    let info = try describe(dataset, path)
    let count = try elementCount(info.shape, path)
    let kind = info.type
    if try count == 0 || has("MATLAB_empty", dataset, path) { return .empty }
    guard count <= Self.cellLimit else { return .other("\(count) elements of \(kind)") }
    let start = info.shape.map { _ in 0 }
    switch kind {
    case .integer where try isText(dataset, kind, path):
      let units: [Int64] = try numbers(of: dataset, info, start, info.shape)
      return .text(String(decoding: units.map { UInt16(clamping: $0) }, as: UTF16.self))
    case .float, .integer, .enumeration: return .numbers(try numbers(of: dataset, info, start, info.shape))
    case .string:
      let space = try context.own(H5Dget_space(dataset), SpaceKind.self, path, "reading the shape")
      let texts = unsafe try HDF5Text.read(count: count, type: type.id, space: space.id, context, path) {
        unsafe H5Dread(dataset, $0, chdf5_all(), chdf5_all(), chdf5_default(), $1)
      }
      return texts.count == 1 ? .text(texts[0]) : .other("\(texts.count) texts")
    case .other(let name): return .other(name)
    }
  }

  private func has(_ attribute: String, _ dataset: hid_t, _ path: String) throws -> Bool {
    let present = unsafe H5Aexists(dataset, attribute)
    try context.checkMachine(present, path)
    return present > 0
  }

  /// By `MATLAB_class`; without it (files of other programs) whole numbers of two bytes are characters.
  private func isText(_ dataset: hid_t, _ kind: HDF5Type, _ path: String) throws -> Bool {
    guard try has("MATLAB_class", dataset, path) else { return kind == .integer(bytes: 2, signed: false) }
    let attribute = try context.own(
      unsafe H5Aopen(dataset, "MATLAB_class", chdf5_default()), AttributeKind.self, path, "reading the class")
    return try value(of: attribute.id, path).text == "char"
  }
}
