import Diagnostics

/// One number per region of the cortex, as colours on both hemispheres from outside and from the middle.
///
/// Regions without a number are grey, cortex without a region is light grey; a number that is not to be reported is hatched
/// in grey and has no part in the colours' range, its flags in the legend. A dark outline marks a p_max of at most .05. Where
/// numbers of both signs stand, colours run from blue over white to red around zero, else from dark to bright.
public struct RegionMapPlot {
  let title: String
  let subtitle: String
  let valueName: String
  let outlines: RegionOutlines
  /// By the outlines' regions; nil: no number.
  let values: [DrawnNumber?]
  /// What tells which regions are outlined, such as `p_max over region`; nil: nothing is.
  let test: String?
  /// Regions drawn that are not to be reported, by flag.
  let invalid: InvalidRows
  let scale: ColourScale
  /// Regions of the numbers that the picture does not have.
  public let unknown: [String]

  /// - Parameters:
  ///   - numbers: by region.
  ///   - test: the p that `isSignificant` speaks of; nil: there is none.
  ///   - range: ends of the colours; nil: of the numbers that may be reported.
  /// - Throws: `E-QRY-009` where no region of the picture has a number.
  public init(
    title: String, subtitle: String, valueName: String, numbers: [String: RegionNumber], test: String? = nil,
    geometry: RegionGeometry, range: ClosedRange<Double>? = nil
  ) throws {
    self.title = title
    self.subtitle = subtitle
    self.valueName = valueName
    outlines = geometry.outlines
    self.test = test
    let known = numbers.compactMapValues { number in
      number.value.flatMap { $0.isFinite ? DrawnNumber(value: $0, number) : nil }
    }
    values = outlines.names.map { known[$0] }
    unknown = Set(numbers.keys).subtracting(outlines.names).sorted()
    let there = values.compactMap(\.self)
    invalid = InvalidRows(there.map(\.reasons))
    let valid = there.filter(\.isValid)
    let scaled = (valid.isEmpty ? there : valid).map(\.value)
    guard let low = scaled.min(), let high = scaled.max() else {
      let some = numbers.keys.sorted().prefix(5).joined(separator: ", ")
      throw EvokeError(
        .nothingToPlot, title,
        reason: known.isEmpty ? "no region has a number" : "none of \(some) … is a region of the picture",
        remedy: known.isEmpty
          ? "choose rows with numbers" : "import the leadfield whose regions these are, with its triangles")
    }
    scale = ColourScale(range ?? low...high)
  }
}

/// A region's number and what may be said of it.
public struct RegionNumber: Sendable {
  /// nil: there is none.
  let value: Double?
  /// Why it is not to be reported; none where it may be.
  let reasons: [String]
  /// Whether its p_max is at most .05.
  let isSignificant: Bool

  public init(_ value: Double?, reasons: [String] = [], isSignificant: Bool = false) {
    self.value = value
    self.reasons = reasons
    self.isSignificant = isSignificant
  }
}

/// A number that is there.
struct DrawnNumber {
  let value: Double
  let reasons: [String]
  /// Whether its outline is one to point at.
  let isMarked: Bool

  init(value: Double, _ number: RegionNumber) {
    self.value = value
    reasons = number.reasons
    isMarked = number.reasons.isEmpty && number.isSignificant
  }

  var isValid: Bool { reasons.isEmpty }
}

/// The outlines regions are drawn by.
public struct RegionGeometry {
  let outlines: RegionOutlines

  init(outlines: RegionOutlines) { self.outlines = outlines }

  /// From a cortex: positions in metres (x right, y front, z up), three vertices per triangle, and the region of each
  /// vertex, an index into `names`, negative for none.
  public init(positions: [Double], triangles: [Int], region: [Int], names: [String]) {
    precondition(positions.count == 3 * region.count && triangles.allSatisfy(region.indices.contains), "one surface")
    let mesh = RegionMesh(
      vertices: (0..<region.count).map { [positions[3 * $0], positions[3 * $0 + 1], positions[3 * $0 + 2]] },
      triangles: triangles, region: region, names: names)
    outlines = RegionOutlines(names: names, panels: RegionOutlines.Side.allCases.map(mesh.panel))
  }
}

/// Colours of numbers.
struct ColourScale {
  let low: Double
  let high: Double
  let isDiverging: Bool

  static let missing = (r: 150, g: 150, b: 150)
  static let noRegion = (r: 226, g: 226, b: 226)

  private static let sequential = [0x440154, 0x3B528B, 0x21918C, 0x5EC962, 0xFDE725]
  private static let diverging = [0x2166AC, 0x67A9CF, 0xF7F7F7, 0xEF8A62, 0xB2182B]

  init(_ range: ClosedRange<Double>) {
    isDiverging = range.lowerBound < 0 && range.upperBound > 0
    let reach = max(-range.lowerBound, range.upperBound)
    if isDiverging {
      (low, high) = (-reach, reach)
    } else {
      // One number alone still has a colour.
      let width = range.upperBound - range.lowerBound
      (low, high) = width > 0 ? (range.lowerBound, range.upperBound) : (range.lowerBound - 0.5, range.upperBound + 0.5)
    }
  }

  /// Where a number stands, 0 to 1.
  func place(_ value: Double) -> Double { min(1, max(0, (value - low) / (high - low))) }

  /// The colour at 0 to 1.
  func colour(at place: Double) -> (r: Int, g: Int, b: Int) {
    let stops = isDiverging ? Self.diverging : Self.sequential
    let position = min(1, max(0, place)) * Double(stops.count - 1)
    let first = min(stops.count - 2, Int(position))
    let share = position - Double(first)
    func mix(_ shift: Int) -> Int {
      let (a, b) = (Double(stops[first] >> shift & 255), Double(stops[first + 1] >> shift & 255))
      return Int((a + (b - a) * share).rounded())
    }
    return (mix(16), mix(8), mix(0))
  }

  static func text(_ colour: (r: Int, g: Int, b: Int)) -> String {
    "#" + [colour.r, colour.g, colour.b].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Round numbers between the ends.
  var ticks: [Double] {
    let span = high - low
    let raw = span / 4
    var step = 1.0
    while step > raw { step /= 10 }
    while step * 10 <= raw { step *= 10 }
    // The next round number up: five numbers at most, so that they never touch.
    step *= raw / step > 5 ? 10 : raw / step > 2 ? 5 : raw / step > 1 ? 2 : 1
    var ticks: [Double] = []
    var value = (low / step).rounded(.up) * step
    while value <= high + span * 1e-9 {
      ticks.append(abs(value) < step * 1e-9 ? 0 : value)
      value += step
    }
    return ticks
  }
}
