import Diagnostics
import HDF5File
import LabelledArrays

extension ArrayReader {
  /// Checks an array against its hash, about 16 MB at a time, whatever its size; returns its axes and units.
  ///
  /// - Throws: `E-WH-007` when the content does not match the hash, HDF5's errors when the file cannot be read.
  public static func verify(_ reference: ArrayReference) throws -> (axes: [Axis], units: String) {
    let file = try HDF5File(reading: reference.file)
    let (axes, units) = try layout(of: reference, in: file)
    let shape = axes.map(\.count)
    var hash = ArrayHash.begin(axes: axes, path: reference.path)
    if let rows = shape.first, !shape.contains(0) {
      let block = max(1, (1 << 22) / shape.dropFirst().reduce(1, *))
      let values = try HDF5Floats(file, reference.path)
      for start in stride(from: 0, to: rows, by: block) {
        let count = [min(block, rows - start)] + shape.dropFirst()
        let offset = [start] + shape.dropFirst().map { _ in 0 }
        hash.updateCanonical(try values.values(offset: offset, count: count))
      }
    } else {
      hash.updateCanonical(try file.floats(reference.path))
    }
    let found = hash.hex()
    guard found == reference.sha256 else { throw reference.other(found) }
    return (axes, units)
  }
}
