import LinearAlgebra
import NeuralLayers

#if canImport(Glibc)
  import Glibc
#endif

/// The VGG of musicnn's package: five 3 x 3 convolutions with max(x, 0), batch norm and maxima, and the likelihood of each
/// tag.
///
/// Layers `pool1` to `pool4` are the means of each channel's maxima over the example's time and frequency; `pool5` is all
/// of the last maxima, `[time, frequency, channel]`, as `logits` see them; `tags` are the logistic of those.
struct MusicnnVGGNetwork: ExampleNetwork {
  /// Rows and columns of the maxima and their steps.
  static let pools: [(size: ImageSize, stride: ImageSize)] = [
    (ImageSize(height: 4, width: 1), ImageSize(height: 2, width: 2)),
    (ImageSize(height: 2, width: 2), ImageSize(height: 2, width: 2)),
    (ImageSize(height: 2, width: 2), ImageSize(height: 2, width: 2)),
    (ImageSize(height: 2, width: 2), ImageSize(height: 2, width: 2)),
    (ImageSize(height: 4, width: 4), ImageSize(height: 4, width: 4)),
  ]

  let input: ChannelScaling
  let stages: [NormedConvolution]
  let classifier: DenseLayer

  /// Sizes of the images before each convolution and behind the last maxima.
  static var sizes: [ImageSize] {
    var sizes = [ImageSize(height: MusicnnFrontEnd.frames, width: MusicnnFrontEnd.bands)]
    for pool in pools { sizes.append(sizes[sizes.count - 1].pooled(pool.size, stride: pool.stride)) }
    return sizes
  }

  /// Pixels of the last maxima: 2 of time x 1 of frequency.
  static var lastPixels: Int { sizes[sizes.count - 1].height * sizes[sizes.count - 1].width }

  var outputs: [(key: String, depth: Int, dimension: Int)] {
    let last = stages.count - 1
    return stages.enumerated().map { ("pool\($0 + 1)", $0, $1.outputs * ($0 == last ? Self.lastPixels : 1)) }
      + ["logits", "tags"].map { ($0, stages.count, classifier.outputs) }
  }

  var standardHop: Int { MusicnnFrontEnd.rateHz }
  var mirrorsEnds: Bool { true }
  var operationCount: Double {
    zip(stages, Self.sizes).reduce(2 * Double(classifier.inputs * classifier.outputs)) {
      $0 + $1.0.operationCount(pixels: $1.1.height * $1.1.width)
    }
  }

  func grid(hop: Int) -> FrameGrid { MusicnnFrontEnd.grid(hop: hop) }
  func worker() -> any ExampleWorker { MusicnnVGGWorker(self) }
}

/// One thread's buffers of musicnn's VGG.
final class MusicnnVGGWorker: ExampleWorker {
  private static let ring = ImageBorder(top: 1, bottom: 1, left: 1, right: 1)
  private let network: MusicnnVGGNetwork
  private var frontEnd = MusicnnFrontEnd()
  /// Before each convolution, and the maxima behind the last.
  private var images: [FeatureMap]
  private var outputs: [FeatureMap]

  init(_ network: MusicnnVGGNetwork) {
    self.network = network
    let sizes = MusicnnVGGNetwork.sizes
    images = sizes.enumerated().map { index, size in
      let isLast = index == network.stages.count
      return FeatureMap(
        height: size.height, width: size.width,
        channels: isLast ? network.stages[index - 1].outputs : network.stages[index].convolution.inputs,
        border: isLast ? .none : Self.ring)
    }
    outputs = zip(network.stages, sizes).map {
      FeatureMap(height: $1.height, width: $1.width, channels: $0.outputs)
    }
  }

  func run(_ samples: [Float], starts: [Int], wanted: [Bool], into rows: inout [[Float]]) {
    guard let last = wanted.lastIndex(of: true) else { return }
    let deepest = network.stages.count - 1
    var flat: [Float] = []
    for start in starts {
      fill(network.input.apply(frontEnd.apply(samples, start: start)))
      for (index, stage) in network.stages.enumerated() where index <= last {
        stage.convolution.apply(images[index], padding: Self.ring, stage.finish, into: &outputs[index])
        let pool = MusicnnVGGNetwork.pools[index]
        MaximumPooling2D.windows(outputs[index], pool.size, stride: pool.stride, into: &images[index + 1])
        guard wanted[index], index < deepest else { continue }
        rows[index] += MeanPooling2D.apply(images[index + 1], rows: 0..<images[index + 1].height)
      }
      if last >= deepest { flat += images[deepest + 1].dense }
    }
    guard last >= deepest else { return }
    if wanted[deepest] { rows[deepest] = flat }
    guard last > deepest else { return }
    let logits = network.classifier.apply(flat)
    if wanted[deepest + 1] { rows[deepest + 1] = logits }
    if wanted[deepest + 2] { rows[deepest + 2] = logits.map { 1 / (1 + exp(-$0)) } }
  }

  private func fill(_ picture: [Float]) {
    let width = images[0].width
    for row in 0..<images[0].height {
      let to = images[0].index(row, 0)
      images[0].values.replaceSubrange(to..<to + width, with: picture[row * width..<(row + 1) * width])
    }
  }
}
