import MotionEstimation
import SignalProcessing

/// Version of the definition of `vis12`: part of the key of what it computes.
public let vis12Version = "vis12-v1"

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

/// Twelve visual covariates of a film, per second (`vis12-v1`).
///
/// A second's value is the mean over the pictures whose time lies in it; differences belong to the later picture.
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
/// Hue is the angle of (2 R' - G' - B', sqrt(3) (G' - B')). Motion across a cut is left out. A second without pictures is
/// NaN; one without a picture before its only one has NaN differences.
///
/// - Parameters:
///   - source: pictures on the stimulus' clock (second 0 is the first sound sample), about 320 pixels wide.
///   - seconds: bins of the stimulus; pictures before 0 or after the last bin only serve as predecessors.
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
  private let seconds: Int
  private let framesPerSecond: Double
  private var means: BinMeans
  private var cuts: [Int]
  private var pairs: [Int]
  private var previous: (statistics: PictureStatistics, seconds: Double, width: Int)?

  init(seconds: Int, framesPerSecond: Double) {
    self.seconds = seconds
    self.framesPerSecond = framesPerSecond
    means = BinMeans(binCount: seconds, columns: 12)
    cuts = [Int](repeating: 0, count: seconds)
    pairs = cuts
  }

  mutating func add(_ picture: Picture) {
    let now = PictureStatistics(rgb: picture.rgb, width: picture.width, height: picture.height)
    defer { previous = (now, picture.seconds, picture.width) }
    let bin = binIndex(of: picture.seconds, binSeconds: 1)
    guard (0..<seconds).contains(bin) else { return }
    var row = [
      now.luminance, now.contrast, .nan, .nan, .nan, now.saturation, now.hueCosine, now.hueSine, now.colourfulness,
      now.edgeDensity, now.entropy, .nan,
    ]
    if let before = previous, before.width == picture.width, before.statistics.luma.count == now.luma.count {
      pairs[bin] += 1
      row[2] = now.luminanceChange(before.statistics)
      if now.chiSquare(before.statistics) > cutThreshold {
        cuts[bin] += 1
      } else {
        let step = picture.seconds - before.seconds
        let flow = motion(now, before.statistics, picture: picture, step: step > 0 ? step : 1 / framesPerSecond)
        (row[3], row[4]) = (flow.speed, flow.coherence)
      }
    }
    means.add(row, row: 0, to: bin)
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

  func finish() -> SecondFeatures {
    var rows = means.means()
    for second in 0..<seconds where means.rowCounts[second] > 0 {
      guard pairs[second] > 0 else { continue }
      rows[second * 12 + 11] = Double(cuts[second])
      // Where every pair is a cut, no motion was seen; where none moves, coherence is nil.
      if rows[second * 12 + 3].isNaN { rows[second * 12 + 3] = 0 }
      if rows[second * 12 + 4].isNaN { rows[second * 12 + 4] = 0 }
    }
    return SecondFeatures(
      names: vis12Names, units: vis12Units, seconds: seconds, rows: rows.map { Float($0) },
      isFilled: [Bool](repeating: false, count: seconds))
  }
}
