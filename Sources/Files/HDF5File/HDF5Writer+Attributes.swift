import CHDF5
import Diagnostics

extension HDF5Writer {
  /// A text attribute (variable-length UTF-8) of a group or dataset; `/` is the file.
  public func attribute(_ name: String, _ text: String, on path: String = "/") throws {
    try attribute(name, texts: [text], scalar: true, path)
  }
  /// A list of texts.
  public func attribute(_ name: String, _ texts: [String], on path: String = "/") throws {
    try attribute(name, texts: texts, scalar: false, path)
  }
  /// A float64 attribute.
  public func attribute(_ name: String, _ number: Double, on path: String = "/") throws {
    try attribute(
      name, [number], scalar: true, fileType: chdf5_ieee_f64le(), memoryType: chdf5_native_double(), path: path)
  }
  /// A list of float64.
  public func attribute(_ name: String, _ numbers: [Double], on path: String = "/") throws {
    try attribute(
      name, numbers, scalar: false, fileType: chdf5_ieee_f64le(), memoryType: chdf5_native_double(), path: path)
  }
  /// An int64 attribute.
  public func attribute(_ name: String, _ number: Int, on path: String = "/") throws {
    try attribute(
      name, [Int64(number)], scalar: true, fileType: chdf5_std_i64le(), memoryType: chdf5_native_int64(), path: path)
  }

  private func attribute<Element>(
    _ name: String, _ values: [Element], scalar: Bool, fileType: hid_t, memoryType: hid_t, path: String
  ) throws {
    try guarded {
      try withAttribute(name, count: scalar ? nil : values.count, fileType, path) { id in
        unsafe values.withUnsafeBytes { unsafe H5Awrite(id, memoryType, $0.baseAddress) }
      }
    }
  }

  private func attribute(_ name: String, texts: [String], scalar: Bool, _ path: String) throws {
    try refuseZeroBytes(texts, "\(path)@\(name)")
    try guarded {
      let type = try HDF5Text.variableType(context, path)
      try withAttribute(name, count: scalar ? nil : texts.count, type.id, path) { id in
        unsafe HDF5Text.withCStrings(texts) { unsafe H5Awrite(id, type.id, $0) }
      }
    }
  }

  private func withAttribute(
    _ name: String, count: Int?, _ fileType: hid_t, _ path: String, _ write: (hid_t) -> herr_t
  ) throws {
    let doing = "writing attribute \(name)"
    let object = try context.own(unsafe H5Oopen(storage.id, path, chdf5_default()), ObjectKind.self, path, doing)
    let space = try context.own(
      count.map { unsafe H5Screate_simple(1, [hsize_t($0)], nil) } ?? H5Screate(H5S_SCALAR), SpaceKind.self, path, doing
    )
    let attribute = try context.own(
      unsafe H5Acreate2(object.id, name, fileType, space.id, chdf5_default(), chdf5_default()), AttributeKind.self,
      path, doing)
    if count != 0 { try context.check(write(attribute.id), path, doing) }
    guard attribute.close() else { throw context.failure(path, doing) }
  }
}
