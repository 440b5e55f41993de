import Diagnostics
import Importing

/// Positions in metres, x to the right, y to the front, z up.
struct LeadfieldGeometry {
  let content: LeadfieldContent
  let options: LeadfieldOptions
  let object: String

  let remedy = "give --frame where x, y and z point, as in RAS (right, anterior, superior) or ALS, and --length-unit"

  init(_ content: LeadfieldContent, _ options: LeadfieldOptions, object: String) {
    self.content = content
    self.options = options
    self.object = object
  }

  /// The content with its places, normals and leadfield directions turned, and what was assumed.
  ///
  /// - Throws: `E-LF-003` for a unit or frame that is not known, or one in which left and right are swapped.
  func turned() throws -> (content: LeadfieldContent, note: String?) {
    guard content.positions != nil || content.sensors != nil else { return (content, nil) }
    let length = try lengthFactor()
    let (axes, note) = try axes()
    var result = content
    func turn(_ values: [Double], _ factor: Double) -> [Double] {
      (0..<values.count / 3).flatMap { i in axes.map { values[3 * i + $0.from] * $0.sign * factor } }
    }
    result.positions = content.positions.map { turn($0, length) }
    result.sensors = content.sensors.map { turn($0, length) }
    result.normals = content.normals.map { Self.unit(turn($0, 1)) }
    if content.directionCount == 3 { result.values = turn(content.values, 1) }
    try checkSides(result)
    return (result, note)
  }

  private func lengthFactor() throws -> Double {
    if let unit = options.lengthUnit {
      guard let factor = ["m": 1.0, "cm": 0.01, "mm": 0.001][unit] else {
        throw EvokeError(.leadfieldFrame, "--length-unit \(unit)", reason: "it is none", remedy: "give m, cm or mm")
      }
      return factor
    }
    // A brain or a head is 10 to 30 cm long.
    switch extent {
    case 0.06...0.5: return 1
    case 6...50: return 0.01
    case 60...500: return 0.001
    case let extent:
      throw EvokeError(
        .leadfieldFrame, object, reason: "its places span \(extent), which is no head in metres, cm or mm",
        remedy: "give --length-unit")
    }
  }

  /// The longest side of the box around all sources, else around all sensors; 0 without either.
  private var extent: Double {
    guard let values = content.positions ?? content.sensors else { return 0 }
    return (0..<3).reduce(0.0) { longest, axis in
      let along = stride(from: axis, to: values.count, by: 3).map { values[$0] }
      guard let low = along.min(), let high = along.max() else { return longest }
      return max(longest, high - low)
    }
  }

  /// The axis of the file that becomes x, y or z, and its sign.
  private struct Turn {
    let from: Int
    let sign: Double
  }

  private func axes() throws -> ([Turn], String?) {
    if let frame = options.frame { return (try named(frame), nil) }
    guard let sensors = content.sensors else { return (try named("RAS"), "x, y, z are taken as right, front, up") }
    guard let found = bySensors(sensors) else {
      return (
        try named("RAS"), "x, y, z are taken as right, front, up: the sensors' names do not tell where they sit"
      )
    }
    return (found, nil)
  }

  private func named(_ frame: String) throws -> [Turn] {
    let pairs: [(positive: Character, negative: Character)] = [("R", "L"), ("A", "P"), ("S", "I")]
    let letters = Array(frame.uppercased())
    let found = pairs.compactMap { pair in
      letters.firstIndex { $0 == pair.positive || $0 == pair.negative }.map {
        Turn(from: $0, sign: letters[$0] == pair.positive ? 1 : -1)
      }
    }
    guard letters.count == 3, found.count == 3 else {
      throw EvokeError(
        .leadfieldFrame, "--frame \(frame)", reason: "it does not name three directions",
        remedy: "give one letter for each axis: R or L, A or P, S or I, as in RAS")
    }
    return found
  }

  /// Even sensors sit right, frontal ones in front, central ones high.
  private func bySensors(_ sensors: [Double]) -> [Turn]? {
    func mean(_ isMember: (String) -> Bool) -> SIMD3<Double>? {
      let members = content.channels.indices.filter { isMember(content.channels[$0].lowercased()) }
      guard !members.isEmpty else { return nil }
      return members.reduce(SIMD3<Double>()) { $0 + [sensors[3 * $1], sensors[3 * $1 + 1], sensors[3 * $1 + 2]] }
        / Double(members.count)
    }
    func side(_ name: String, _ rest: Int) -> Bool {
      guard let match = name.wholeMatch(of: /(?:fp|af|f|fc|ft|c|t|cp|tp|p|po|o)(\d{1,2})/), let number = Int(match.1)
      else { return false }
      return number % 2 == rest
    }
    guard let right = mean({ side($0, 0) }), let left = mean({ side($0, 1) }),
      let front = mean({ $0.wholeMatch(of: /(?:fp|af|f)(?:\d{1,2}|z)/) != nil }),
      let back = mean({ $0.wholeMatch(of: /(?:p|po|o)(?:\d{1,2}|z)/) != nil }),
      let top = mean({ ["c1", "c2", "cz", "c3", "c4", "fcz", "cpz"].contains($0) }), let middle = mean({ _ in true })
    else { return nil }
    var free: Set<Int> = [0, 1, 2]
    var turns: [Turn] = []
    for direction in [right - left, front - back, top - middle] {
      guard let axis = free.max(by: { abs(direction[$0]) < abs(direction[$1]) }) else { return nil }
      free.remove(axis)
      turns.append(Turn(from: axis, sign: direction[axis] < 0 ? -1 : 1))
    }
    return turns
  }

  private static func unit(_ values: [Double]) -> [Double] {
    var result = values
    for i in stride(from: 0, to: values.count, by: 3) {
      let length = (0..<3).reduce(0.0) { $0 + values[i + $1] * values[i + $1] }.squareRoot()
      if length > 0 { for d in 0..<3 { result[i + d] /= length } }
    }
    return result
  }

  private func checkSides(_ turned: LeadfieldContent) throws {
    guard let positions = turned.positions, let region = turned.regionOfSource else { return }
    func mean(_ side: String) -> Double? {
      let members = region.indices.filter {
        turned.regions.indices.contains(region[$0]) && RegionLabels.hemisphere(of: turned.regions[region[$0]]) == side
      }
      return members.isEmpty ? nil : members.reduce(0.0) { $0 + positions[3 * $1] } / Double(members.count)
    }
    guard let left = mean("left"), let right = mean("right"), left >= right else { return }
    throw EvokeError(
      .leadfieldFrame, object, reason: "regions of the left hemisphere lie to the right of those of the right one",
      remedy: remedy)
  }
}
