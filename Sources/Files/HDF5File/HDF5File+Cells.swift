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
    let space = try context.own(H5Dget_space(dataset), SpaceKind.self, path, "reading the shape")
    let count = try elementCount(try extents(space.id, path), path)
    let kind = Self.classify(type.id)
    let isEmpty = unsafe H5Aexists(dataset, "MATLAB_empty") > 0
    if count == 0 || isEmpty { return .empty }
    guard count <= Self.cellLimit else { return .other("\(count) elements of \(kind)") }
    switch kind {
    case .integer where try isText(dataset, kind, path):
      var units = [UInt16](repeating: 0, count: count)
      try context.check(
        unsafe H5Dread(dataset, chdf5_native_uint16(), chdf5_all(), chdf5_all(), chdf5_default(), &units), path,
        "reading a text")
      return .text(String(decoding: units, as: UTF16.self))
    case .float, .integer, .enumeration:
      var numbers = [Double](repeating: 0, count: count)
      try context.check(
        unsafe H5Dread(dataset, chdf5_native_double(), chdf5_all(), chdf5_all(), chdf5_default(), &numbers), path,
        "reading")
      return .numbers(numbers)
    case .string:
      let texts = unsafe try HDF5Text.read(count: count, type: type.id, space: space.id, context, path) {
        unsafe H5Dread(dataset, $0, chdf5_all(), chdf5_all(), chdf5_default(), $1)
      }
      return texts.count == 1 ? .text(texts[0]) : .other("\(texts.count) texts")
    case .other(let name): return .other(name)
    }
  }

  /// By `MATLAB_class`; without it (files of other programs) whole numbers of two bytes are characters.
  private func isText(_ dataset: hid_t, _ kind: HDF5Type, _ path: String) throws -> Bool {
    guard unsafe H5Aexists(dataset, "MATLAB_class") > 0 else { return kind == .integer(bytes: 2, signed: false) }
    let attribute = try context.own(
      unsafe H5Aopen(dataset, "MATLAB_class", chdf5_default()), AttributeKind.self, path, "reading the class")
    return try value(of: attribute.id, path).text == "char"
  }
}
