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
/// A displacement is given up as soon as some of its rows alone exceed the best sum, which changes no result.
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
          // Neighbours mostly move alike: their sums bound the search from the start.
          let left = column > 0 ? vectors[vectors.count - 1] : MotionVector(x: 0, y: 0)
          let above = row > 0 ? vectors[vectors.count - columns] : left
          unsafe vectors.append(
            bestVector(
              now.baseAddress! + y * width + x, origin: before.baseAddress! + y * width + x, width: width, first: left,
              second: above))
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
  _ block: UnsafePointer<UInt8>, origin: UnsafePointer<UInt8>, width: Int, first: MotionVector,
  second: MotionVector
) -> MotionVector {
  func sum(_ v: MotionVector, _ limit: Int) -> Int {
    unsafe absoluteDifference(block, origin - v.y * width - v.x, stride: width, limit: limit)
  }
  var best = MotionVector(x: 0, y: 0)
  // The largest sum that can still win; one more than the bound that the guesses reach.
  var limit = sum(best, .max)
  if limit == 0 { return best }
  limit = min(limit, sum(first, limit))
  limit = min(limit, sum(second, limit))
  for v in displacements {
    let found = sum(v, limit)
    if found <= limit {
      best = v
      if found == 0 { break }
      limit = found - 1
    }
  }
  return best
}

/// The sum of absolute differences of two 16 x 16 blocks, or that of some of their rows where it exceeds the limit.
@inline(__always)
private func absoluteDifference(
  _ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, stride: Int, limit: Int
) -> Int {
  // Sixteen rows of at most 255 fit 16 bits; their total of sixteen columns fits too (65,280).
  var sum = SIMD16<UInt16>.zero
  // Every fourth row first: a part that is spread over the block tells more.
  for start in 0..<4 {
    for row in Swift.stride(from: start, to: 16, by: 4) {
      let p = unsafe UnsafeRawPointer(a + row * stride).loadUnaligned(as: SIMD16<UInt8>.self)
      let q = unsafe UnsafeRawPointer(b + row * stride).loadUnaligned(as: SIMD16<UInt8>.self)
      let isLess = p .< q
      sum &+= SIMD16<UInt16>(truncatingIfNeeded: (p &- q).replacing(with: q &- p, where: isLess))
    }
    let partial = Int(sum.wrappedSum())
    if partial > limit || start == 3 { return partial }
  }
  return 0
}
