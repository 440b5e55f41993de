import LinearAlgebra

/// Rows and columns of an image or of a window in it.
public struct ImageSize: Sendable, Equatable {
  public let height: Int
  public let width: Int

  public init(height: Int, width: Int) {
    precondition(height > 0 && width > 0, "an empty image")
    self.height = height
    self.width = width
  }

  /// Windows that lie wholly in an image of this size, `stride` apart.
  public func pooled(_ window: ImageSize, stride: ImageSize) -> ImageSize {
    ImageSize(
      height: (height - window.height) / stride.height + 1, width: (width - window.width) / stride.width + 1)
  }
}

extension MaximumPooling2D {
  /// The largest number of each block of `height` x `width` pixels, per channel, blocks row by row:
  /// `[⌈x.height / height⌉, ⌈x.width / width⌉, channels]`.
  ///
  /// Blocks that reach beyond the image take what is in it; they lie as with "SAME" padding, whose odd pixel is behind.
  /// NaN in a block is not guaranteed to come through.
  public static func blocks(_ x: FeatureMap, height: Int, width: Int) -> [Float] {
    precondition(height > 0 && width > 0, "an empty block")
    let rows = (x.height + height - 1) / height
    let columns = (x.width + width - 1) / width
    let top = (rows * height - x.height) / 2
    let left = (columns * width - x.width) / 2
    var out = [Float](repeating: -.infinity, count: rows * columns * x.channels)
    for row in 0..<x.height {
      for column in 0..<x.width {
        let to = ((row + top) / height * columns + (column + left) / width) * x.channels
        let from = x.index(row, column)
        for c in 0..<x.channels { out[to + c] = max(out[to + c], x.values[from + c]) }
      }
    }
    return out
  }

  /// The largest number of each window, per channel; windows lie wholly in x ("VALID" padding) and may overlap or leave
  /// pixels out.
  ///
  /// y has the size `ImageSize.pooled` says and the channels of x. NaN in a window is not guaranteed to come through.
  public static func windows(_ x: FeatureMap, _ window: ImageSize, stride: ImageSize, into y: inout FeatureMap) {
    let size = ImageSize(height: x.height, width: x.width).pooled(window, stride: stride)
    precondition(y.height == size.height && y.width == size.width && y.channels == x.channels, "shapes differ")
    for row in 0..<y.height {
      for column in 0..<y.width {
        let to = y.index(row, column)
        for c in 0..<x.channels { y.values[to + c] = -.infinity }
        for i in 0..<window.height {
          for j in 0..<window.width {
            let from = x.index(row * stride.height + i, column * stride.width + j)
            for c in 0..<x.channels { y.values[to + c] = max(y.values[to + c], x.values[from + c]) }
          }
        }
      }
    }
  }

  /// The larger of every two neighbouring columns: y[r, c, k] = max(x[r, 2c, k], x[r, 2c + 1, k]); an odd last column is
  /// left out. y has the rows and channels of x and ⌊width / 2⌋ columns.
  public static func pairs(_ x: FeatureMap, into y: inout FeatureMap) {
    precondition(y.height == x.height && y.width == x.width / 2 && y.channels == x.channels, "shapes differ")
    let channels = x.channels
    for row in 0..<y.height {
      for column in 0..<y.width {
        let from = x.index(row, 2 * column)
        let to = y.index(row, column)
        for c in 0..<channels { y.values[to + c] = max(x.values[from + c], x.values[from + channels + c]) }
      }
    }
  }
}

/// Means over the pixels of an image.
public enum MeanPooling2D {
  /// The mean of every channel over rows `rows` and all columns, summed in float64.
  public static func apply(_ x: FeatureMap, rows: Range<Int>) -> [Float] {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= x.height && !rows.isEmpty, "rows are out of range")
    var sums = [Double](repeating: 0, count: x.channels)
    for row in rows { VectorMath.accumulate(&sums, x.values, offset: x.index(row, 0), rows: x.width) }
    let count = Double(rows.count * x.width)
    return sums.map { Float($0 / count) }
  }
}
