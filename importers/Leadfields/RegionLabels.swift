import Diagnostics
import Electrophysiology
import Importing

/// The labels that are regions of the cortex, in their order.
struct RegionLabels {
  struct Chosen {
    var regionOfSource: [Int]?
    var names: [String]
    var atlas: String?
    var notes: [String]
  }

  let content: LeadfieldContent
  let options: LeadfieldOptions
  let object: String

  /// Labels that annotations carry beside regions.
  private static let notCortex: Set<String> = [
    "unknown", "corpuscallosum", "corpus callosum", "medialwall", "medial_wall", "medial wall",
    "freesurfer_defined_medial_wall",
    "???", "background", "subcortical", "none", "",
  ]

  init(_ content: LeadfieldContent, _ options: LeadfieldOptions, object: String) {
    self.content = content
    self.options = options
    self.object = object
  }

  /// Drops what is no cortex, counted by name; puts the Desikan-Killiany regions into their order.
  ///
  /// - Throws: `E-LF-002` for names that stand twice, or an atlas dk68 with other regions.
  func chosen() throws -> Chosen {
    guard let labels = content.regionOfSource else {
      return Chosen(regionOfSource: nil, names: [], atlas: nil, notes: [])
    }
    let names = content.regions.map(Self.plain)
    var counts = [Int](repeating: 0, count: names.count)
    var outside = 0
    for label in labels { if names.indices.contains(label) { counts[label] += 1 } else { outside += 1 } }
    let isCortex = names.map { !Self.notCortex.contains(Self.base($0).lowercased()) }
    var notes: [String] = []
    let dropped = names.indices.filter { !isCortex[$0] && counts[$0] > 0 }
    if !dropped.isEmpty {
      let listed = dropped.map { "\(names[$0]) (\(counts[$0]) sources)" }.joined(separator: ", ")
      notes.append("\(dropped.count) of \(names.count) labels are no cortex and left out: \(listed)")
    }
    if outside > 0 { notes.append("\(outside) of \(labels.count) sources lie in no region") }
    var kept = names.indices.filter { isCortex[$0] && counts[$0] > 0 }
    let empty = names.indices.filter { isCortex[$0] && counts[$0] == 0 }.map { names[$0] }
    if !empty.isEmpty { notes.append("regions without a source are left out: \(NearMiss.list(empty))") }
    guard Set(kept.map { names[$0] }).count == kept.count else {
      let twice = Dictionary(grouping: kept.map { names[$0] }, by: \.self).filter { $1.count > 1 }.keys.sorted()
      throw EvokeError(
        .leadfieldRegions, object, reason: "labels stand twice: \(NearMiss.list(twice))",
        remedy: "name the hemisphere in the label, as in insula-lh")
    }
    let isDesikan = kept.allSatisfy { DesikanKilliany.names.contains(names[$0]) } && !kept.isEmpty
    let atlas = options.atlas ?? content.atlas ?? (isDesikan ? "dk68" : nil)
    if atlas == "dk68" {
      let strange = kept.map { names[$0] }.filter { !DesikanKilliany.names.contains($0) }
      guard strange.isEmpty else {
        throw EvokeError(
          .leadfieldRegions, object,
          reason: "\(kept.count) labels for the 68 regions of dk68; none of these is \(NearMiss.list(strange))",
          remedy: "remove those labels, or give the set another name with --atlas")
      }
      kept = DesikanKilliany.names.compactMap { name in kept.first { names[$0] == name } }
      if kept.count < 68, empty.isEmpty {
        let there = Set(kept.map { names[$0] })
        notes.append(
          "regions of dk68 that are not there: \(NearMiss.list(DesikanKilliany.names.filter { !there.contains($0) }))")
      }
    }
    let place = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
    return Chosen(
      regionOfSource: labels.map { place[$0] ?? -1 }, names: kept.map { names[$0] }, atlas: atlas ?? "labels",
      notes: notes)
  }

  /// `insula-lh`, however the hemisphere is written: `ctx-lh-insula`, `lh.insula`, `lh_insula`, `Left-insula`.
  static func plain(_ name: String) -> String {
    var rest = Substring(name)
    if rest.hasPrefix("ctx-") || rest.hasPrefix("ctx_") { rest = rest.dropFirst(4) }
    for (prefix, suffix) in [("lh", "-lh"), ("rh", "-rh")] {
      for separator in ["-", ".", "_"] where rest.hasPrefix(prefix + separator) {
        return rest.dropFirst(prefix.count + 1) + suffix
      }
    }
    return String(rest)
  }

  /// Without the hemisphere.
  private static func base(_ name: String) -> String {
    for suffix in ["-lh", "-rh"] where name.hasSuffix(suffix) { return String(name.dropLast(3)) }
    return name
  }

  static func hemisphere(of name: String) -> String? {
    name.hasSuffix("-lh") ? "left" : name.hasSuffix("-rh") ? "right" : nil
  }
}
