import CHDF5
import Diagnostics

extension HDF5File {
  /// A dataset of complex numbers: a compound of two floating-point members, the real part first, as MATLAB 7.3 (`real`,
  /// `imag`) and h5py (`r`, `i`) write them.
  ///
  /// - Returns: shape and parts, row-major.
  /// - Throws: `datasetMissing`, `datasetType`, `hdf5Corrupt`, `hdf5Failed`.
  public func complexDoubles(_ path: String) throws -> (shape: [Int], real: [Double], imaginary: [Double]) {
    try HDF5Library.locked {
      let info = try describe(path)
      guard info.type == .other("compound") else { throw wrongType(path, info.type.description, "complex numbers") }
      let dataset = try openDataset(path)
      let type = try context.own(H5Dget_type(dataset.id), TypeKind.self, path, "reading the type")
      guard H5Tget_nmembers(type.id) == 2, (0..<2).allSatisfy({ H5Tget_member_class(type.id, $0) == H5T_FLOAT }) else {
        throw wrongType(path, "a compound that is no complex number", "complex numbers")
      }
      return (info.shape, try member(0, of: dataset.id, type.id, info), try member(1, of: dataset.id, type.id, info))
    }
  }

  /// One member of a compound dataset, as float64.
  private func member(_ index: UInt32, of dataset: hid_t, _ type: hid_t, _ info: HDF5DatasetInfo) throws -> [Double] {
    let memory = try context.own(H5Tcreate(H5T_COMPOUND, 8), TypeKind.self, info.path, "reading")
    let name = unsafe H5Tget_member_name(type, index)
    let status = unsafe name.map { unsafe H5Tinsert(memory.id, $0, 0, chdf5_native_double()) } ?? -1
    unsafe H5free_memory(name)
    try context.check(status, info.path, "reading the type")
    guard info.count <= 1 << 31 else {
      throw EvokeError(
        .datasetShape, context.object(info.path), reason: "a part of shape \(info.shape) does not fit in memory",
        remedy: "restore the file if the shape is wrong")
    }
    var failed = false
    let values = unsafe [Double](unsafeUninitializedCapacity: info.count) { buffer, filled in
      failed =
        unsafe H5Dread(dataset, memory.id, chdf5_all(), chdf5_all(), chdf5_default(), buffer.baseAddress) < 0
      filled = failed ? 0 : info.count
    }
    guard !failed else { throw context.failure(info.path, "reading") }
    return values
  }
}
