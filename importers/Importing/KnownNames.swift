import Diagnostics

/// What the catalog already knows, as far as an import's checks need it.
package struct KnownNames: Sendable, Equatable {
  /// Stimuli with media and without.
  package var stimuli: Set<String>
  /// Seconds that stimuli with media last.
  package var durations: [String: Double]
  /// Subjects of the dataset.
  package var subjects: Set<String>
  /// Annotations and feature spaces of the dataset.
  package var annotations: Set<String> = []
  package var spaces: Set<String> = []
  /// What recordings of the dataset show.
  package var showings: [KnownShowing] = []
  /// All datasets.
  package var datasets: Set<String> = []

  package init(durations: [String: Double] = [:], withoutMedia: Set<String> = [], subjects: Set<String> = []) {
    stimuli = withoutMedia.union(durations.keys)
    self.durations = durations
    self.subjects = subjects
  }
}

/// A stretch of a stimulus that a recording of an earlier import shows.
package struct KnownShowing: Sendable, Equatable {
  package let modality: String
  package let signal: String
  package let subject: String
  package let session: String?
  package let run: String?
  package let stimulus: String
  /// Seconds of the stimulus.
  package let startS: Double
  package let durationS: Double

  package init(
    modality: String, signal: String, subject: String, session: String?, run: String?, stimulus: String, startS: Double,
    durationS: Double
  ) {
    (self.modality, self.signal, self.subject) = (modality, signal, subject)
    (self.session, self.run, self.stimulus) = (session, run, stimulus)
    (self.startS, self.durationS) = (startS, durationS)
  }
}

extension KnownNames {
  private static let media: Set = [
    "3gp", "avi", "flv", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "ogv", "ts", "webm", "wmv",
    "aac", "aif", "aifc", "aiff", "au", "caf", "flac", "m4a", "mp3", "oga", "ogg", "opus", "rf64", "snd", "w64", "wav",
    "wma",
  ]

  /// The stimulus a name speaks of: tables call a film or sound by its file, whose folders and ending do not count.
  package func stimulus(_ name: String) -> String {
    guard !stimuli.contains(name), let dot = name.lastIndex(of: "."),
      Self.media.contains(name[name.index(after: dot)...].lowercased())
    else { return name }
    return SourceFile.stem(name.replacing("\\", with: "/"))
  }

  /// Warns of names that are new beside known ones they are like: `arousel` beside `arousal`. Names that differ in their
  /// digits only are others.
  package func compare(_ names: some Sequence<String>, _ noun: String, in all: Set<String>, _ findings: inout Findings)
  {
    func letters(_ name: String) -> String { name.filter { !$0.isNumber }.lowercased() }
    for name in Set(names).sorted() where !all.contains(name) {
      let near = NearMiss.of(name, in: all.sorted()).filter {
        letters($0) != letters(name) || !name.contains(where: \.isNumber)
      }
      guard !near.isEmpty else { continue }
      findings.add(
        .warning, .nameNear, "\(noun) \(name)", reason: "\(near.joined(separator: ", ")) is known already",
        remedy: "did you mean \(near.joined(separator: " or "))? If so, import it again under that name")
    }
  }
}

/// Told how far an import is: items done, items in all, and what is being read.
package typealias ImportProgress = @Sendable (_ done: Int, _ total: Int, _ item: String) -> Void
