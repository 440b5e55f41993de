import Diagnostics

#if canImport(Glibc)
  import Glibc
#endif

/// The four parameters of `wav2aud`.
public struct CochleogramParameters: Sendable, Equatable {
  /// Length of a frame, ms at 16 kHz.
  public let frameMilliseconds: Double
  /// Time constant of the leaky integrator, ms; 0 takes the mean over each frame's own samples.
  public let timeConstantMilliseconds: Double
  /// Hair cells: -2 linear, -1 half-wave rectifier, 0 sign, positive a sigmoid `1 / (1 + exp(-y / factor))`.
  public let factor: Double
  /// Moves all filters by octaves, by taking the sound at `16 kHz * 2^shift`.
  public let octaveShift: Int

  /// - Throws: `filtersOptions`.
  public init(
    frameMilliseconds: Double = 8, timeConstantMilliseconds: Double = 8, factor: Double = -2, octaveShift: Int = 0
  ) throws {
    func refuse(_ object: String, _ remedy: String) -> EvokeError {
      EvokeError(.filtersOptions, object, reason: "a cochleogram is not defined with it", remedy: remedy)
    }
    guard -3...2 ~= octaveShift else { throw refuse("shift \(octaveShift)", "give whole octaves from -3 to 2") }
    guard frameMilliseconds.isFinite, (frameMilliseconds * 16 * exp2(Double(octaveShift))).rounded() >= 1,
      frameMilliseconds <= 10_000
    else { throw refuse("a frame of \(frameMilliseconds) ms", "give for example 8") }
    guard timeConstantMilliseconds.isFinite, timeConstantMilliseconds >= 0 else {
      throw refuse("a time constant of \(timeConstantMilliseconds) ms", "give for example 8, or 0 for frame means")
    }
    guard factor == -2 || factor == -1 || factor >= 0, factor.isFinite else {
      throw refuse("factor \(factor)", "give -2, -1, 0 or a positive number such as 0.1")
    }
    self.frameMilliseconds = frameMilliseconds
    self.timeConstantMilliseconds = timeConstantMilliseconds
    self.factor = factor
    self.octaveShift = octaveShift
  }

  private init() {
    (frameMilliseconds, timeConstantMilliseconds, factor, octaveShift) = (8, 8, -2, 0)
  }

  /// Frames of 8 ms, 8 ms integration, linear, no shift.
  public static let standard = CochleogramParameters()

  /// Samples per millisecond of the filters' own clock.
  private var perMillisecond: Double { 16 * exp2(Double(octaveShift)) }

  /// The rate of the sound it takes.
  public var sourceRateHz: Double { 1_000 * perMillisecond }

  /// Samples of a frame.
  public var frameLength: Int { Int((frameMilliseconds * perMillisecond).rounded()) }

  /// Frames per second.
  public var nativeRateHz: Double { sourceRateHz / Double(frameLength) }

  /// Decay per sample of the leaky integrator; 0 for frame means.
  var integratorDecay: Double {
    timeConstantMilliseconds > 0 ? exp(-1 / (timeConstantMilliseconds * perMillisecond)) : 0
  }

  /// Decay per sample of the hair cells' membrane (0.5 ms), which the linear mode leaves out.
  var membraneDecay: Double { factor == -2 ? 0 : exp(-1 / (0.5 * perMillisecond)) }
}

/// The auditory spectrogram of a sound that arrives in pieces (NSL `wav2aud`).
///
/// Per filter from the highest to the lowest, at 16 kHz: `y1 = filter(B, A, x)`; `y2 = sigmoid(y1)`, unless linear smoothed
/// by `1 / (1 - beta z^-1)`; `y3 = y2(ch) - y2(ch + 1)`; `y4 = max(y3, 0)`; `y5` the leaky integral
/// `1 / (1 - alpha z^-1)` of y4 at the end of each frame (not normalised: its gain is about the time constant in samples),
/// or with time constant 0 the mean of y4 over the frame. A last partial frame is filled up with zeros.
///
/// All of it in float64, filters in direct form II transposed: at order 22 with poles at 0.998 float32 is not safe.
/// Memory is one frame and the filters' state; rows do not depend on the pieces. Source: Yang, Wang & Shamma 1992; NSL
/// toolbox (University of Maryland).
public struct CochleogramStream: Sendable {
  public let bank: CochlearFilterBank
  public let parameters: CochleogramParameters
  private var groups: [FilterGroup]
  private var pending: [Double] = []

  public init(bank: CochlearFilterBank, parameters: CochleogramParameters) {
    self.bank = bank
    self.parameters = parameters
    groups = stride(from: 0, to: bank.filters.count, by: FilterGroup.width).map {
      FilterGroup(bank.filters[$0..<min($0 + FilterGroup.width, bank.filters.count)])
    }
    pending.reserveCapacity(parameters.frameLength)
  }

  /// `[frames, channels]` of the frames that these samples complete, row-major.
  public mutating func process(_ samples: [Float]) -> [Double] {
    var rows: [Double] = []
    rows.reserveCapacity((pending.count + samples.count) / parameters.frameLength * bank.channelCount)
    for sample in samples {
      pending.append(Double(sample))
      if pending.count == parameters.frameLength { appendFrame(to: &rows) }
    }
    return rows
  }

  /// The last partial frame, if there is one; the stream starts anew.
  public mutating func finish() -> [Double] {
    var rows: [Double] = []
    if !pending.isEmpty {
      pending += [Double](repeating: 0, count: parameters.frameLength - pending.count)
      appendFrame(to: &rows)
    }
    for group in groups.indices { groups[group].reset() }
    return rows
  }

  private mutating func appendFrame(to rows: inout [Double]) {
    let start = rows.count
    rows += [Double](repeating: 0, count: bank.channelCount)
    var above = [Double](repeating: 0, count: pending.count)
    let settings = FilterGroup.Settings(parameters)
    for group in groups.indices.reversed() {
      let values = groups[group].process(pending, above: &above, settings)
      for lane in 0..<FilterGroup.width {
        let channel = group * FilterGroup.width + lane
        if channel < bank.channelCount { rows[start + channel] = values[lane] }
      }
    }
    pending.removeAll(keepingCapacity: true)
  }
}
