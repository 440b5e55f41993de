import LinearAlgebra

/// A transposed two-dimensional convolution with "SAME" padding: the output has stride times the rows and columns,
/// y[r, c, o] = b[o] + Σ w[i, j, o, k] x[m, n, k] over all i + s m - before = r, j + s n - before = c, with
/// before = ⌊(kernel - s) / 2⌋ (TensorFlow's rule).
///
/// The outputs of one remainder of r and c modulo s are a plain convolution of x with part of the kernel, so nothing
/// is multiplied by inserted zeros. Few output channels are computed for neighbouring columns together.
public struct TransposedConvolution2D: Sendable {
  public let inputs: Int
  public let outputs: Int
  public let kernel: Int
  public let stride: Int
  /// What x must have around it.
  public let border: ImageBorder
  private let single: [Phase]
  private let grouped: [Phase]
  private let group: Int

  /// A part of the kernel: which outputs it makes and which inputs it reads.
  private struct Phase: Sendable {
    let row: Int
    let column: Int
    let rows: ClosedRange<Int>
    let columns: ClosedRange<Int>
    let kernel: ImageConvolution.Kernel
  }

  /// `weight` is `[kernel, kernel, outputs, inputs]`, as in TensorFlow and Keras.
  public init(inputs: Int, outputs: Int, kernel: Int, stride: Int, weight: [Float], bias: [Float]) {
    precondition(stride > 0 && kernel >= stride, "the kernel must cover a stride")
    precondition(weight.count == kernel * kernel * outputs * inputs && bias.count == outputs, "shapes differ")
    self.inputs = inputs
    self.outputs = outputs
    self.kernel = kernel
    self.stride = stride
    let before = (kernel - stride) / 2
    // Inputs that output s m + a reads: m + d with 0 <= a + before - s d < kernel.
    func reach(_ a: Int) -> ClosedRange<Int> {
      let low = -((kernel - 1 - a - before) / stride)
      return low...(a + before) / stride
    }
    let low = -reach(0).lowerBound
    let high = reach(stride - 1).upperBound
    border = ImageBorder(top: low, bottom: high, left: low, right: high)
    let group = max(1, 16 / (stride * outputs))
    self.group = group
    func part(row: Int, _ columns: [Int], _ read: ClosedRange<Int>) -> Phase {
      let rows = reach(row)
      var values: [Float] = []
      values.reserveCapacity(rows.count * read.count * inputs * columns.count * outputs)
      for d in rows {
        for e in read {
          for k in 0..<inputs {
            for column in columns {
              let (i, j) = (row + before - stride * d, column + before - stride * e)
              for o in 0..<outputs {
                let isInside = (0..<kernel).contains(i) && (0..<kernel).contains(j)
                values.append(isInside ? weight[((i * kernel + j) * outputs + o) * inputs + k] : 0)
              }
            }
          }
        }
      }
      let packed = ImageConvolution.Kernel(
        length: rows.count * read.count * inputs, outputs: columns.count * outputs, weight: values,
        bias: columns.flatMap { _ in bias })
      return Phase(row: row, column: columns[0], rows: rows, columns: read, kernel: packed)
    }
    single = (0..<stride * stride).map { part(row: $0 / stride, [$0 % stride], reach($0 % stride)) }
    let read = reach(0).lowerBound...reach(stride - 1).upperBound + group - 1
    grouped = group == 1 ? [] : (0..<stride).map { part(row: $0, Array(0..<group * stride), read) }
  }

  /// Writes y = scaled max(0, sum + bias) (or another finish) to channels `firstChannel...`; y must have stride times
  /// the rows and columns of x, and x at least `border`.
  public func apply(
    _ x: FeatureMap, _ finish: ConvolutionFinish = .linear, into y: inout FeatureMap, firstChannel: Int = 0
  ) {
    precondition(x.channels == inputs, "the image has another number of channels")
    precondition(y.height == stride * x.height && y.width == stride * x.width, "the output has another size")
    precondition(firstChannel >= 0 && firstChannel + outputs <= y.channels, "channels are out of range")
    precondition(
      x.border.top >= border.top && x.border.bottom >= border.bottom && x.border.left >= border.left
        && x.border.right >= border.right, "the border is narrower than the kernel needs")
    // Outputs of neighbouring columns can be written together only where they are neighbours in y.
    let isGrouped = group > 1 && x.width % group == 0 && y.channels == outputs
    let together = isGrouped ? group : 1
    var repeated = finish
    if case .rectifiedThenScaled(let scale, let shift) = finish, isGrouped {
      repeated = .rectifiedThenScaled(
        scale: (0..<group * stride).flatMap { _ in scale }, shift: (0..<group * stride).flatMap { _ in shift })
    }
    for phase in isGrouped ? grouped : single {
      let geometry = ConvolutionGeometry(
        rows: x.height, columns: x.width / together, start: x.index(phase.rows.lowerBound, phase.columns.lowerBound),
        rowStep: x.rowStep, columnStep: together * inputs,
        taps: (0..<phase.rows.count).map { $0 * x.rowStep }, run: phase.columns.count * inputs)
      let place = ImagePlace(
        start: y.index(phase.row, phase.column) + firstChannel, rowStep: stride * y.rowStep,
        columnStep: together * stride * y.channels)
      ImageConvolution.apply(x.values, geometry, kernel: phase.kernel, finish: repeated, into: &y.values, at: place)
    }
  }
}
