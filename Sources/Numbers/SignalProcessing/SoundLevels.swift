#if canImport(Glibc)
  import Glibc
#endif

/// Levels of two-channel sound: of the whole and of each second.
///
/// Mean square over both channels; dB re full scale with a floor of -100. A second below -60 dB is silent; a last second
/// that is not whole counts like the others.
public struct SoundLevels: Sendable, Equatable {
  public static let floor = -100.0
  /// Below it a second is silent.
  public static let silence = -60.0

  public let rateHz: Int
  /// Samples per channel taken so far.
  public private(set) var sampleCount = 0
  private var total = 0.0
  private var seconds: [Double] = []
  private var open = 0.0

  public init(rateHz: Int) {
    precondition(rateHz > 0, "a rate is positive")
    self.rateHz = rateHz
  }

  /// Takes the next samples of both channels.
  public mutating func add(_ left: [Float], _ right: [Float]) {
    precondition(left.count == right.count, "left and right differ in length")
    for i in left.indices {
      open += Double(left[i]) * Double(left[i]) + Double(right[i]) * Double(right[i])
      sampleCount += 1
      if sampleCount % rateHz == 0 {
        seconds.append(open / Double(2 * rateHz))
        total += open
        open = 0
      }
    }
  }

  /// Mean square over everything; 0 for no sound.
  public var meanSquare: Double { sampleCount == 0 ? 0 : (total + open) / Double(2 * sampleCount) }

  /// Root mean square, dB re full scale.
  public var decibels: Double { Self.decibels(meanSquare) }

  /// Mean squares per second, the unfinished one last.
  public var secondMeanSquares: [Double] {
    let rest = sampleCount % rateHz
    return rest == 0 ? seconds : seconds + [open / Double(2 * rest)]
  }

  /// Levels per second.
  public var secondDecibels: [Double] { secondMeanSquares.map(Self.decibels) }

  /// The share of seconds below -60 dB; 1 for no sound.
  public var silentFraction: Double {
    let levels = secondDecibels
    return levels.isEmpty ? 1 : Double(levels.count { $0 < Self.silence }) / Double(levels.count)
  }

  /// The mean square of a level; the floor stands for silence.
  public static func meanSquare(ofDecibels level: Double) -> Double { level > floor ? pow(10, level / 10) : 0 }

  public static func decibels(_ meanSquare: Double) -> Double {
    meanSquare > 0 ? max(floor, 10 * log10(meanSquare)) : floor
  }
}

/// Rows of features where an element is silent.
public enum SilentRows {
  /// Every row of a silent second becomes the mean of the others' rows, column by column; where all are silent, zero.
  ///
  /// Features of near-silence under normalisation are amplified noise , not the element. `rows` is
  /// `[silent.count, width]` of one second each; a row beyond the flags counts as sounding. NaN stays out of the mean.
  public static func fill(_ rows: inout [Float], width: Int, silent: [Bool]) {
    precondition(width > 0 && rows.count % width == 0, "rows are not whole")
    let count = rows.count / width
    let flags = (0..<count).map { $0 < silent.count && silent[$0] }
    guard flags.contains(true) else { return }
    var sums = [Double](repeating: 0, count: width)
    var counts = [Int](repeating: 0, count: width)
    for row in 0..<count where !flags[row] {
      for column in 0..<width where !rows[row * width + column].isNaN {
        sums[column] += Double(rows[row * width + column])
        counts[column] += 1
      }
    }
    for row in 0..<count where flags[row] {
      for column in 0..<width {
        rows[row * width + column] = counts[column] == 0 ? 0 : Float(sums[column] / Double(counts[column]))
      }
    }
  }
}
