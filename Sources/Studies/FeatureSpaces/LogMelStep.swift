import AudioFeatures
import Warehouse
import Work

/// A log-mel spectrum with level and loudness, as wide as a layer and with as much context: its twin.
struct LogMelStep: WorkStep {
  struct Parameters: Codable, Sendable, DatasetParameters {
    /// Of the sound, and how frames become rows.
    let features: DescriptorStep.Parameters
    /// Columns, at least 3.
    let width: Int
    /// The longest span that it is averaged over; 0: the frames themselves.
    let contextS: Double

    var dataset: String { features.dataset }
    var set: FeatureSet { FeatureSets.sound(.logMelSpectrum(width: width, contextSeconds: contextS)) }
  }

  let name = "log_mel_spectrum"
  let version = 1
  let summary = "a log-mel spectrum with loudness over the sound of one stimulus, of a layer's width and context"
  let tables: [any ResultRow.Type] = []

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    try DescriptorStep(featureSet: parameters.set).compute(
      parameters.features, task, writer: writer, progress: progress)
  }

  func measure(_ parameters: Parameters) -> WorkMeasure? {
    DescriptorStep(featureSet: parameters.set).measure(parameters.features)
  }

  func cost(_ parameters: Parameters, source: SourcePlace) throws -> WorkCost {
    try DescriptorStep(featureSet: parameters.set).cost(parameters.features, source: source)
  }

  func series(_ parameters: Parameters) -> [PlannedSeries] {
    DescriptorStep(featureSet: parameters.set).series(parameters.features)
  }

  /// The spectrum of these columns and context. Contexts that average over the same spans are one.
  static func parameters(_ features: DescriptorStep.Parameters, width: Int, contextS: Double) -> Parameters {
    Parameters(
      features: features, width: width, contextS: LogMelSpans(width: width, contextSeconds: contextS).context)
  }
}
