/// Which regions of a label image lie side by side.
public enum TouchingRegions {
  /// Pairs of labels of which some voxels share a face, the smaller label first, ascending; each once.
  ///
  /// - Parameters:
  ///   - places: of labelled voxels, `i + dims[0] (j + dims[1] k)`; others belong to no region.
  ///   - labels: of the same voxels; 0 is no region.
  ///   - dims: voxels along i, j and k.
  public static func pairs(places: [Int], labels: [Int], dims: [Int]) -> [(Int, Int)] {
    precondition(places.count == labels.count && dims.count == 3, "a label for each voxel of a volume")
    var volume = [Int](repeating: 0, count: dims.reduce(1, *))
    for (place, label) in zip(places, labels) where volume.indices.contains(place) { volume[place] = label }
    var found: Set<[Int]> = []
    let steps = [1, dims[0], dims[0] * dims[1]]
    for place in places where volume.indices.contains(place) {
      let label = volume[place]
      for (axis, step) in steps.enumerated() where place / step % dims[axis] + 1 < dims[axis] {
        let other = volume[place + step]
        if label != 0, other != 0, other != label { found.insert([min(label, other), max(label, other)]) }
      }
    }
    return found.sorted { $0.lexicographicallyPrecedes($1) }.map { ($0[0], $0[1]) }
  }
}
