import MotionEstimation
import SignalProcessing

/// The twelve features of `vis12`, in order.
public let vis12Names = [
  "luminance", "contrast", "luminance_change", "flow", "flow_coherence", "saturation", "hue_cos", "hue_sin",
  "colourfulness", "edge_density", "entropy", "cut_rate",
]

/// Their units; flow is in picture widths per second, cut_rate in cuts per second.
public let vis12Units = ["1", "1", "1", "1/s", "1", "1", "1", "1", "1", "1", "bit", "1/s"]

/// Distance of colour histograms (chi square, 0 to 1) from which two successive pictures are a cut. In two minutes of
/// Big Buck Bunny the 27 cuts lie between 0.28 and 0.82 and all other pairs below 0.05.
let cutThreshold = 0.15

/// Twelve visual covariates of a film, per second.
///
/// A second's value is the mean over the pictures shown in it, each weighted by how long it is shown: until the next one,
/// the last until the end. Differences belong to the later picture and last as long as it is shown; those of a picture
/// that stays for more than a second count in the second it appears in, and nothing changes in the seconds after.
///
/// | feature | per picture | range |
/// |---|---|---|
/// | luminance, contrast | mean and SD of Y' (BT.709, gamma-encoded) | 0 to 1 |
/// | luminance_change | mean over pixels of the absolute difference of Y' to the picture before | 0 to 1 |
/// | flow | mean length of 16 x 16 block motion within +-8 px, over picture width and time step | widths/s |
/// | flow_coherence | length of the mean vector over the mean length, of pictures that move; 0 if none | 0 to 1 |
/// | saturation | mean (max - min) / max of R'G'B' | 0 to 1 |
/// | hue_cos, hue_sin | means of cosine and sine of the hue (below), weighted by saturation; 0 for gray | -1 to 1 |
/// | colourfulness | sqrt(s_rg^2 + s_yb^2) + 0.3 sqrt(m_rg^2 + m_yb^2) (Hasler & Suesstrunk 2003) | 0 to ~ 150 |
/// | edge_density | share of pixels with a Sobel gradient above a tenth of its range | 0 to 1 |
/// | entropy | of 64 luminance bins | 0 to 6 bits |
/// | cut_rate | pictures whose 8 x 8 x 8 colour histogram differs from the last by chi square > 0.15 | cuts/s |
///
/// Hue is the angle of (2 R' - G' - B', sqrt(3) (G' - B')). Motion across a cut is left out. A second in which no
/// picture is shown, before the first one, is NaN.
///
/// - Parameters:
///   - source: pictures on the stimulus' clock (second 0 is the first sound sample), about 320 pixels wide.
///   - seconds: bins of the stimulus; pictures after the last bin do not count.
///   - progress: called with the second reached, now and then.
public func vis12(
  _ source: some PictureSource, seconds: Int, progress: (Int) -> Void = { _ in }
) throws -> SecondFeatures {
  var covariates = VisualCovariates(seconds: seconds, framesPerSecond: source.framesPerSecond)
  var reached = 0
  while let picture = try source.next() {
    covariates.add(picture)
    if picture.seconds >= Double(reached + 1) {
      reached = Int(picture.seconds)
      progress(reached)
      // Nothing beyond the last bin counts.
      if reached >= seconds { break }
    }
  }
  return covariates.finish()
}

/// The sums behind `vis12`, picture by picture.
struct VisualCovariates {
  /// A picture shown for longer is a still.
  private static let longestFrame = 1.0
  private static let differences = [2, 3, 4]

  /// A picture whose end is not known yet.
  private struct Shown {
    let statistics: PictureStatistics
    let row: [Double]
    let seconds: Double
    let width: Int
  }

  private let seconds: Int
  private let framesPerSecond: Double
  private var sums: [Double]
  private var weights: [Double]
  private var covered: [Double]
  private var cuts: [Int]
  private var last: Shown?

  init(seconds: Int, framesPerSecond: Double) {
    self.seconds = seconds
    self.framesPerSecond = framesPerSecond
    sums = [Double](repeating: 0, count: seconds * 12)
    weights = sums
    covered = [Double](repeating: 0, count: seconds)
    cuts = [Int](repeating: 0, count: seconds)
  }

  mutating func add(_ picture: Picture) {
    let now = PictureStatistics(rgb: picture.rgb, width: picture.width, height: picture.height)
    var row = [
      now.luminance, now.contrast, .nan, .nan, .nan, now.saturation, now.hueCosine, now.hueSine, now.colourfulness,
      now.edgeDensity, now.entropy, .nan,
    ]
    if let before = last {
      show(before, until: picture.seconds)
      if before.width == picture.width, before.statistics.luma.count == now.luma.count {
        compare(now, before, picture, &row)
      }
    }
    last = Shown(statistics: now, row: row, seconds: picture.seconds, width: picture.width)
  }

  /// Change and motion since the picture before, or a cut.
  private mutating func compare(
    _ now: PictureStatistics, _ before: Shown, _ picture: Picture, _ row: inout [Double]
  ) {
    row[2] = now.luminanceChange(before.statistics)
    if now.chiSquare(before.statistics) > cutThreshold {
      let bin = binIndex(of: picture.seconds, binSeconds: 1)
      if cuts.indices.contains(bin) { cuts[bin] += 1 }
    } else {
      let step = picture.seconds - before.seconds
      let flow = motion(now, before.statistics, picture: picture, step: step > 0 ? step : 1 / framesPerSecond)
      (row[3], row[4]) = (flow.speed, flow.coherence)
    }
  }

  /// Adds a picture to every second it is shown in.
  private mutating func show(_ picture: Shown, until end: Double) {
    let own = binIndex(of: picture.seconds, binSeconds: 1)
    let isStill = end - picture.seconds > Self.longestFrame + 1e-6
    let first = max(0, own)
    for bin in first..<max(first, min(seconds, Int(end.rounded(.up)))) {
      let weight = min(end, Double(bin + 1)) - max(picture.seconds, Double(bin))
      guard weight > 1e-9 else { continue }
      covered[bin] += weight
      for (column, value) in picture.row.enumerated() {
        let held = isStill && bin != own ? Self.stillValue(of: column, value) : value
        guard !held.isNaN else { continue }
        sums[bin * 12 + column] += weight * held
        weights[bin * 12 + column] += weight
      }
    }
  }

  /// What a still adds to the seconds after the one it appears in: it looks the same, changes nothing and does not move.
  private static func stillValue(of column: Int, _ value: Double) -> Double {
    guard differences.contains(column) else { return value }
    return vis12Names[column] == "flow_coherence" ? .nan : 0
  }

  /// Mean speed in widths per second and coherence (NaN without motion).
  private func motion(
    _ now: PictureStatistics, _ before: PictureStatistics, picture: Picture, step: Double
  ) -> (speed: Double, coherence: Double) {
    let vectors = blockMotion(
      current: now.luma, previous: before.luma, width: picture.width, height: picture.height)
    guard !vectors.isEmpty else { return (0, .nan) }
    var (x, y, length) = (0, 0, 0.0)
    for v in vectors {
      x += v.x
      y += v.y
      length += Double(v.x * v.x + v.y * v.y).squareRoot()
    }
    let speed = length / Double(vectors.count) / Double(picture.width) / step
    return (speed, length > 0 ? Double(x * x + y * y).squareRoot() / length : .nan)
  }

  /// The last picture stays until the end, as players leave it.
  mutating func finish() -> SecondFeatures {
    if let last { show(last, until: max(Double(seconds), last.seconds)) }
    var rows = zip(sums, weights).map { $1 > 0 ? $0 / $1 : .nan }
    for second in 0..<seconds where covered[second] > 0 {
      rows[second * 12 + 11] = Double(cuts[second])
      // Where every pair is a cut, no motion was seen; where none moves, coherence is nil; of a first picture nobody
      // knows what it changed, and while it stays nothing does.
      for column in Self.differences where rows[second * 12 + column].isNaN { rows[second * 12 + column] = 0 }
    }
    return SecondFeatures(
      names: vis12Names, units: vis12Units, seconds: seconds, rows: rows.map { Float($0) },
      isFilled: [Bool](repeating: false, count: seconds))
  }
}
