/// A displacement in pixels, from the previous picture to the current one.
public struct MotionVector: Sendable, Equatable {
  public var x: Int
  public var y: Int

  public init(x: Int, y: Int) {
    self.x = x
    self.y = y
  }
}

/// The motion of the 16 x 16 blocks of a picture, by exhaustive search within +-8 pixels.
///
/// `v = argmin_v sum_(p in block) |current(p) - previous(p - v)|`; among equal sums the shortest v, so that what does not
/// move, or has no texture, has none. Blocks begin 8 pixels inside the picture, so that each can move in any direction.
///
/// - Parameters:
///   - current: `[height, width]` luminance, row-major, like `previous`.
/// - Returns: one vector per block, rows of blocks from the top; empty for a picture below 32 pixels.
public func blockMotion(current: [UInt8], previous: [UInt8], width: Int, height: Int) -> [MotionVector] {
  precondition(current.count == width * height && previous.count == current.count, "picture size and bytes differ")
  let (columns, rows) = ((width - 16) / 16, (height - 16) / 16)
  guard columns > 0, rows > 0 else { return [] }
  var vectors: [MotionVector] = []
  vectors.reserveCapacity(columns * rows)
  unsafe current.withUnsafeBufferPointer { now in
    unsafe previous.withUnsafeBufferPointer { before in
      for row in 0..<rows {
        for column in 0..<columns {
          let (x, y) = (column * 16 + 8, row * 16 + 8)
          unsafe vectors.append(
            bestVector(now.baseAddress!, before.baseAddress!, x: x, y: y, width: width))
        }
      }
    }
  }
  return vectors
}

/// Displacements in the order of their length: the first of equals is the shortest.
private let displacements: [MotionVector] = {
  var all: [MotionVector] = []
  for y in -8...8 {
    for x in -8...8 { all.append(MotionVector(x: x, y: y)) }
  }
  func rank(_ v: MotionVector) -> Int { (v.x * v.x + v.y * v.y) * 10_000 + (v.y + 8) * 100 + v.x + 8 }
  return all.sorted { rank($0) < rank($1) }
}()

private func bestVector(
  _ now: UnsafePointer<UInt8>, _ before: UnsafePointer<UInt8>, x: Int, y: Int, width: Int
) -> MotionVector {
  var best = MotionVector(x: 0, y: 0)
  var least = Int.max
  let block = unsafe now + y * width + x
  for v in displacements {
    let sum = unsafe absoluteDifference(block, before + (y - v.y) * width + x - v.x, stride: width)
    if sum < least {
      least = sum
      best = v
      if sum == 0 { break }
    }
  }
  return best
}

/// The sum of absolute differences of two 16 x 16 blocks.
@inline(__always)
private func absoluteDifference(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, stride: Int) -> Int {
  var sum = SIMD16<UInt16>.zero
  for row in 0..<16 {
    let p = unsafe UnsafeRawPointer(a + row * stride).loadUnaligned(as: SIMD16<UInt8>.self)
    let q = unsafe UnsafeRawPointer(b + row * stride).loadUnaligned(as: SIMD16<UInt8>.self)
    let difference = pointwiseMax(p, q) &- pointwiseMin(p, q)
    sum &+= SIMD16<UInt16>(truncatingIfNeeded: difference)
  }
  // Sixteen rows of at most 255 fit 16 bits; their total of sixteen columns fits too (65,280).
  return Int(sum.wrappedSum())
}
