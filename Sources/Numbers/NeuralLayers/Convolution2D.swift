import LinearAlgebra

/// A two-dimensional convolution over images with channels innermost:
/// y[r, c, o] = b[o] + Σ_{i, j, k} w[i, j, k, o] x[r s_h + i d_h - top, c s_w + j d_w - left, k], zero outside x.
///
/// (A cross-correlation, as in every network library.) Rows and columns may have different kernels, strides and
/// dilations; the padding is given with the input, so that it may differ on every side.
public struct Convolution2D: Sendable {
  public let inputs: Int
  public let outputs: Int
  /// Rows, columns.
  public let kernel: (height: Int, width: Int)
  public let stride: (height: Int, width: Int)
  public let dilation: (height: Int, width: Int)
  private let packed: ImageConvolution.Kernel

  /// `weight` is `[kernel height, kernel width, inputs, outputs]`, as in TensorFlow and Keras.
  public init(
    inputs: Int, outputs: Int, kernel: (height: Int, width: Int), stride: (height: Int, width: Int) = (1, 1),
    dilation: (height: Int, width: Int) = (1, 1), weight: [Float], bias: [Float]
  ) {
    precondition(kernel.height > 0 && kernel.width > 0, "an empty kernel")
    precondition(stride.height > 0 && stride.width > 0 && dilation.height > 0 && dilation.width > 0, "not positive")
    self.inputs = inputs
    self.outputs = outputs
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    packed = ImageConvolution.Kernel(
      length: kernel.height * kernel.width * inputs, outputs: outputs, weight: weight, bias: bias)
  }

  /// PyTorch's `[outputs, inputs, height, width]` weights in the order of `init`.
  public static func weight(
    fromPyTorch weight: [Float], outputs: Int, inputs: Int, height: Int, width: Int
  ) -> [Float] {
    precondition(weight.count == outputs * inputs * height * width, "shapes differ")
    var turned = [Float](repeating: 0, count: weight.count)
    for o in 0..<outputs {
      for i in 0..<inputs {
        for t in 0..<height * width {
          turned[(t * inputs + i) * outputs + o] = weight[(o * inputs + i) * height * width + t]
        }
      }
    }
    return turned
  }

  /// Padding for "SAME" outputs of ⌈size / stride⌉ rows and columns; the odd one goes behind (TensorFlow's rule).
  public func samePadding(height: Int, width: Int) -> ImageBorder {
    func total(_ size: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> Int {
      let out = (size + stride - 1) / stride
      return max(0, (out - 1) * stride + (kernel - 1) * dilation + 1 - size)
    }
    let rows = total(height, kernel.height, stride.height, dilation.height)
    let columns = total(width, kernel.width, stride.width, dilation.width)
    return ImageBorder(top: rows / 2, bottom: rows - rows / 2, left: columns / 2, right: columns - columns / 2)
  }

  /// Rows and columns that an image of this size gives with this padding.
  public func outputSize(height: Int, width: Int, padding: ImageBorder) -> (height: Int, width: Int) {
    let rows = height + padding.top + padding.bottom - (kernel.height - 1) * dilation.height - 1
    let columns = width + padding.left + padding.right - (kernel.width - 1) * dilation.width - 1
    return (rows < 0 ? 0 : rows / stride.height + 1, columns < 0 ? 0 : columns / stride.width + 1)
  }

  /// Writes to channels `firstChannel...` of y. The border of x must be at least `padding`, and y must have the
  /// output's size.
  public func apply(
    _ x: FeatureMap, padding: ImageBorder, _ finish: ConvolutionFinish = .linear, into y: inout FeatureMap,
    firstChannel: Int = 0
  ) {
    let geometry = geometry(x, padding, y)
    let place = place(y, firstChannel)
    ImageConvolution.apply(x.values, geometry, kernel: packed, finish: finish, into: &y.values, at: place)
  }

  /// Writes y = the raw sums with bias to channels `firstChannel...` of y, and `branch` of them to z.
  public func apply(
    _ x: FeatureMap, padding: ImageBorder, into y: inout FeatureMap, firstChannel: Int = 0, _ branch: LeakyBranch,
    into z: inout FeatureMap
  ) {
    let geometry = geometry(x, padding, y)
    precondition(z.height == y.height && z.width == y.width, "the two outputs differ in size")
    let place = place(y, firstChannel)
    let second = self.place(z, 0)
    ImageConvolution.apply(
      x.values, geometry, kernel: packed, into: &y.values, at: place, branch: branch, into: &z.values, at: second)
  }

  private func place(_ y: FeatureMap, _ firstChannel: Int) -> ImagePlace {
    precondition(firstChannel >= 0 && firstChannel + outputs <= y.channels, "channels are out of range")
    return ImagePlace(start: y.index(0, 0) + firstChannel, rowStep: y.rowStep, columnStep: y.channels)
  }

  private func geometry(_ x: FeatureMap, _ padding: ImageBorder, _ y: FeatureMap) -> ConvolutionGeometry {
    precondition(x.channels == inputs, "the image has another number of channels")
    precondition(
      padding.top <= x.border.top && padding.bottom <= x.border.bottom && padding.left <= x.border.left
        && padding.right <= x.border.right, "the border is narrower than the padding")
    let size = outputSize(height: x.height, width: x.width, padding: padding)
    precondition(size.height == y.height && size.width == y.width, "the output has another size")
    // Neighbouring taps of a row without dilation are one run.
    let isDense = dilation.width == 1
    var taps: [Int] = []
    for i in 0..<kernel.height {
      for j in 0..<(isDense ? 1 : kernel.width) {
        taps.append(i * dilation.height * x.rowStep + j * dilation.width * inputs)
      }
    }
    return ConvolutionGeometry(
      rows: y.height, columns: y.width, start: x.index(-padding.top, -padding.left),
      rowStep: stride.height * x.rowStep, columnStep: stride.width * inputs, taps: taps,
      run: isDense ? kernel.width * inputs : inputs)
  }
}

/// The largest of every 2 x 2 block: y[r, c, k] = max x[2r ... 2r + 1, 2c ... 2c + 1, k]; an odd last row or column is
/// left out.
public enum MaximumPooling2D {
  /// y has ⌊height / 2⌋ rows, ⌊width / 2⌋ columns and the channels of x.
  public static func apply(_ x: FeatureMap, into y: inout FeatureMap) {
    precondition(y.height == x.height / 2 && y.width == x.width / 2 && y.channels == x.channels, "shapes differ")
    for row in 0..<y.height {
      let to = y.index(row, 0)
      VectorMath.poolPairs(
        x.values, from: x.index(2 * row, 0), rowStep: x.rowStep, columns: y.width, channels: x.channels,
        into: &y.values, to)
    }
  }
}
