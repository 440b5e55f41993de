import Diagnostics
import Foundation
import Haemodynamics
import Plans

/// Which columns of a recording's confounds are regressed out, and which are made of them.
///
/// Sets go by fMRIPrep's names, the older ones (X, RotX, WhiteMatter, aCompCor00 ...) included. `motion24` takes the
/// table's own derivatives and squares where all are there, else it makes them of the six parameters.
struct ConfoundChoice: Codable, Sendable {
  /// Columns as they stand.
  private(set) var columns: [String] = []
  /// Six parameters of which 24 are made.
  private(set) var motion: [String] = []
  /// Column of framewise displacement of which spikes are made.
  private(set) var displacement: String?

  /// Nothing is regressed out.
  static let none = ConfoundChoice()

  private init() {}

  private static let parameters = [
    ["trans_x", "trans_y", "trans_z", "rot_x", "rot_y", "rot_z"], ["X", "Y", "Z", "RotX", "RotY", "RotZ"],
  ]
  private static let expansions = ["", "_derivative1", "_power2", "_derivative1_power2"]

  /// - Throws: `noConfounds` for a set or column that the table does not have.
  init(_ wanted: [String], among names: [String], of object: String) throws {
    let known = Set(names)
    func missing(_ what: String, _ needed: String) -> EvokeError {
      EvokeError(
        .noConfounds, "confound \(what) of \(object)", reason: "there is no \(needed)",
        remedy: "the columns are \(names.prefix(40).joined(separator: ", "))\(names.count > 40 ? ", …" : "")")
    }
    func first(_ candidates: [[String]]) -> [String]? { candidates.first { $0.allSatisfy(known.contains) } }
    for want in wanted {
      switch want {
      case "motion6":
        guard let six = first(Self.parameters) else { throw missing(want, Self.parameters[0].joined(separator: ", ")) }
        add(six)
      case "motion24":
        let all = Self.parameters[0].flatMap { name in Self.expansions.map { name + $0 } }
        if all.allSatisfy(known.contains) {
          add(all)
        } else if let six = first(Self.parameters) {
          motion = six
        } else {
          throw missing(want, Self.parameters[0].joined(separator: ", "))
        }
      case "wm_csf":
        guard let two = first([["white_matter", "csf"], ["WhiteMatter", "CSF"]]) else {
          throw missing(want, "white_matter, csf")
        }
        add(two)
      case "acompcor6":
        let candidates = ["a_comp_cor_", "aCompCor"].map { stem in names.filter { $0.hasPrefix(stem) }.sorted() }
        guard let found = candidates.first(where: { $0.count >= 6 }) else {
          throw missing(want, "a_comp_cor_00 to _05")
        }
        add(Array(found.prefix(6)))
      case "spikes":
        if let column = ["framewise_displacement", "FramewiseDisplacement"].first(where: known.contains) {
          displacement = column
        } else {
          throw missing(want, "framewise_displacement")
        }
      default:
        let found = names.filter { Self.matches(want, $0) }
        guard !found.isEmpty else { throw missing(want, "column of that name") }
        add(found)
      }
    }
  }

  private mutating func add(_ names: [String]) {
    for name in names where !columns.contains(name) { columns.append(name) }
  }

  /// Whether a name is the pattern's, in which `*` stands for anything.
  static func matches(_ pattern: String, _ name: String) -> Bool {
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 1, let head = parts.first, let tail = parts.last else { return pattern == name }
    guard name.hasPrefix(head), name.hasSuffix(tail), name.count >= head.count + tail.count else { return false }
    var rest = name.dropFirst(head.count).dropLast(tail.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let range = rest.range(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return true
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
