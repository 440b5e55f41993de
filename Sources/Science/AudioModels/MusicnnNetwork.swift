import LinearAlgebra
import NeuralLayers

#if canImport(Glibc)
  import Glibc
#endif

/// A convolution, max(x, 0) and batch norm.
struct NormedConvolution: Sendable {
  let convolution: Convolution2D
  let finish: ConvolutionFinish

  /// `weight` is `[kernel height, kernel width, inputs, outputs]`.
  init(kernel: (height: Int, width: Int), inputs: Int, weight: [Float], bias: [Float], norm: BatchNorm) {
    convolution = Convolution2D(
      inputs: inputs, outputs: bias.count, kernel: kernel, weight: weight, bias: bias)
    let folded = norm.scaleAndShift
    finish = .rectifiedThenScaled(scale: folded.scale, shift: folded.shift)
  }

  var outputs: Int { convolution.outputs }

  /// Operations for an output of this many pixels (a multiply-add is two).
  func operationCount(pixels: Int) -> Double {
    2 * Double(pixels * convolution.kernel.height * convolution.kernel.width)
      * Double(convolution.inputs * convolution.outputs)
  }
}

/// x · scale + shift per channel over rows of channels.
struct ChannelScaling: Sendable {
  let scale: [Float]
  let shift: [Float]

  init(_ norm: BatchNorm) { (scale, shift) = norm.scaleAndShift }

  func apply(_ x: [Float]) -> [Float] { x.indices.map { x[$0] * scale[$0 % scale.count] + shift[$0 % scale.count] } }
}

/// musicnn (Pons and Serra 2019): convolutions over time and frequency in shapes of musical reason, three over time,
/// pooling over the 3 s, a dense layer and the likelihood of each tag.
///
/// Layers `timbral` (7 frames by .4 and .7 of the bands, then the largest over frequency), `temporal` (128, 64 and 32
/// frames of one band, likewise) and `cnn1` to `cnn3` (the latter two added to what they see) are means over the
/// example's time; `mean_pool` and `max_pool` are mean and largest over time of all of these; `penultimate`, `logits`
/// and `tags`, the logistic of them, follow.
struct MusicnnNetwork: ExampleNetwork {
  static let timbralWidths = [38, 67]
  static let temporalLengths = [128, 64, 32]
  static let timbralLength = 7
  static let middleLength = 7

  let input: ChannelScaling
  let timbral: [NormedConvolution]
  let temporal: [NormedConvolution]
  let middle: [NormedConvolution]
  let pooled: ChannelScaling
  let hidden: DenseLayer
  let hiddenNorm: ChannelScaling
  let classifier: DenseLayer

  private static func channels(_ stages: [NormedConvolution]) -> Int { stages.reduce(0) { $0 + $1.outputs } }
  var timbralChannels: Int { Self.channels(timbral) }
  var frontChannels: Int { timbralChannels + Self.channels(temporal) }
  var allChannels: Int { frontChannels + Self.channels(middle) }

  var outputs: [(key: String, depth: Int, dimension: Int)] {
    [("timbral", 0, timbralChannels), ("temporal", 0, frontChannels - timbralChannels)]
      + middle.indices.map { ("cnn\($0 + 1)", $0 + 1, middle[$0].outputs) }
      + [
        ("mean_pool", 4, allChannels), ("max_pool", 4, allChannels), ("penultimate", 5, hidden.outputs),
        ("logits", 6, classifier.outputs), ("tags", 6, classifier.outputs),
      ]
  }

  /// The package's own step, 187 frames without overlap, is longer than the seconds that studies count in.
  var standardHop: Int { MusicnnFrontEnd.rateHz }
  var mirrorsEnds: Bool { true }
  var operationCount: Double {
    let frames = MusicnnFrontEnd.frames
    let fronts = zip(timbral, Self.timbralWidths).map {
      $0.operationCount(pixels: frames * (MusicnnFrontEnd.bands - $1 + 1))
    }
    let others = temporal.map { $0.operationCount(pixels: frames * MusicnnFrontEnd.bands) }
    let middles = middle.map { $0.operationCount(pixels: frames) }
    let dense = [hidden, classifier].map { 2 * Double($0.inputs * $0.outputs) }
    return (fronts + others + middles + dense).reduce(0, +)
  }

  func grid(hop: Int) -> FrameGrid { MusicnnFrontEnd.grid(hop: hop) }
  func worker() -> any ExampleWorker { MusicnnWorker(self) }
}

/// One thread's buffers of musicnn.
final class MusicnnWorker: ExampleWorker {
  /// Where the layers stand among the network's outputs.
  private enum Layer {
    static let firstOfMiddle = 2
    static let meanPool = 5
    static let maxPool = 6
    static let penultimate = 7
    static let logits = 8
    static let tags = 9
  }

  private let network: MusicnnNetwork
  private var frontEnd = MusicnnFrontEnd()
  private var upright: FeatureMap
  private var lying: FeatureMap
  private var timbral: [FeatureMap]
  private var temporal: [FeatureMap]
  private var middleInputs: [FeatureMap]
  private var middleOutputs: [FeatureMap]

  init(_ network: MusicnnNetwork) {
    let (frames, bands) = (MusicnnFrontEnd.frames, MusicnnFrontEnd.bands)
    let around = MusicnnNetwork.timbralLength / 2
    self.network = network
    upright = FeatureMap(height: frames, width: bands, channels: 1, border: ImageBorder(top: around, bottom: around))
    // Time along rows, so that a kernel's frames are neighbours.
    let widest = network.temporal[0].convolution.samePadding(height: bands, width: frames)
    lying = FeatureMap(height: bands, width: frames, channels: 1, border: widest)
    timbral = zip(network.timbral, MusicnnNetwork.timbralWidths).map {
      FeatureMap(height: frames, width: bands - $1 + 1, channels: $0.outputs)
    }
    temporal = network.temporal.map { FeatureMap(height: bands, width: frames, channels: $0.outputs) }
    let sides = MusicnnNetwork.middleLength / 2
    middleInputs = network.middle.map {
      FeatureMap(
        height: 1, width: frames, channels: $0.convolution.inputs, border: ImageBorder(left: sides, right: sides))
    }
    middleOutputs = network.middle.map { FeatureMap(height: 1, width: frames, channels: $0.outputs) }
  }

  func run(_ samples: [Float], starts: [Int], wanted: [Bool], into rows: inout [[Float]]) {
    guard let last = wanted.lastIndex(of: true) else { return }
    let middles = last < Layer.firstOfMiddle ? 0 : min(network.middle.count, last - Layer.firstOfMiddle + 1)
    var flat: [Float] = []
    for start in starts {
      let blocks = blocks(network.input.apply(frontEnd.apply(samples, start: start)), middles: middles)
      let means = blocks.flatMap(Self.means)
      var at = 0
      for (layer, width) in network.outputs.prefix(Layer.firstOfMiddle + middles).map(\.dimension).enumerated() {
        if wanted[layer] { rows[layer] += means[at..<at + width] }
        at += width
      }
      guard last >= Layer.meanPool else { continue }
      let largest = blocks.flatMap { MaximumPooling2D.blocks($0, height: 1, width: $0.width) }
      if wanted[Layer.meanPool] { rows[Layer.meanPool] += means }
      if wanted[Layer.maxPool] { rows[Layer.maxPool] += largest }
      flat += zip(largest, means).flatMap { [$0, $1] }
    }
    if last >= Layer.penultimate { classify(flat, wanted, &rows) }
  }

  /// The front end's channels and the first `middles` convolutions over time, each an image of one row.
  private func blocks(_ image: [Float], middles: Int) -> [FeatureMap] {
    var blocks = [front(image)]
    for (index, stage) in network.middle.prefix(middles).enumerated() {
      let seen = blocks[index]
      let to = middleInputs[index].index(0, 0)
      middleInputs[index].values.replaceSubrange(to..<to + seen.values.count, with: seen.values)
      stage.convolution.apply(
        middleInputs[index], padding: middleInputs[index].border, stage.finish, into: &middleOutputs[index])
      var found = middleOutputs[index]
      if index > 0 { for i in found.values.indices { found.values[i] += seen.values[i] } }
      blocks.append(found)
    }
    return blocks
  }

  /// Timbral and temporal channels side by side, a pixel per frame.
  private func front(_ image: [Float]) -> FeatureMap {
    let (frames, bands) = (MusicnnFrontEnd.frames, MusicnnFrontEnd.bands)
    for frame in 0..<frames {
      let to = upright.index(frame, 0)
      upright.values.replaceSubrange(to..<to + bands, with: image[frame * bands..<(frame + 1) * bands])
      for band in 0..<bands { lying.values[lying.index(band, frame)] = image[frame * bands + band] }
    }
    var parts: [(values: [Float], width: Int)] = []
    for (index, stage) in network.timbral.enumerated() {
      stage.convolution.apply(upright, padding: upright.border, stage.finish, into: &timbral[index])
      let pooled = MaximumPooling2D.blocks(timbral[index], height: 1, width: timbral[index].width)
      parts.append((pooled, stage.outputs))
    }
    for (index, stage) in network.temporal.enumerated() {
      let padding = stage.convolution.samePadding(height: bands, width: frames)
      stage.convolution.apply(lying, padding: padding, stage.finish, into: &temporal[index])
      parts.append((MaximumPooling2D.blocks(temporal[index], height: bands, width: 1), stage.outputs))
    }
    let joined = (0..<frames).flatMap { frame in
      parts.flatMap { $0.values[frame * $0.width..<(frame + 1) * $0.width] }
    }
    return FeatureMap(height: 1, width: frames, channels: network.frontChannels, dense: joined)
  }

  private static func means(_ map: FeatureMap) -> [Float] { MeanPooling2D.apply(map, rows: 0..<1) }

  private func classify(_ flat: [Float], _ wanted: [Bool], _ rows: inout [[Float]]) {
    let hidden = network.hidden.apply(network.pooled.apply(flat)).map { max($0, 0) }
    let penultimate = network.hiddenNorm.apply(hidden)
    if wanted[Layer.penultimate] { rows[Layer.penultimate] = penultimate }
    guard wanted[Layer.logits] || wanted[Layer.tags] else { return }
    let logits = network.classifier.apply(penultimate)
    if wanted[Layer.logits] { rows[Layer.logits] = logits }
    if wanted[Layer.tags] { rows[Layer.tags] = logits.map { 1 / (1 + exp(-$0)) } }
  }
}
