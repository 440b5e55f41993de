import NeuralLayers

/// 3 x 3 convolutions of stride 1 over an image, each optionally followed by max(x, 0) and by 2 x 2 maximum pooling.
struct PlaneStack: Sendable {
  struct Stage: Sendable {
    let convolution: Convolution2D
    let isRectified: Bool
    /// Whether the next stage sees the maxima of 2 x 2 blocks.
    let isPooled: Bool
    /// Rows and columns of the stage's output.
    let height: Int
    let width: Int
  }

  let height: Int
  let width: Int
  let stages: [Stage]

  /// Stages for images of one channel; each kernel `[3, 3, inputs, outputs]`.
  init(
    height: Int, width: Int,
    _ kernels: [(weight: [Float], bias: [Float], inputs: Int, isRectified: Bool, isPooled: Bool)]
  ) {
    self.height = height
    self.width = width
    var (rows, columns) = (height, width)
    stages = kernels.map { kernel in
      let stage = Stage(
        convolution: Convolution2D(
          inputs: kernel.inputs, outputs: kernel.bias.count, kernel: (3, 3), weight: kernel.weight, bias: kernel.bias),
        isRectified: kernel.isRectified, isPooled: kernel.isPooled, height: rows, width: columns)
      if kernel.isPooled { (rows, columns) = (rows / 2, columns / 2) }
      return stage
    }
  }

  /// Multiply-adds twice, of one image up to and with stage `last`.
  func operationCount(upTo last: Int) -> Double {
    stages.prefix(last + 1).reduce(0) {
      $0 + 18 * Double($1.height * $1.width) * Double($1.convolution.inputs * $1.convolution.outputs)
    }
  }
}

/// The buffers of a stack: one image before each stage, and each stage's output.
struct PlaneStackRun {
  private static let ring = ImageBorder(top: 1, bottom: 1, left: 1, right: 1)
  private let stack: PlaneStack
  private var inputs: [FeatureMap]
  private var outputs: [FeatureMap]

  init(_ stack: PlaneStack) {
    self.stack = stack
    inputs = [FeatureMap(height: stack.height, width: stack.width, channels: 1, border: Self.ring)]
    outputs = []
    for stage in stack.stages {
      // Without pooling the output is the next stage's input and needs the border.
      let channels = stage.convolution.outputs
      outputs.append(
        FeatureMap(
          height: stage.height, width: stage.width, channels: channels, border: stage.isPooled ? .none : Self.ring))
      guard stage.isPooled else { continue }
      inputs.append(
        FeatureMap(height: stage.height / 2, width: stage.width / 2, channels: channels, border: Self.ring))
    }
  }

  /// Computes stages 0 to `last` of an image `[height, width]` and hands out each stage's output before its pooling.
  mutating func run(_ image: [Float], upTo last: Int, _ body: (_ stage: Int, _ output: FeatureMap) -> Void) {
    precondition(image.count == stack.height * stack.width, "the image has another size")
    for row in 0..<stack.height {
      let from = row * stack.width
      let to = inputs[0].index(row, 0)
      inputs[0].values.replaceSubrange(to..<to + stack.width, with: image[from..<from + stack.width])
    }
    var pooled = 0
    for (index, stage) in stack.stages.prefix(last + 1).enumerated() {
      let isFresh = index == 0 || stack.stages[index - 1].isPooled
      let input = isFresh ? inputs[pooled] : outputs[index - 1]
      stage.convolution.apply(
        input, padding: Self.ring, stage.isRectified ? .rectified : .linear, into: &outputs[index])
      body(index, outputs[index])
      if stage.isPooled, index < last {
        pooled += 1
        MaximumPooling2D.apply(outputs[index], into: &inputs[pooled])
      }
    }
  }

  /// The pooled output of the last stage, `[height, width, channels]`; the stack must have been run to its end.
  func pooledOutput() -> [Float] {
    let last = outputs[outputs.count - 1]
    return MaximumPooling2D.blocks(last, height: 2, width: 2)
  }
}
