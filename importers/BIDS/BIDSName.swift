import Importing

/// A file's name after the rules of BIDS: `sub-01_task-film_run-1_eeg.edf`.
///
/// Source: BIDS specification 1.9, *Filenames* and *The inheritance principle*.
struct BIDSName: Equatable {
  /// Key and label in the order of the name.
  let entities: [(key: String, label: String)]
  /// `eeg`, `bold`, `events` ...
  let suffix: String
  /// With its dot, two parts for `.tsv.gz` and `.nii.gz`.
  let ending: String

  init(_ name: String) {
    let dot = name.firstIndex(of: ".") ?? name.endIndex
    ending = String(name[dot...])
    var parts = name[..<dot].split(separator: "_", omittingEmptySubsequences: false).map(String.init)
    suffix = parts.last.flatMap { $0.contains("-") ? nil : $0 } ?? ""
    if !suffix.isEmpty { parts.removeLast() }
    entities = parts.compactMap { part in
      guard let dash = part.firstIndex(of: "-") else { return nil }
      return (String(part[..<dash]), String(part[part.index(after: dash)...]))
    }
  }

  static func == (a: BIDSName, b: BIDSName) -> Bool {
    a.suffix == b.suffix && a.ending == b.ending && a.entities.map(\.key) == b.entities.map(\.key)
      && a.entities.map(\.label) == b.entities.map(\.label)
  }

  subscript(key: String) -> String? { entities.first { $0.key == key }?.label }

  /// Whether every entity stands in the other name too; `run-02` and `run-2` are one run, as real folders mix them.
  func applies(to other: BIDSName, except: Set<String> = []) -> Bool {
    entities.allSatisfy { key, label in
      except.contains(key) || other[key].map { Self.same($0, label) } == true
    }
  }

  private static func same(_ a: String, _ b: String) -> Bool {
    if a == b { return true }
    if let a = Int(a), let b = Int(b) { return a == b }
    return false
  }

  /// Entities that tell runs apart. Source: BIDS specification 1.9, *Entities*, those of functional data.
  private static let runKeys: Set = ["task", "acq", "ce", "rec", "dir", "run"]

  /// `task-film_run-1`: what tells recordings of one subject and session apart, as the run's name.
  var run: String? {
    let parts = entities.filter { Self.runKeys.contains($0.key) }.map { "\($0.key)-\($0.label)" }
    return parts.isEmpty ? nil : parts.joined(separator: "_")
  }

  /// What a map of stimuli can name of a recording.
  var fields: [String: String] {
    var fields = Dictionary(entities.map { ($0.key, $0.label) }, uniquingKeysWith: { first, _ in first })
    fields["subject"] = self["sub"].map { "sub-\($0)" }
    fields["session"] = self["ses"].map { "ses-\($0)" }
    fields["participant_id"] = fields["subject"]
    return fields
  }
}
