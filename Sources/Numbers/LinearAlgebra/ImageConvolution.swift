import CVectorMath
import Dispatch

/// Where the windows of a convolution lie in an array and where its results go, in elements.
///
/// The image's channels are innermost. The window of output (r, c) begins at `start + r rowStep + c columnStep` and has
/// `taps.count` runs of `run` neighbouring numbers, tap t at distance `taps[t]`.
public struct ConvolutionGeometry: Sendable, Equatable {
  public var rows: Int
  public var columns: Int
  public var start: Int
  public var rowStep: Int
  public var columnStep: Int
  public var taps: [Int]
  public var run: Int

  public init(rows: Int, columns: Int, start: Int, rowStep: Int, columnStep: Int, taps: [Int], run: Int) {
    self.rows = rows
    self.columns = columns
    self.start = start
    self.rowStep = rowStep
    self.columnStep = columnStep
    self.taps = taps
    self.run = run
  }

  /// First and last index that any window reads.
  fileprivate var reach: ClosedRange<Int> {
    guard let first = taps.min(), let last = taps.max() else { preconditionFailure("a window without taps") }
    let low = start + first
    let high = start + (rows - 1) * rowStep + (columns - 1) * columnStep + last + run - 1
    return low...max(low, high)
  }
}

/// Where output (r, c) of an image is written: from `start + r rowStep + c columnStep`, its channels side by side.
public struct ImagePlace: Sendable, Equatable {
  public var start: Int
  public var rowStep: Int
  public var columnStep: Int

  public init(start: Int, rowStep: Int, columnStep: Int) {
    self.start = start
    self.rowStep = rowStep
    self.columnStep = columnStep
  }

  fileprivate func end(rows: Int, columns: Int, channels: Int) -> Int {
    start + (rows - 1) * rowStep + (columns - 1) * columnStep + channels
  }
}

/// What follows a convolution's sum s, per output channel c; scale and shift have one number a channel.
public enum ConvolutionFinish: Sendable, Equatable {
  /// y = s + bias.
  case linear
  /// y = max(s + bias, 0).
  case rectified
  /// y = max(s + bias, 0) scale + shift.
  case rectifiedThenScaled(scale: [Float], shift: [Float])
}

/// The second output of a convolution, made from the first, y: z = y scale + shift, and slope z where that is negative.
public struct LeakyBranch: Sendable, Equatable {
  public let scale: [Float]
  public let shift: [Float]
  public let slope: Float

  public init(scale: [Float], shift: [Float], slope: Float) {
    precondition(scale.count == shift.count, "scale and shift differ in length")
    self.scale = scale
    self.shift = shift
    self.slope = slope
  }
}

/// Convolutions of float32 images whose channels are innermost, without a copy of their windows.
///
/// The sum of an output runs in one order whatever the threads, so results do not depend on their number. NaN goes
/// through to the outputs whose window holds it (a rectified NaN stays NaN).
public enum ImageConvolution {
  /// Weights laid out for the kernels: `[outputs / 16 rounded up, taps run, 16]`.
  public struct Kernel: Sendable {
    public let outputs: Int
    /// Numbers in a window.
    public let length: Int
    public let bias: [Float]
    fileprivate let packed: [Float]
    fileprivate var panels: Int { convolution_panels(outputs) }

    /// `weight` is `[length, outputs]`, a window's numbers in the order taps, run.
    public init(length: Int, outputs: Int, weight: [Float], bias: [Float]) {
      precondition(length > 0 && outputs > 0, "an empty kernel")
      precondition(weight.count == length * outputs && bias.count == outputs, "shapes differ")
      self.outputs = outputs
      self.length = length
      self.bias = bias
      var packed = [Float](repeating: 0, count: convolution_panels(outputs) * length * 16)
      unsafe weight.withUnsafeBufferPointer { weight in
        unsafe packed.withUnsafeMutableBufferPointer { packed in
          guard let from = weight.baseAddress, let to = packed.baseAddress else { return }
          unsafe convolution_pack(from, length, outputs, to)
        }
      }
      self.packed = packed
    }
  }

  /// y = finish(Σ_k w[k, o] x[window k]) for every output, with the process' BLAS threads.
  public static func apply(
    _ x: [Float], _ geometry: ConvolutionGeometry, kernel: Kernel, finish: ConvolutionFinish = .linear,
    into y: inout [Float], at place: ImagePlace
  ) {
    check(x, geometry, kernel)
    check(y, place, geometry, kernel)
    var scale: [Float] = []
    var shift: [Float] = []
    if case .rectifiedThenScaled(let s, let t) = finish {
      precondition(s.count == kernel.outputs && t.count == s.count, "scale or shift has another length")
      (scale, shift) = (s, t)
    }
    unsafe y.withUnsafeMutableBufferPointer { y in
      guard let y = y.baseAddress else { return }
      unsafe run(
        x, geometry, kernel: kernel, scale: scale, shift: shift, rectify: finish != .linear, slope: 0, into: y,
        at: place, second: nil, at: place)
    }
  }

  /// y = s + bias and, at another place, `branch` of it: what a network needs that keeps raw and activated values.
  public static func apply(
    _ x: [Float], _ geometry: ConvolutionGeometry, kernel: Kernel, into y: inout [Float], at place: ImagePlace,
    branch: LeakyBranch, into second: inout [Float], at secondPlace: ImagePlace
  ) {
    check(x, geometry, kernel)
    check(y, place, geometry, kernel)
    check(second, secondPlace, geometry, kernel)
    precondition(branch.scale.count == kernel.outputs, "the branch has another number of channels")
    unsafe y.withUnsafeMutableBufferPointer { y in
      unsafe second.withUnsafeMutableBufferPointer { z in
        guard let y = y.baseAddress, let z = z.baseAddress else { return }
        unsafe run(
          x, geometry, kernel: kernel, scale: branch.scale, shift: branch.shift, rectify: false, slope: branch.slope,
          into: y, at: place, second: z,
          at: secondPlace)
      }
    }
  }

  private static func run(
    _ x: [Float], _ geometry: ConvolutionGeometry, kernel: Kernel, scale: [Float], shift: [Float], rectify: Bool,
    slope: Float, into y: UnsafeMutablePointer<Float>, at place: ImagePlace, second: UnsafeMutablePointer<Float>?,
    at secondPlace: ImagePlace
  ) {
    unsafe x.withUnsafeBufferPointer { x in
      unsafe kernel.packed.withUnsafeBufferPointer { packed in
        unsafe geometry.taps.withUnsafeBufferPointer { taps in
          unsafe kernel.bias.withUnsafeBufferPointer { bias in
            unsafe scale.withUnsafeBufferPointer { scale in
              unsafe shift.withUnsafeBufferPointer { shift in
                guard let x = x.baseAddress, let packed = packed.baseAddress, let taps = taps.baseAddress,
                  let bias = bias.baseAddress
                else { return }
                let epilogue = unsafe convolution_epilogue(
                  bias: bias, scale: scale.isEmpty ? nil : scale.baseAddress,
                  shift: shift.isEmpty ? nil : shift.baseAddress, rectify: rectify ? 1 : 0, slope: slope)
                unsafe Work(
                  geometry: geometry, outputs: kernel.outputs, panels: kernel.panels, x: x, packed: packed, taps: taps,
                  epilogue: epilogue, y: y, place: place, second: second, secondPlace: secondPlace
                ).run()
              }
            }
          }
        }
      }
    }
  }

  private static func check(_ x: [Float], _ geometry: ConvolutionGeometry, _ kernel: Kernel) {
    precondition(geometry.rows > 0 && geometry.columns > 0, "no outputs")
    precondition(geometry.rowStep >= 0 && geometry.columnStep >= 0, "negative steps")
    precondition(geometry.taps.count * geometry.run == kernel.length, "window and kernel differ in length")
    let reach = geometry.reach
    precondition(reach.lowerBound >= 0 && reach.upperBound < x.count, "a window is out of range")
  }

  private static func check(_ y: [Float], _ place: ImagePlace, _ geometry: ConvolutionGeometry, _ kernel: Kernel) {
    precondition(place.start >= 0 && place.rowStep >= 0 && place.columnStep >= kernel.outputs, "outputs overlap")
    precondition(
      place.end(rows: geometry.rows, columns: geometry.columns, channels: kernel.outputs) <= y.count, "y is too short")
  }
}

/// One convolution cut into pieces of rows and panels of channels that threads take in turn; every piece writes its own
/// part of y, so that nothing is shared but what is read.
@unsafe private struct Work: @unchecked Sendable {
  let geometry: ConvolutionGeometry
  let outputs: Int
  let panels: Int
  let x: UnsafePointer<Float>
  let packed: UnsafePointer<Float>
  let taps: UnsafePointer<Int>
  let epilogue: convolution_epilogue
  let y: UnsafeMutablePointer<Float>
  let place: ImagePlace
  let second: UnsafeMutablePointer<Float>?
  let secondPlace: ImagePlace

  func run() {
    // Inside `Lanes.sharing` BLAS has one thread and its others work here.
    let threads = max(Lanes.count, BLASThreads.current)
    // Few rows: every thread takes a share of the channels. Many: blocks of rows small enough to share the cache.
    let rows = unsafe geometry.rows
    let panels = unsafe panels
    let panelShares = rows < 8 * threads ? min(threads, (panels + 1) / 2) : 1
    let panelStep = (panels + 2 * panelShares - 1) / (2 * panelShares) * 2
    let rowStep = panelShares > 1 ? rows : max(1, min(16, rows / (2 * threads)))
    let items = (rows + rowStep - 1) / rowStep * panelShares
    let body: @Sendable (Int) -> Void = { item in
      let row = item / panelShares * rowStep
      let panel = item % panelShares * panelStep
      unsafe block(rows: row..<min(rows, row + rowStep), panels: min(panel, panels)..<min(panels, panel + panelStep))
    }
    if threads == 1 || items == 1 {
      for item in 0..<items { body(item) }
    } else {
      DispatchQueue.concurrentPerform(iterations: items, execute: body)
    }
  }

  private func block(rows: Range<Int>, panels: Range<Int>) {
    if panels.isEmpty { return }
    var epilogue = unsafe epilogue
    let g = unsafe geometry
    let from = unsafe x + g.start + rows.lowerBound * g.rowStep
    let to = unsafe y + place.start + rows.lowerBound * place.rowStep
    let other = unsafe second.map { unsafe $0 + secondPlace.start + rows.lowerBound * secondPlace.rowStep }
    unsafe convolution_block(
      from, g.rowStep, g.columnStep, taps, g.taps.count, g.run, packed, outputs, panels.lowerBound, panels.upperBound,
      rows.count, g.columns, &epilogue, to, place.rowStep, place.columnStep, other, secondPlace.rowStep,
      secondPlace.columnStep)
  }
}

extension VectorMath {
  /// y[c, k] = the largest of the 2 x 2 block of x at column 2c, channel k, over rows `from` and `from + rowStep`.
  public static func poolPairs(
    _ x: [Float], from: Int, rowStep: Int, columns: Int, channels: Int, into y: inout [Float], _ to: Int
  ) {
    precondition(from >= 0 && rowStep >= 0 && from + rowStep + 2 * columns * channels <= x.count, "x is out of range")
    precondition(to >= 0 && to + columns * channels <= y.count, "y is out of range")
    unsafe x.withUnsafeBufferPointer { x in
      unsafe y.withUnsafeMutableBufferPointer { y in
        guard let x = x.baseAddress, let y = y.baseAddress else { return }
        unsafe convolution_pool_row(x + from, rowStep, columns, channels, y + to)
      }
    }
  }
}
