/// Boxes of row-major arrays as runs of elements that lie side by side.
enum HDF5Box {
  /// The product of extents; nil beyond `Int`.
  static func count(_ extents: [Int], times width: Int = 1) -> Int? {
    if extents.contains(0) { return 0 }
    return extents.reduce(Optional(width)) { total, extent in
      let (product, overflow) = (total ?? 1).multipliedReportingOverflow(by: extent)
      return total == nil || overflow ? nil : product
    }
  }

  /// An array and where the box begins in it.
  struct Side {
    let shape: [Int]
    let start: [Int]

    var strides: [Int] {
      var strides = [Int](repeating: 1, count: shape.count)
      for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
      return strides
    }
  }

  /// Calls `body` with the first element in both arrays and the length of every run of a box that both share.
  static func eachRun(_ extent: [Int], _ a: Side, _ b: Side, _ body: (Int, Int, Int) throws -> Void) rethrows {
    guard let last = extent.indices.last, !extent.contains(0) else { return }
    var axis = last
    var length = extent[last]
    while axis > 0 && a.shape[axis] == extent[axis] && b.shape[axis] == extent[axis] {
      axis -= 1
      length *= extent[axis]
    }
    let (aStrides, bStrides) = (a.strides, b.strides)
    var aPlace = zip(a.start, aStrides).reduce(0) { $0 + $1.0 * $1.1 }
    var bPlace = zip(b.start, bStrides).reduce(0) { $0 + $1.0 * $1.1 }
    var index = [Int](repeating: 0, count: axis)
    while true {
      try body(aPlace, bPlace, length)
      var turning = axis - 1
      while turning >= 0 {
        index[turning] += 1
        aPlace += aStrides[turning]
        bPlace += bStrides[turning]
        if index[turning] < extent[turning] { break }
        aPlace -= extent[turning] * aStrides[turning]
        bPlace -= extent[turning] * bStrides[turning]
        index[turning] = 0
        turning -= 1
      }
      if turning < 0 { return }
    }
  }

  /// Calls `body` with the first element of every chunk that a box touches, in row-major order.
  static func eachChunk(_ chunk: [Int], start: [Int], extent: [Int], _ body: ([Int]) throws -> Void) rethrows {
    let first = zip(start, chunk).map { $0 / $1 * $1 }
    let end = zip(start, extent).map { $0 + $1 }
    var corner = first
    while true {
      try body(corner)
      var axis = chunk.count - 1
      while axis >= 0 {
        corner[axis] += chunk[axis]
        if corner[axis] < end[axis] { break }
        corner[axis] = first[axis]
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}
