import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#endif

/// An untrained network of 12 layers of 12 units over log mel spectra, with layers that can be told apart.
///
/// With m(t) the log mel spectrum of frame t (40 bands, ten frames a second): `h_0 = tanh(W_0 (m + 2) / 2)`, `h_l = 0.7
/// tanh(W_l [h_{l-1}(t - 1), h_{l-1}(t), h_{l-1}(t + 1)]) + 0.7 u_l(t)`. The innovation `u_l(t) = sum_j a_j √2 cos(Ω_l m(t -
/// j) + b_l)`, `a_j ~ 0.9^j` over 2 s with a sum of squares of 1, is an AR(1) series whose white noise is a random Fourier
/// feature of the sound: the same for the same sound, another for any other, and of no layer that of another. Half of a layer
/// is news: canonical correlations of neighbours stay near 0.7 of what they share. Context grows by a frame on either side
/// with every layer. Beyond the sound is silence.
struct SimnetNetwork: ExampleNetwork {
  static let layerCount = 12
  static let units = 12
  static let bands = 40
  static let rateHz = 16_000
  static let frameHop = 1600
  static let windowLength = 800
  /// Frames of the innovation's past.
  static let memory = 20
  static let persistence = 0.9
  /// Frames of an example before and behind the one it stands for.
  static let before = layerCount - 1 + memory - 1
  static let after = layerCount
  static let frames = before + 1 + after

  /// Name, shape and standard deviation of every tensor.
  static let shapes: [(name: String, shape: [Int], size: Double)] =
    [("input.weight", [bands, units], 1 / Double(bands).squareRoot())]
    + (1...layerCount).flatMap { layer in
      [
        ("layer.\(layer).weight", [3, units, units], 1.6 / Double(3 * units).squareRoot()),
        ("innovation.\(layer).frequency", [bands, units], 0.7),
        ("innovation.\(layer).phase", [units], Double.pi / 3.0.squareRoot()),
      ]
    }

  let input: [Double]
  let weights: [[Double]]
  let frequencies: [[Double]]
  let phases: [[Double]]

  init(_ tensors: SimnetTensors) {
    func every(_ name: (Int) -> String) -> [[Double]] {
      (1...Self.layerCount).map { tensors[name($0)].map(Double.init) }
    }
    input = tensors["input.weight"].map(Double.init)
    weights = every { "layer.\($0).weight" }
    frequencies = every { "innovation.\($0).frequency" }
    phases = every { "innovation.\($0).phase" }
  }

  var outputs: [(key: String, depth: Int, dimension: Int)] {
    (1...Self.layerCount).map { ("hs.\($0)", $0, Self.units) }
  }

  /// Two examples a second.
  var standardHop: Int { Self.rateHz / 2 }

  var operationCount: Double {
    let perFrame = Self.layerCount * Self.units * 2 * (Self.bands + 3 * Self.units + Self.memory)
    return Double(Self.frames * perFrame)
  }

  /// The first example stands for the frame around 0.25 s, the last for the last one before the sound's end.
  func grid(hop: Int) -> FrameGrid {
    let middle = Self.before * Self.frameHop + Self.windowLength / 2
    let field = (Self.frames - 1) * Self.frameHop + Self.windowLength
    return FrameGrid(
      hop: hop, field: field, rateHz: Self.rateHz, origin: Self.rateHz / 4 - middle, ending: .padded(field - middle),
      doubledCentre: Self.rateHz / 2)
  }

  func worker() -> any ExampleWorker { SimnetWorker(self) }
}

/// One thread's buffers of simnet.
final class SimnetWorker: ExampleWorker {
  private typealias Size = SimnetNetwork
  private let network: SimnetNetwork
  private var spectrogram: MelSpectrogram
  /// a_j of the innovation.
  private let memory: [Double]

  init(_ network: SimnetNetwork) {
    self.network = network
    let filters = MelFilters(
      bands: Size.bands, fftLength: 1024, rateHz: Double(Size.rateHz), low: 60, high: 7600, scale: .htk,
      shape: .melsOfEqualHeight)
    spectrogram = MelSpectrogram(
      frames: Size.frames, hop: Size.frameHop, windowLength: Size.windowLength, fftLength: 1024, filters: filters,
      quantity: .power)
    let powers = (0..<Size.memory).map { pow(Size.persistence, Double($0)) }
    let norm = powers.reduce(0) { $0 + $1 * $1 }.squareRoot()
    memory = powers.map { $0 / norm }
  }

  func run(_ samples: [Float], starts: [Int], wanted: [Bool], into rows: inout [[Float]]) {
    guard let last = wanted.lastIndex(of: true) else { return }
    for start in starts {
      let mel = spectrogram.image(samples, start: start) { log($0 + 1e-3) }.map(Double.init)
      var state = input(mel)
      for layer in 0...last {
        state = next(layer, state, innovation(layer, mel))
        if wanted[layer] {
          let middle = Size.before * Size.units
          rows[layer] += state[middle..<middle + Size.units].map(Float.init)
        }
      }
    }
  }

  /// Frames that a layer is computed for: those that deeper layers still draw on.
  private func reach(_ layer: Int) -> Range<Int> {
    let rest = Size.layerCount - 1 - layer
    return Size.before - rest..<Size.before + rest + 1
  }

  /// `[frames, units]`.
  private func input(_ mel: [Double]) -> [Double] {
    var state = [Double](repeating: 0, count: Size.frames * Size.units)
    for t in reach(-1) {
      for unit in 0..<Size.units {
        var sum = 0.0
        for band in 0..<Size.bands {
          sum += network.input[band * Size.units + unit] * (mel[t * Size.bands + band] + 2) / 2
        }
        state[t * Size.units + unit] = tanh(sum)
      }
    }
    return state
  }

  /// u of a layer, `[frames, units]`.
  private func innovation(_ layer: Int, _ mel: [Double]) -> [Double] {
    let (frequency, phase, reach) = (network.frequencies[layer], network.phases[layer], reach(layer))
    var noise = [Double](repeating: 0, count: Size.frames * Size.units)
    for t in reach.lowerBound - Size.memory + 1..<reach.upperBound {
      for unit in 0..<Size.units {
        var angle = phase[unit]
        for band in 0..<Size.bands { angle += frequency[band * Size.units + unit] * mel[t * Size.bands + band] }
        noise[t * Size.units + unit] = 2.0.squareRoot() * cos(angle)
      }
    }
    var series = [Double](repeating: 0, count: noise.count)
    for t in reach {
      for unit in 0..<Size.units {
        series[t * Size.units + unit] = memory.indices.reduce(0) {
          $0 + memory[$1] * noise[(t - $1) * Size.units + unit]
        }
      }
    }
    return series
  }

  private func next(_ layer: Int, _ state: [Double], _ innovation: [Double]) -> [Double] {
    let weight = network.weights[layer]
    var result = [Double](repeating: 0, count: state.count)
    for t in reach(layer) {
      for unit in 0..<Size.units {
        var sum = 0.0
        for tap in 0..<3 * Size.units { sum += weight[tap * Size.units + unit] * state[(t - 1) * Size.units + tap] }
        result[t * Size.units + unit] = 0.7 * tanh(sum) + 0.7 * innovation[t * Size.units + unit]
      }
    }
    return result
  }
}
