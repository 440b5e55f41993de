import Vocabulary

#if canImport(Glibc)
  import Glibc
#endif

/// What one pass over the samples of every channel tells about a sound, before anything is mixed or resampled.
///
/// x_c(n) is channel c at sample n of N, full scale 1; levels are dB re full scale with a floor of -100.
///
/// - channel correlation: of the first two channels, `Σ(x₁-μ₁)(x₂-μ₂) / √(Σ(x₁-μ₁)² Σ(x₂-μ₂)²)`
/// - level lost by mixing down: the level of the mean square over channels less that of the mean of the channels; 0 for
///   equal channels, 3 dB for two that have nothing in common, unbounded where they cancel
/// - clipped share: of samples with |x| of 32767/32768 or more
/// - offset: the mean of the channel whose mean is farthest from 0
public struct SoundSurvey: Sendable {
  /// Levels of two channels: mono is doubled, more are mixed as for separation, by the caller.
  public private(set) var levels: SoundLevels
  public let rateHz: Int
  public private(set) var channelCount = 0
  public private(set) var sampleCount = 0

  private static let fullScale: Float = 32_767 / 32_768
  /// A hundredth of a second, in which sound is looked for.
  private let blockLength: Int
  private var sums: [Double] = []
  private var squares: [Double] = []
  private var product = 0.0
  private var mixed = 0.0
  private var clipped = 0
  private var block = (square: 0.0, length: 0)
  private var firstBlockStart: Int?
  private var lastBlockEnd: Int?

  public init(rateHz: Int) {
    levels = SoundLevels(rateHz: rateHz)
    self.rateHz = rateHz
    blockLength = max(1, rateHz / 100)
  }

  /// Takes the next samples of every channel, and those of both channels they are mixed to.
  public mutating func add(_ channels: [[Float]], left: [Float], right: [Float]) {
    guard let first = channels.first, !first.isEmpty else { return }
    if channelCount == 0 {
      channelCount = channels.count
      sums = [Double](repeating: 0, count: channelCount)
      squares = sums
    }
    precondition(channels.count == channelCount, "the number of channels changes")
    levels.add(left, right)
    for (channel, samples) in channels.enumerated() { take(samples, channel) }
    mix(channels)
    closeBlocks(channels)
    sampleCount += first.count
  }

  private mutating func take(_ samples: [Float], _ channel: Int) {
    var (sum, square) = (0.0, 0.0)
    for value in samples {
      sum += Double(value)
      square += Double(value) * Double(value)
      if abs(value) >= Self.fullScale { clipped += 1 }
    }
    sums[channel] += sum
    squares[channel] += square
  }

  private mutating func mix(_ channels: [[Float]]) {
    if channels.count > 1 {
      for i in channels[0].indices { product += Double(channels[0][i]) * Double(channels[1][i]) }
    }
    let scale = 1 / Double(channelCount)
    for i in channels[0].indices {
      var mean = 0.0
      for channel in channels { mean += Double(channel[i]) }
      mixed += mean * scale * mean * scale
    }
  }

  private mutating func closeBlocks(_ channels: [[Float]]) {
    for i in channels[0].indices {
      for channel in channels { block.square += Double(channel[i]) * Double(channel[i]) }
      block.length += 1
      if block.length == blockLength { closeBlock(at: sampleCount + i + 1) }
    }
  }

  private mutating func closeBlock(at end: Int) {
    if SoundLevels.decibels(block.square / Double(block.length * channelCount)) >= SoundLevels.silence {
      if firstBlockStart == nil { firstBlockStart = end - block.length }
      lastBlockEnd = end
    }
    block = (0, 0)
  }

  /// Takes the last, shorter hundredth of a second; nothing may be added after it.
  public mutating func finish() {
    if block.length > 0 { closeBlock(at: sampleCount) }
  }

  /// nil for fewer than two channels, and where one of the first two is constant.
  public var channelCorrelation: Double? {
    guard channelCount > 1, sampleCount > 0 else { return nil }
    let count = Double(sampleCount)
    let variances = (0..<2).map { squares[$0] - sums[$0] * sums[$0] / count }
    // Of a constant nothing is left but rounding.
    guard (0..<2).allSatisfy({ variances[$0] > 1e-12 * squares[$0] }) else { return nil }
    let r = (product - sums[0] * sums[1] / count) / (variances[0] * variances[1]).squareRoot()
    return min(1, max(-1, r))
  }

  private var samplesInAll: Double { Double(max(1, sampleCount * channelCount)) }

  /// Level of the channels, dB.
  public var channelDecibels: Double { SoundLevels.decibels(squares.reduce(0, +) / samplesInAll) }

  /// Level of their mean, dB.
  public var mixedDecibels: Double { SoundLevels.decibels(mixed / Double(max(1, sampleCount))) }

  /// dB, not negative.
  public var mixingLossDB: Double { max(0, channelDecibels - mixedDecibels) }

  public var clippedShare: Double { Double(clipped) / samplesInAll }

  public var offset: Double {
    let means = sums.map { $0 / Double(max(1, sampleCount)) }
    guard let largest = means.max(by: { abs($0) < abs($1) }) else { return 0 }
    return largest
  }

  /// Start of the first and end of the last hundredth of a second at -60 dB or more; nil for silence.
  public var firstSoundS: Double? { firstBlockStart.map { Double($0) / Double(rateHz) } }
  public var lastSoundS: Double? { lastBlockEnd.map { Double($0) / Double(rateHz) } }
}

extension SoundSurvey {
  /// What is out of the ordinary enough to be said of a part of a sound, which may be silent for most of its length:
  /// nobody speaks.
  public var remarksOfPart: [SoundRemark] {
    SoundRemark.all(
      channels: channelCount, mixingLossDB: mixingLossDB, clippedShare: clippedShare, offset: offset, silentShare: nil)
  }
}

extension SoundRemark {
  /// What is out of the ordinary enough to be said. n channels that have nothing in common lose 10 log10 n dB: beyond
  /// that by 3 dB they cancel.
  ///
  /// - Parameter silentShare: nil for a part of a sound.
  public static func all(
    channels: Int, mixingLossDB: Double, clippedShare: Double, offset: Double, silentShare: Double?
  ) -> [SoundRemark] {
    var remarks: [SoundRemark] = []
    if mixingLossDB > 3 + 10 * log10(Double(channels)) { remarks.append(.cancels) }
    if clippedShare > 1e-3 { remarks.append(.clipped) }
    if abs(offset) > 0.01 { remarks.append(.offset) }
    if let silentShare, silentShare > 0.5 { remarks.append(.silent) }
    return remarks
  }
}
