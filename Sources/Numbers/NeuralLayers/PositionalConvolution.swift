import LinearAlgebra

/// The grouped convolution over time that gives a transformer its positions (Baevski et al. 2020):
/// y[t, o] = b[o] + Σ_{j, i in group(o)} w[o, i, j] x[t + j - ⌊kernel/2⌋, i], zero outside; rows in = rows out.
///
/// The sum over `kernel` taps runs as matrix products over windows of `span` taps gathered per group, which keeps the
/// inner dimension long and the copied data in cache.
public struct PositionalConvolution: Sendable {
  public let channels: Int
  public let groups: Int
  public let kernel: Int
  public let bias: [Float]
  /// `[groups, channels/groups, kernel, channels/groups]`: group, output, tap, input.
  private let weight: [Float]
  private let span: Int

  private var width: Int { channels / groups }

  /// `weight` is `[channels, channels / groups, kernel]` as in PyTorch's Conv1d, weight norm already applied.
  public init(channels: Int, groups: Int, kernel: Int, weight: [Float], bias: [Float]) {
    precondition(groups > 0 && channels % groups == 0, "channels are not divisible by groups")
    let width = channels / groups
    precondition(weight.count == channels * width * kernel && bias.count == channels, "shapes differ")
    self.channels = channels
    self.groups = groups
    self.kernel = kernel
    self.bias = bias
    span = min(16, kernel)
    var taps = [Float](repeating: 0, count: weight.count)
    for o in 0..<channels {
      for i in 0..<width {
        for t in 0..<kernel { taps[(o * kernel + t) * width + i] = weight[(o * width + i) * kernel + t] }
      }
    }
    self.weight = taps
  }

  /// Weight normalisation over taps (Salimans & Kingma 2016, `dim=2`): w[o, i, t] = g[t] v[o, i, t] / ‖v[:, :, t]‖.
  public static func weightNorm(gain: [Float], direction: [Float]) -> [Float] {
    let kernel = gain.count
    precondition(direction.count % kernel == 0, "direction is not [outputs, inputs, taps]")
    var norm = [Double](repeating: 0, count: kernel)
    for (i, value) in direction.enumerated() { norm[i % kernel] += Double(value) * Double(value) }
    let scale = (0..<kernel).map { norm[$0] > 0 ? Double(gain[$0]) / norm[$0].squareRoot() : 0 }
    var weight = direction
    for i in weight.indices { weight[i] = Float(Double(direction[i]) * scale[i % kernel]) }
    return weight
  }

  /// Buffers of one application, kept between chunks.
  public struct Workspace: Sendable {
    var windows: [Float] = []

    public init() {}
  }

  /// y = convolution of the first `rows` rows of x, without bias.
  public func multiply(_ x: [Float], rows: Int, into y: inout [Float], _ workspace: inout Workspace) {
    let width = width
    let windowCount = rows + (kernel - 1) / span * span
    let needed = windowCount * span * width
    if workspace.windows.count < needed { workspace.windows = [Float](repeating: 0, count: needed) }
    for group in 0..<groups {
      VectorMath.gatherWindows(
        x, rows: rows, columns: channels, firstColumn: group * width, width: width, firstRow: -(kernel / 2),
        span: span, count: windowCount, into: &workspace.windows)
      var tap = 0
      while tap < kernel {
        let taps = min(span, kernel - tap)
        SingleMultiply.multiply(
          rows: rows, columns: width, inner: taps * width, workspace.windows,
          as: SingleView(offset: tap * span * width, stride: span * width), by: weight,
          as: SingleView(offset: (group * width * kernel + tap) * width, stride: kernel * width),
          beta: tap == 0 ? 0 : 1, into: &y, as: SingleView(offset: group * width, stride: channels))
        tap += taps
      }
    }
  }
}
