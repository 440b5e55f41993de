import Diagnostics
import SignalProcessing

/// Turns frames that are computed one after another into rows at the wanted rate, as `AudioModel.extract` does.
///
/// For descriptors whose frames lie on a grid: `take` every frame once and in order, then `finish`.
public struct FrameCollector {
  /// Seconds from the start of the sound for each row.
  public let times: [Double]
  private var collector: LayerCollector
  private let frameCount: Int

  /// - Parameters:
  ///   - grid: where the frames lie.
  ///   - dimension: numbers per frame.
  /// - Throws: E-WGT-015 for bins shorter than a hop, E-WGT-012 for sound that does not cover half a bin.
  public init(grid: FrameGrid, dimension: Int, sampleCount: Int, rate: FeatureRate) throws {
    let layer = EncoderLayer(key: "", depth: 0, relDepth: 0, dimension: dimension, grid: grid)
    frameCount = grid.frameCount(sampleCount)
    guard case .bins(let seconds, let aggregate) = rate else {
      times = (0..<frameCount).map(grid.centre)
      collector = LayerCollector(layer, bins: nil)
      return
    }
    let bins = try BinGrid(seconds: seconds, rateHz: grid.rateHz)
    guard bins.seconds * layer.rateHz >= 1 else {
      throw EvokeError(
        .binsImpossible, "bins of \(seconds) s", reason: "there is one frame every \(1 / layer.rateHz) s",
        remedy: "use longer bins, or the native rate")
    }
    let count = bins.count(sampleCount)
    guard count > 0 else {
      throw EvokeError(
        .soundTooShort, "sound of \(sampleCount) samples", reason: "it does not cover half a bin of \(seconds) s",
        remedy: "use shorter bins, or leave the stimulus out")
    }
    times = (0..<count).map { Double($0) * bins.seconds }
    collector = LayerCollector(layer, bins: (bins, aggregate, count))
  }

  /// Takes the next frames, row-major; returns rows that are ready, if any.
  public mutating func take(_ values: [Float]) -> [Float] {
    collector.take(rows: values.count / collector.layer.dimension, values, offset: 0)?.rows ?? []
  }

  /// The rows still open once all frames were taken.
  public mutating func finish() -> [Float] {
    precondition(collector.nextFrame == frameCount, "a frame was lost or doubled")
    return collector.finish()?.rows ?? []
  }
}
