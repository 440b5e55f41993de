import CHDF5
import Diagnostics

extension HDF5File {
  /// The path of the first dimension scale attached to each axis of a dataset; nil where an axis has none.
  public func scales(of path: String) throws -> [String?] {
    try HDF5Library.locked {
      let dataset = try openDataset(path)
      return try scales(of: dataset.id, path, axes: describe(dataset.id, path).shape.count)
    }
  }

  func scales(of dataset: hid_t, _ path: String, axes: Int) throws -> [String?] {
    try (0..<axes).map { axis in
      let count = H5DSget_num_scales(dataset, UInt32(axis))
      try context.checkMachine(count, path)
      guard count > 0 else { return nil }
      return try firstScale(dataset, axis, path)
    }
  }

  private func firstScale(_ dataset: hid_t, _ axis: Int, _ path: String) throws -> String? {
    final class Found { var path: String? }
    let found = Found()
    let status = withExtendedLifetime(found) {
      unsafe H5DSiterate_scales(
        dataset, UInt32(axis), nil,
        { _, _, scale, context in
          guard let context = unsafe context else { return -1 }
          let length = H5Iget_name(scale, nil, 0)
          guard length > 0 else { return 1 }
          var bytes = [CChar](repeating: 0, count: Int(length) + 1)
          guard unsafe H5Iget_name(scale, &bytes, bytes.count) > 0 else { return -1 }
          let name = HDF5Text.decode(bytes.dropLast().map { UInt8(bitPattern: $0) })
          unsafe Unmanaged<Found>.fromOpaque(context).takeUnretainedValue().path = name
          return 1
        }, Unmanaged.passUnretained(found).toOpaque())
    }
    try context.check(status, path, "reading the scale of axis \(axis)")
    return found.path
  }
}
