import CHDF5
import Diagnostics

/// An attribute's value: a scalar has one element.
public enum HDF5Attribute: Sendable, Equatable {
  case numbers([Double])
  case texts([String])
  /// References and compounds, such as the dimension-scale lists.
  case other(String)

  /// The only number, if there is just one.
  public var number: Double? { if case .numbers(let all) = self, all.count == 1 { all[0] } else { nil } }
  /// The only text, if there is just one.
  public var text: String? { if case .texts(let all) = self, all.count == 1 { all[0] } else { nil } }
}

extension HDF5File {
  /// The attribute names of a group or dataset (`/` for the file), sorted.
  public func attributeNames(of path: String = "/") throws -> [String] {
    try HDF5Library.locked {
      let object = try open(path, ObjectKind.self) { unsafe H5Oopen(id, path, chdf5_default()) }
      return try attributeNames(of: object.id, path)
    }
  }

  func attributeNames(of object: hid_t, _ path: String) throws -> [String] {
    var info = H5O_info_t()
    try context.check(unsafe H5Oget_info2(object, &info, UInt32(H5O_INFO_NUM_ATTRS)), path, "listing attributes")
    return try (0..<info.num_attrs).map { index in
      let attribute = try context.own(
        unsafe H5Aopen_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, index, chdf5_default(), chdf5_default()),
        AttributeKind.self, path, "listing attributes")
      let length = H5Aget_name(attribute.id, 0, nil)
      try context.check(length, path, "listing attributes")
      var bytes = [CChar](repeating: 0, count: Int(length) + 1)
      try context.check(unsafe H5Aget_name(attribute.id, bytes.count, &bytes), path, "listing attributes")
      return HDF5Text.decode(bytes.dropLast().map { UInt8(bitPattern: $0) })
    }
  }

  /// An attribute of a group or dataset (`/` for the file); nil where there is none of that name.
  public func attribute(_ name: String, of path: String = "/") throws -> HDF5Attribute? {
    try HDF5Library.locked {
      let object = try open(path, ObjectKind.self) { unsafe H5Oopen(id, path, chdf5_default()) }
      return try attribute(name, of: object.id, path)
    }
  }

  func attribute(_ name: String, of object: hid_t, _ path: String) throws -> HDF5Attribute? {
    let present = unsafe H5Aexists(object, name)
    try context.check(present, path, "looking for attribute \(name)")
    guard present > 0 else { return nil }
    let attribute = try context.own(
      unsafe H5Aopen(object, name, chdf5_default()), AttributeKind.self, path, "reading attribute \(name)")
    return try value(of: attribute.id, "\(path)@\(name)")
  }

  private static let mostInAttribute = 1 << 20

  func value(of attribute: hid_t, _ path: String) throws -> HDF5Attribute {
    let type = try context.own(H5Aget_type(attribute), TypeKind.self, path, "reading")
    let space = try context.own(H5Aget_space(attribute), SpaceKind.self, path, "reading")
    let count = try elementCount(try extents(space.id, path), path, most: Self.mostInAttribute)
    let kind = Self.classify(type.id)
    switch kind {
    case .float, .integer, .enumeration:
      var numbers = [Double](repeating: 0, count: count)
      if count > 0 {
        try context.check(unsafe H5Aread(attribute, chdf5_native_double(), &numbers), path, "reading")
      }
      return .numbers(numbers)
    case .string:
      return unsafe .texts(
        try HDF5Text.read(count: count, type: type.id, space: space.id, context, path) {
          unsafe H5Aread(attribute, $0, $1)
        })
    case .other(let name): return .other(name)
    }
  }
}
