import Diagnostics
import SignalProcessing

/// One descriptor of a set.
public struct DescriptorColumn: Sendable, Equatable {
  public let name: String
  /// A UCUM code or the unit's usual name.
  public let unit: String
  /// Its value in digital silence; nil for a descriptor that only voiced frames have, which is missing there.
  public let silence: Float?
  let pooling: DescriptorPooling

  /// A descriptor every frame has; a bin's value is the mean over its frames.
  public init(_ name: String, unit: String, silence: Float) {
    self.init(name, unit: unit, silence: silence, pooling: .mean)
  }

  /// A descriptor that only voiced frames have; a bin's value is the median over its voiced frames.
  public init(voiced name: String, unit: String) {
    self.init(name, unit: unit, silence: nil, pooling: .median)
  }

  init(_ name: String, unit: String, silence: Float?, pooling: DescriptorPooling) {
    self.name = name
    self.unit = unit
    self.silence = silence
    self.pooling = pooling
  }
}

/// How frames become the value of a bin when means are asked for.
enum DescriptorPooling: Sendable, Equatable {
  case mean
  /// Over the frames that have a value.
  case median
  /// `sqrt(mean of column a) / mean of column b`, two hidden columns of the rows; 0 where b's mean is below the floor.
  case rootOverMean(a: Int, b: Int, floor: Double)
}

/// A stretch of rows of a set, in order of time.
public struct DescriptorRows: Sendable, Equatable {
  /// The first row's index among all rows.
  public let firstRow: Int
  /// `[rows, columns]`, row-major.
  public let values: [Float]
  /// Per row: a value was filled in, because the bin had no voiced frame or no frame at all. Always false natively.
  public let isFilled: [Bool]

  public init(firstRow: Int, values: [Float], isFilled: [Bool]) {
    self.firstRow = firstRow
    self.values = values
    self.isFilled = isFilled
  }
}

/// A named set of descriptors of mono sound at 16 kHz, with its own frame rate.
///
/// Missing values are the same for all sets. Natively a row is a frame; a descriptor that only voiced frames have is NaN
/// in the others (and nothing else is ever NaN). In bins nothing is NaN: a bin without voiced frames takes the median of
/// the sound's other bins, 0 where the whole sound has none, and is flagged;
/// a bin in which no frame has its centre (only at the very ends, for bins not longer than a frame) repeats its neighbour
/// and is flagged too. A last partial bin counts if the sound covers at least half of it. Sound shorter than one frame
/// has no rows natively, and in bins the values of silence, flagged.
public struct DescriptorSet: Sendable {
  public let name: String
  /// Raised when a definition changes: part of the key of what it computes.
  public let version: Int
  public let summary: String
  public let columns: [DescriptorColumn]
  /// Frames per second.
  public let nativeRateHz: Double
  let kernel: @Sendable () -> any DescriptorKernel

  /// The rate of the sound every set is defined at.
  public static let sourceRateHz = 16_000.0

  package init(
    name: String, version: Int, summary: String, columns: [DescriptorColumn], nativeRateHz: Double,
    kernel: @escaping @Sendable () -> any DescriptorKernel
  ) {
    self.name = name
    self.version = version
    self.summary = summary
    self.columns = columns
    self.nativeRateHz = nativeRateHz
    self.kernel = kernel
  }

  /// The time of every row in seconds of the sound: the centre of a frame, the start of a bin.
  ///
  /// - Throws: `E-LLD-001` for bins of no positive length.
  public func times(sampleCount: Int, rate: FeatureRate = .perSecond) throws -> [Double] {
    switch rate {
    case .native:
      let kernel = kernel()
      return (0..<kernel.rowCount(sampleCount)).map { Double(kernel.doubledCentre($0)) / (2 * Self.sourceRateHz) }
    case .bins(let seconds, _):
      return (0..<(try Self.binCount(sampleCount, seconds))).map { Double($0) * seconds }
    }
  }

  static func binCount(_ sampleCount: Int, _ seconds: Double) throws -> Int {
    guard seconds.isFinite, seconds >= 0.001 else {
      throw EvokeError(
        .descriptorBins, "bins of \(seconds) s", reason: "a bin lasts at least a millisecond",
        remedy: "ask for example for one row per second")
    }
    return SignalProcessing.binCount(durationSeconds: Double(sampleCount) / sourceRateHz, binSeconds: seconds)
  }
}

extension DescriptorSet: CustomStringConvertible {
  public var description: String { name }
}

/// The built-in sets, by which studies, the command line and the tests know them.
public enum DescriptorSets {
  public static let all: [DescriptorSet] = [.lld12, .lld12Librosa, .mfcc12, .chroma12, .egemaps25]

  /// The set of a name; nil for an unknown one.
  public static func named(_ name: String) -> DescriptorSet? { all.first { $0.name == name } }
}
