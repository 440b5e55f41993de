import CHDF5
import Diagnostics

extension HDF5Writer {
  /// Writes a float64 dimension scale with its `units` attribute, such as `time_s` in `s`.
  public func scale(_ path: String, _ numbers: [Double], name: String, units: String) throws {
    try dataset(path, numbers, shape: [numbers.count])
    try attribute("units", units, on: path)
    try declareScale(path, name)
  }

  /// Writes a dimension scale of UTF-8 labels.
  public func scale(_ path: String, labels: [String], name: String) throws {
    try dataset(path, texts: labels)
    try declareScale(path, name)
  }

  private func declareScale(_ path: String, _ name: String) throws {
    try guarded {
      try context.check(unsafe H5DSset_scale(opened(path).id, name), path, "making a dimension scale")
    }
  }

  /// Joins a scale to an axis of a dataset; both were written by this writer.
  public func attach(scale: String, to path: String, axis: Int) throws {
    try guarded {
      let scaleID = opened(scale).id
      try context.check(H5DSattach_scale(opened(path).id, scaleID, UInt32(axis)), path, "attaching \(scale)")
      try clearPadding(scaleID, scale)
    }
  }

  /// Rewrites a scale's list of users with its padding zeroed: libhdf5 stores four uninitialised bytes per entry,
  /// and equal files must have equal bytes.
  private func clearPadding(_ scale: hid_t, _ path: String) throws {
    let doing = "attaching"
    let list = try context.own(
      unsafe H5Aopen(scale, "REFERENCE_LIST", chdf5_default()), AttributeKind.self, path, doing)
    let type = try context.own(H5Aget_type(list.id), TypeKind.self, path, doing)
    let space = try context.own(H5Aget_space(list.id), SpaceKind.self, path, doing)
    let width = Int(H5Tget_size(type.id))
    let count = Int(H5Sget_simple_extent_npoints(space.id))
    var used = [Bool](repeating: false, count: width)
    for member in 0..<H5Tget_nmembers(type.id) {
      let field = try context.own(H5Tget_member_type(type.id, UInt32(member)), TypeKind.self, path, doing)
      let start = Int(H5Tget_member_offset(type.id, UInt32(member)))
      for byte in start..<start + Int(H5Tget_size(field.id)) { used[byte] = true }
    }
    var bytes = [UInt8](repeating: 0, count: width * count)
    try context.check(unsafe H5Aread(list.id, type.id, &bytes), path, doing)
    for index in bytes.indices where !used[index % width] { bytes[index] = 0 }
    try context.check(unsafe H5Awrite(list.id, type.id, bytes), path, doing)
  }
}
