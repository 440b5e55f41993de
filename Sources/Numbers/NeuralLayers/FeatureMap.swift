/// Rows and columns of zeros around an image.
public struct ImageBorder: Sendable, Equatable {
  public var top: Int
  public var bottom: Int
  public var left: Int
  public var right: Int

  public init(top: Int = 0, bottom: Int = 0, left: Int = 0, right: Int = 0) {
    precondition(top >= 0 && bottom >= 0 && left >= 0 && right >= 0, "a border is not negative")
    self.top = top
    self.bottom = bottom
    self.left = left
    self.right = right
  }

  public static let none = ImageBorder()
}

/// An image `[height, width, channels]`, row-major, inside a border of zeros that convolutions pad with.
///
/// `values` holds `(top + height + bottom)` rows of `(left + width + right)` pixels of `channels` numbers. Whoever
/// writes to `values` leaves the border zero.
public struct FeatureMap: Sendable {
  public let height: Int
  public let width: Int
  public let channels: Int
  public let border: ImageBorder
  public var values: [Float]

  /// All zero.
  public init(height: Int, width: Int, channels: Int, border: ImageBorder = .none) {
    precondition(height > 0 && width > 0 && channels > 0, "an empty image")
    self.height = height
    self.width = width
    self.channels = channels
    self.border = border
    let pixels = (border.top + height + border.bottom) * (border.left + width + border.right)
    values = [Float](repeating: 0, count: pixels * channels)
  }

  /// From row-major `[height, width, channels]` numbers.
  public init(height: Int, width: Int, channels: Int, border: ImageBorder = .none, dense: [Float]) {
    precondition(dense.count == height * width * channels, "shapes differ")
    self.init(height: height, width: width, channels: channels, border: border)
    for row in 0..<height {
      let from = row * width * channels
      let to = index(row, 0)
      values.replaceSubrange(to..<to + width * channels, with: dense[from..<from + width * channels])
    }
  }

  /// Elements from one row to the next.
  public var rowStep: Int { (border.left + width + border.right) * channels }

  /// Index in `values` of channel 0 of a pixel; negative rows and columns reach into the border.
  public func index(_ row: Int, _ column: Int) -> Int {
    (row + border.top) * rowStep + (column + border.left) * channels
  }

  /// The numbers without the border, `[height, width, channels]`.
  public var dense: [Float] {
    var out: [Float] = []
    out.reserveCapacity(height * width * channels)
    for row in 0..<height { out.append(contentsOf: values[index(row, 0)..<index(row, 0) + width * channels]) }
    return out
  }
}
