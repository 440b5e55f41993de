import Diagnostics
import Electrophysiology
import Importing
import LabelledArrays

/// Turns what a file holds into what is stored: volts per ampere-metre, metres, x to the right, y to the front, z up,
/// sensors of numbers only, labels of cortex only. What it cannot be sure of is a finding.
struct LeadfieldChecks {
  var content: LeadfieldContent
  let options: LeadfieldOptions
  let object: String
  private var dropped: [String] = []

  init(_ content: LeadfieldContent, _ options: LeadfieldOptions, object: String) {
    self.content = content
    self.options = options
    self.object = object
  }

  /// The record to store; nil where a finding is an error.
  mutating func record(named name: String, _ findings: inout Findings) -> LeadfieldRecord? {
    let before = findings.errorCount
    checkNames(&findings)
    checkSizes(&findings)
    guard findings.errorCount == before else { return nil }
    dropSensors(&findings)
    guard findings.errorCount == before else { return nil }
    scale(&findings)
    let geometry = LeadfieldGeometry(content, options, object: object)
    if let turned = findings.collect(object, { try geometry.turned() }) {
      content = turned.content
      if let note = turned.note { findings.add(.note, .leadfieldFrame, object, reason: note, remedy: geometry.remedy) }
    }
    let labels = RegionLabels(content, options, object: object)
    if let chosen = findings.collect(object, { try labels.chosen() }) {
      content.regionOfSource = chosen.regionOfSource
      content.regions = chosen.names
      content.atlas = chosen.atlas
      for reason in chosen.notes {
        findings.add(.note, .leadfieldRegions, object, reason: reason, remedy: "nothing, if that is meant")
      }
    }
    guard findings.errorCount == before else { return nil }
    return record(name)
  }

  private func checkNames(_ findings: inout Findings) {
    var seen: Set<String> = []
    for channel in content.channels where channel.isEmpty || !seen.insert(channel.lowercased()).inserted {
      findings.error(
        .leadfieldSensors, object,
        reason: channel.isEmpty ? "a sensor has no name" : "sensor \(channel) is there twice",
        remedy: "name each sensor once, with --channels")
    }
    if content.channels.count < 3 {
      findings.error(
        .leadfieldSensors, object, reason: "\(content.channels.count) sensors", remedy: "check --axes and --channels")
    }
  }

  private func checkSizes(_ findings: inout Findings) {
    func refuse(_ what: String, _ count: Int, _ needed: Int) {
      findings.error(
        .leadfieldLayout, object, reason: "\(what) of \(count), sources are \(needed)",
        remedy: "name the array that belongs to the leadfield")
    }
    let sources = content.sourceCount
    for (what, values) in [("positions", content.positions), ("normals", content.normals)] {
      guard let values else { continue }
      if values.count != 3 * sources { refuse(what, values.count / 3, sources) }
      if !values.allSatisfy(\.isFinite) {
        findings.error(
          .leadfieldLayout, object, reason: "\(what) hold values that are no numbers", remedy: "export them again")
      }
    }
    if let region = content.regionOfSource, region.count != sources { refuse("labels", region.count, sources) }
    if var triangles = content.triangles, let largest = triangles.max(), let least = triangles.min() {
      // MATLAB counts from one.
      if least == 1, largest == sources { triangles = triangles.map { $0 - 1 } }
      if !triangles.allSatisfy((0..<sources).contains) {
        findings.error(
          .leadfieldLayout, object, reason: "its triangles name vertex \(largest) of \(sources)",
          remedy: "leave the triangles out, or give those of the sources' surface")
      }
    }
  }

  /// Sensors with values that are no numbers, or without any signal.
  private mutating func dropSensors(_ findings: inout Findings) {
    let width = content.sourceCount * content.directionCount
    let bad = content.channels.indices.filter { c in
      let row = content.values[c * width..<(c + 1) * width]
      return !row.allSatisfy(\.isFinite) || row.allSatisfy { $0 == 0 }
    }
    guard !bad.isEmpty else { return }
    let names = bad.map { content.channels[$0] }
    let listed = NearMiss.list(names)
    guard bad.count < content.channels.count - 2 else {
      findings.error(
        .leadfieldSensors, object, reason: "\(bad.count) of \(content.channels.count) sensors have no numbers",
        remedy: "check --data and --axes")
      return
    }
    guard options.bad == .drop else {
      findings.error(
        .leadfieldSensors, object,
        reason: "\(bad.count) of \(content.channels.count) sensors have no numbers, or none but zero: \(listed)",
        remedy: "leave them out with --bad drop")
      return
    }
    findings.add(
      .warning, .leadfieldSensors, object,
      reason: "\(bad.count) sensors without numbers are left out: \(listed)",
      remedy: "recordings keep those channels, localisation cannot use them")
    let kept = content.channels.indices.filter { !bad.contains($0) }
    content.values = kept.flatMap { content.values[$0 * width..<($0 + 1) * width] }
    content.sensors = content.sensors.map { all in kept.flatMap { all[3 * $0..<3 * $0 + 3] } }
    content.channels = kept.map { content.channels[$0] }
    dropped = names
  }

  /// To volts per ampere-metre. The strongest potential difference a cortical dipole makes on the head lies near 100
  /// V/(A m) (10 nA m: 1 µV); a thousandfold difference is a wrong unit.
  private mutating func scale(_ findings: inout Findings) {
    let declared = options.units ?? content.units
    if let declared {
      guard let factor = MomentUnit.factor(declared) else {
        findings.error(
          .leadfieldUnits, object, reason: "\(declared.debugDescription) is no unit of a leadfield",
          remedy: "give --units as in V/(A m) or uV/(nA m)")
        return
      }
      if factor != 1 { for i in content.values.indices { content.values[i] *= factor } }
    }
    let typical = typicalRange
    guard !(1...20_000).contains(typical) else { return }
    let text = typical.formatted
    if options.units == nil {
      findings.error(
        .leadfieldUnits, object,
        reason: "a typical source makes \(text) V/(A m) between sensors; a head makes about 100",
        remedy: "give the file's unit with --units, as in uV/(nA m)")
    } else {
      findings.add(
        .warning, .leadfieldUnits, object, reason: "a typical source makes \(text) V/(A m) between sensors",
        remedy: "check --units")
    }
  }

  /// The median over columns of largest minus least value.
  private var typicalRange: Double {
    let width = content.sourceCount * content.directionCount
    let step = max(1, width / 2000)
    let ranges = stride(from: 0, to: width, by: step).map { column -> Double in
      let values = content.channels.indices.map { content.values[$0 * width + column] }
      guard let low = values.min(), let high = values.max() else { return 0 }
      return high - low
    }.sorted()
    return ranges[ranges.count / 2]
  }

  private func record(_ name: String) -> LeadfieldRecord {
    let sources = Axis.index("source", content.sourceCount)
    let xyz = Axis.labels("direction", ["x", "y", "z"])
    let channels = Axis.labels("channel", content.channels)
    func part(_ name: String, _ axes: [Axis], _ values: [Double], units: String) -> LeadfieldRecord.Part {
      .init(name: name, array: LabelledArray(axes: axes, values: values.map { Float($0) }, units: units))
    }
    let axes = content.directionCount == 1 ? [channels, sources] : [channels, sources, xyz]
    var parts = [part("leadfield", axes, content.values, units: "V/(A m)")]
    if let positions = content.positions { parts.append(part("positions", [sources, xyz], positions, units: "m")) }
    if let normals = content.normals { parts.append(part("normals", [sources, xyz], normals, units: "1")) }
    if let region = content.regionOfSource {
      parts.append(part("region", [sources], region.map { $0 < 0 ? .nan : Double($0) }, units: "1"))
    }
    if let triangles = content.triangles {
      let corners = [Axis.index("triangle", triangles.count / 3), .labels("feature", ["a", "b", "c"])]
      parts.append(part("triangles", corners, triangles.map(Double.init), units: "1"))
    }
    if let sensors = content.sensors { parts.append(part("sensors", [channels, xyz], sensors, units: "m")) }
    return LeadfieldRecord(
      name: name, format: content.format, directionCount: content.directionCount, channels: content.channels,
      droppedChannels: dropped, sourceCount: content.sourceCount, atlas: content.atlas, regions: regions,
      parts: parts)
  }

  private var regions: [LeadfieldRecord.Region] {
    guard let regionOfSource = content.regionOfSource else { return [] }
    return content.regions.enumerated().map { index, name in
      let members = regionOfSource.indices.filter { regionOfSource[$0] == index }
      let centre = content.positions.map { positions in
        members.reduce(SIMD3<Double>()) { $0 + [positions[3 * $1], positions[3 * $1 + 1], positions[3 * $1 + 2]] }
          / Double(max(1, members.count))
      }
      return LeadfieldRecord.Region(
        name: name, hemisphere: RegionLabels.hemisphere(of: name), sourceCount: members.count, centre: centre)
    }
  }
}

extension Double {
  /// Three significant digits, for messages.
  fileprivate var formatted: String {
    guard self > 0, isFinite else { return "\(self)" }
    var (value, exponent) = (self, 0)
    while value >= 10 { (value, exponent) = (value / 10, exponent + 1) }
    while value < 1 { (value, exponent) = (value * 10, exponent - 1) }
    let digits = (value * 100).rounded() / 100
    return exponent >= -2 && exponent <= 4 ? "\((self * 1000).rounded() / 1000)" : "\(digits)e\(exponent)"
  }
}

/// Units of a leadfield: an electric unit per dipole moment.
enum MomentUnit {
  private static let prefixes: [String: Double] = [
    "": 1, "m": 1e-3, "u": 1e-6, "µ": 1e-6, "μ": 1e-6, "n": 1e-9, "p": 1e-12, "k": 1e3,
  ]

  /// `uV/(nA m)` -> 1000; nil for what is none.
  static func factor(_ text: String) -> Double? {
    let plain = text.filter { !" ()*.·".contains($0) }
    let parts = plain.split(separator: "/").map(String.init)
    guard parts.count == 2, let volt = parts[0].lastIndex(of: "V"), parts[0].index(after: volt) == parts[0].endIndex,
      let potential = prefixes[String(parts[0][..<volt])]
    else { return nil }
    let moment = parts[1].replacing("Am", with: "A@")
    guard moment.hasSuffix("A@"), let current = prefixes[String(moment.dropLast(2))] else { return nil }
    return potential / current
  }
}
