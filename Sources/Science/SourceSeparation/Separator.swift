import Diagnostics
import FourierTransform
import LinearAlgebra
import NeuralLayers
import SignalProcessing

/// Successive samples of two channels.
public struct StereoPiece: Sendable, Equatable {
  public var left: [Float]
  public var right: [Float]

  public init(left: [Float], right: [Float]) {
    precondition(left.count == right.count, "left and right differ in length")
    self.left = left
    self.right = right
  }

  public var count: Int { left.count }
}

/// What happens to the bins the networks do not see (11 025 Hz and above).
public enum MaskExtension: String, Codable, Sendable, CaseIterable {
  /// Nothing of them: both stems end at 11 025 Hz.
  case zeros
  /// They get the mean of the frame's mask, so that the stems sum to the whole sound.
  case average
}

/// Two-stem separation as Spleeter defines it (Hennequin et al. 2020): voice and soundtrack of stereo sound at 44.1 kHz.
///
/// X = STFT of the sound with 4096 zeros before it (frames of 4096, periodic Hann window, hop 1024). Each stem's U-Net
/// turns |X| of 512 frames and 1024 bins into S_i = sigmoid(logits_i) |X|; the masks are
/// M_i = (S_i² + ε/2) / (S_0² + S_1² + ε), ε = 1e-10; each stem is the inverse STFT of M_i X with the same window, times
/// 2/3, without the first 4096 samples. Segments of 512 frames follow each other without overlap, as in the reference, so
/// the result of a sound depends on where it begins. Memory does not grow with the length.
public final class Separator: Sendable {
  public static let rateHz = 44_100
  static let frameLength = 4_096
  static let hop = 1_024
  /// Frames and bins the networks see at once.
  static let rows = 512
  static let bins = 1_024
  static let epsilon: Float = 1e-10

  public let weights: SeparationWeights
  private let networks: [UNet]
  private let transform: ShortTimeTransform

  public init(weights: SeparationWeights) {
    self.weights = weights
    networks = weights.networks.map(UNet.init)
    transform = ShortTimeTransform(
      window: hannWindow(length: Self.frameLength).map { Float($0) }, hop: Self.hop)
  }

  /// One segment's masks, for checks: `[stem, channel, frame, bin]` of the segment's frames and 1024 bins.
  public struct Masks: Sendable {
    public let firstFrame: Int
    public let frames: Int
    public let values: [Float]
  }

  /// Separates a sound to its end.
  ///
  /// - Parameters:
  ///   - source: stereo at 44.1 kHz; amplitudes as they are (1 is full scale), since the networks know the level.
  ///   - progress: gets the share done.
  ///   - masks: gets every segment's masks, where asked for.
  ///   - sink: gets the next samples of voice and soundtrack; in all as many as the source has.
  ///
  /// Silence gives silence. Throws E-WGT-011 for another rate and E-WGT-013 for samples that are not finite.
  public func separate(
    _ source: any StereoSampleSource, extension: MaskExtension = .zeros, progress: (Double) -> Void = { _ in },
    masks: ((Masks) throws -> Void)? = nil, sink: (_ voice: StereoPiece, _ soundtrack: StereoPiece) throws -> Void
  ) throws {
    guard source.rateHz == Self.rateHz else {
      throw EvokeError(
        .soundRateWrong, "separation", reason: "the sound is at \(source.rateHz) Hz, the networks need 44100",
        remedy: "resample it to 44.1 kHz")
    }
    let count = source.sampleCount
    guard count > 0 else { return }
    let frames = (count + Self.frameLength + Self.hop - 1) / Self.hop
    var state = SegmentState(
      kept: `extension` == .zeros ? Self.bins : transform.binCount,
      work: networks[0].workspace(rows: Self.rows, columns: Self.bins), binCount: transform.binCount)
    for first in stride(from: 0, to: frames, by: Self.rows) {
      let rows = min(Self.rows, frames - first)
      try read(source, first, rows, into: &state.sound)
      run(rows, &state, wantsMasks: masks != nil)
      if let masks { try masks(Masks(firstFrame: first, frames: rows, values: state.masks)) }
      let start = (first - Self.frameLength / Self.hop) * Self.hop
      let range = max(0, -start)..<min(rows * Self.hop, count - start)
      if !range.isEmpty { try sink(state.piece(stem: 0, range), state.piece(stem: 1, range)) }
      state.carry(rows)
      progress(Double(first + rows) / Double(frames))
    }
  }

  /// The frames' sound `[2, (rows - 1) hop + length]`, zero outside the source.
  private func read(_ source: any StereoSampleSource, _ first: Int, _ rows: Int, into sound: inout [Float]) throws {
    let length = (rows - 1) * Self.hop + Self.frameLength
    let start = first * Self.hop - Self.frameLength
    let range = max(0, start)..<max(max(0, start), min(source.sampleCount, start + length))
    let (left, right) = try source.samples(range)
    guard left.allSatisfy(\.isFinite), right.allSatisfy(\.isFinite) else {
      throw EvokeError(
        .soundNotFinite, "separation", reason: "a sample between \(range.lowerBound) and \(range.upperBound) is not",
        remedy: "rewrite the file from its source")
    }
    sound = [Float](repeating: 0, count: 2 * length)
    let offset = range.lowerBound - start
    sound.replaceSubrange(offset..<offset + range.count, with: left)
    sound.replaceSubrange(length + offset..<length + offset + range.count, with: right)
  }

  private func run(_ rows: Int, _ state: inout SegmentState, wantsMasks: Bool) {
    let threads = BLASThreads.current
    let width = transform.binCount
    transform.forward(state.sound, series: 2, frames: rows, into: &state.spectra, threads: threads)
    if rows < Self.rows { state.clearInput() }
    let input = state.work.inputs[0]
    let (start, rowStep) = (input.index(0, 0), input.rowStep)
    state.withInput { values, spectra in
      RatioMask.magnitudes(
        spectra, rows: rows, width: width, bins: Self.bins, into: &values, start: start, rowStep: rowStep)
    }
    networks[0].logits(&state.work, into: &state.logits.0)
    networks[1].logits(&state.work, into: &state.logits.1)
    state.masks = wantsMasks ? [Float](repeating: 0, count: 4 * rows * Self.bins) : []
    RatioMask.apply(
      state.logits, height: Self.rows, bins: Self.bins, to: state.spectra, channels: 2, rows: rows, width: width,
      kept: state.kept, epsilon: Self.epsilon, into: &state.stems, masks: &state.masks)
    transform.inverse(
      state.stems, series: 4, frames: rows, kept: state.kept, gain: 2 / 3, into: &state.output, threads: threads)
  }
}

/// The buffers of one separation, reused from segment to segment.
private struct SegmentState {
  let kept: Int
  var work: UNet.Workspace
  /// `[2, samples]`.
  var sound: [Float] = []
  /// `[2, frames, 2 bins]`.
  var spectra: [Float]
  /// `[2, 512, 1024]` of each stem.
  var logits: ([Float], [Float])
  /// `[stem, channel, frames, 2 kept]`.
  var stems: [Float]
  var masks: [Float] = []
  /// `[stem, channel, samples]`; the first samples hold what earlier frames left there.
  var output: [Float]

  static let samples = (Separator.rows - 1) * Separator.hop + Separator.frameLength
  static let overlap = Separator.frameLength - Separator.hop

  init(kept: Int, work: UNet.Workspace, binCount: Int) {
    self.kept = kept
    self.work = work
    spectra = [Float](repeating: 0, count: 2 * Separator.rows * 2 * binCount)
    let plane = [Float](repeating: 0, count: 2 * Separator.rows * Separator.bins)
    logits = (plane, plane)
    stems = [Float](repeating: 0, count: 4 * Separator.rows * 2 * kept)
    output = [Float](repeating: 0, count: 4 * Self.samples)
  }

  mutating func clearInput() {
    let input = work.inputs[0]
    work.inputs[0] = FeatureMap(
      height: input.height, width: input.width, channels: input.channels, border: input.border)
  }

  mutating func withInput(_ body: (inout [Float], [Float]) -> Void) { body(&work.inputs[0].values, spectra) }

  func piece(stem: Int, _ range: Range<Int>) -> StereoPiece {
    let left = 2 * stem * Self.samples
    let right = left + Self.samples
    return StereoPiece(
      left: Array(output[left + range.lowerBound..<left + range.upperBound]),
      right: Array(output[right + range.lowerBound..<right + range.upperBound]))
  }

  /// Moves what later frames add to to the front and clears the rest.
  mutating func carry(_ rows: Int) {
    let done = rows * Separator.hop
    for series in 0..<4 {
      let base = series * Self.samples
      for i in 0..<Self.samples { output[base + i] = i < Self.overlap ? output[base + done + i] : 0 }
    }
  }
}
