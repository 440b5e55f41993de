import Diagnostics
import Haemodynamics
import StudyFiles
import Vocabulary

/// Which columns of a recording's confounds are regressed out, and which are made of them.
///
/// Sets go by fMRIPrep's names, the older ones (X, RotX, WhiteMatter, aCompCor00 ...) included. `motion24` takes the
/// table's own derivatives and squares where all are there, else it makes them of the six parameters.
package struct ConfoundChoice: Codable, Sendable {
  /// Columns as they stand.
  package let columns: [String]
  /// Six parameters of which 24 are made; empty: none.
  let motion: [String]
  /// Column of framewise displacement of which spikes are made.
  let displacement: String?

  /// Nothing is regressed out.
  static let none = ConfoundChoice(columns: [], motion: [], displacement: nil)

  private init(columns: [String], motion: [String], displacement: String?) {
    (self.columns, self.motion, self.displacement) = (columns, motion, displacement)
  }

  /// - Parameter masks: column -> mask, as far as the pipeline said it.
  /// - Throws: `noConfounds` for a set or column that the table does not have, `confoundMask` for components of which
  ///   nobody knows the mask.
  package init(
    _ wanted: [FMRIPreparationSpec.Confound], among names: [String], masks: [String: String], of object: String
  ) throws {
    let table = ConfoundTable(names: names, masks: masks, object: object)
    var columns: [String] = []
    var motion: [String] = []
    var displacement: String?
    for confound in wanted {
      switch confound {
      case .set(.motion6): columns += try table.motion(for: .motion6)
      case .set(.motion24):
        if let expanded = table.expandedMotion {
          columns += expanded
        } else {
          motion = try table.motion(for: .motion24)
        }
      case .set(.whiteMatterAndFluid): columns += try table.whiteMatterAndFluid()
      case .set(.acompcor6): columns += try table.components()
      case .set(.spikes): displacement = try table.displacement()
      case .columns(let pattern): columns += try table.columns(like: pattern)
      }
    }
    var seen: Set<String> = []
    self.init(columns: columns.filter { seen.insert($0).inserted }, motion: motion, displacement: displacement)
  }

  /// The chosen confounds of the volumes from `first` on, out of `[time, feature]` with these names.
  ///
  /// - Throws: `confoundMissing`.
  func confounds(names: [String], values: [Float], from first: Int) throws -> Confounds {
    let count = names.isEmpty ? 0 : values.count / names.count
    func column(_ name: String) -> [Double?] {
      guard let place = names.firstIndex(of: name) else { preconditionFailure("the plan chose \(name)") }
      return (first..<count).map { row in
        let value = values[row * names.count + place]
        return value.isFinite ? Double(value) : nil
      }
    }
    var confounds = Confounds(volumeCount: count - first)
    for name in columns { try confounds.add(name, column(name)) }
    if !motion.isEmpty {
      var six = Confounds(volumeCount: count - first)
      for name in motion { try six.add(name, column(name)) }
      try confounds.addMotion(zip(six.names, six.columns).map { (name: $0, values: $1) })
    }
    if let displacement {
      try confounds.addSpikes(framewiseDisplacement: column(displacement))
    }
    return confounds
  }
}

/// What a recording's confounds are called.
private struct ConfoundTable {
  let names: [String]
  let masks: [String: String]
  let object: String

  private static let parameters = [
    ["trans_x", "trans_y", "trans_z", "rot_x", "rot_y", "rot_z"], ["X", "Y", "Z", "RotX", "RotY", "RotZ"],
  ]
  private static let expansions = ["", "_derivative1", "_power2", "_derivative1_power2"]

  private func missing(_ confound: String, _ needed: String) -> EvokeError {
    EvokeError(
      .noConfounds, "confound \(confound) of \(object)", reason: "there is no \(needed)",
      remedy: "the columns are \(names.prefix(40).joined(separator: ", "))\(names.count > 40 ? ", …" : "")")
  }

  /// The first list whose names are all there.
  private func first(of candidates: [[String]], for set: ConfoundSet) throws -> [String] {
    let known = Set(names)
    guard let first = candidates.first(where: { $0.allSatisfy(known.contains) }) else {
      throw missing(set.rawValue, candidates[0].joined(separator: ", "))
    }
    return first
  }

  /// The six parameters.
  func motion(for set: ConfoundSet) throws -> [String] { try first(of: Self.parameters, for: set) }

  /// The table's own 24, where all are there.
  var expandedMotion: [String]? {
    let all = Self.parameters[0].flatMap { name in Self.expansions.map { name + $0 } }
    return all.allSatisfy(Set(names).contains) ? all : nil
  }

  func whiteMatterAndFluid() throws -> [String] {
    try first(of: [["white_matter", "csf"], ["WhiteMatter", "CSF"]], for: .whiteMatterAndFluid)
  }

  /// The first six anatomical components of the combined mask.
  ///
  /// fMRIPrep until 20.2 numbers those of three masks through, CSF first, and only the JSON beside the table tells them
  /// apart; from 21 on `c_` and `w_` name the other two masks, and before 1.4 there was one mask.
  func components() throws -> [String] {
    // By number, not by letters: 97 comes before 100.
    func numbered(_ stem: String) -> [String] {
      let found = names.filter { $0.hasPrefix(stem) }.map { (name: $0, number: Int($0.dropFirst(stem.count))) }
      return found.compactMap { one in one.number.map { (one.name, $0) } }.sorted { $0.1 < $1.1 }.map(\.0)
    }
    var components = numbered("a_comp_cor_")
    if components.contains(where: { masks[$0] != nil }) {
      components = components.filter { masks[$0] == "combined" }
    } else if components.count > 6, numbered("c_comp_cor_").isEmpty, numbered("w_comp_cor_").isEmpty {
      throw EvokeError(
        .confoundMask, "confound \(ConfoundSet.acompcor6.rawValue) of \(object)",
        reason: "\(components.count) components are numbered through, and no JSON said of which mask each is",
        remedy: "import it again with the pipeline's JSON file beside the table, or name the columns in the study")
    }
    if components.isEmpty { components = numbered("aCompCor") }
    guard components.count >= 6 else {
      throw missing(
        ConfoundSet.acompcor6.rawValue,
        "six components of the combined mask, only \(components.count)")
    }
    return Array(components.prefix(6))
  }

  func displacement() throws -> String {
    try first(of: [["framewise_displacement"], ["FramewiseDisplacement"]], for: .spikes)[0]
  }

  func columns(like pattern: String) throws -> [String] {
    let matching = names.filter { NamePattern.fits($0, pattern) }
    guard !matching.isEmpty else { throw missing(pattern, "column of that name") }
    return matching
  }
}
