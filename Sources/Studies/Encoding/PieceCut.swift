import EncodingModels
import Recordings
import Showings
import Vocabulary

/// Which showings are one piece of the data that a fit divides into folds.
///
/// Showings of a stimulus are averaged before folds are cut, whatever leaves what out: subjects may see it
/// in any of their runs, and again in others. A run divides a stimulus only where its features come by run, where the
/// study keeps showings apart, or where runs show other seconds of it, as of a film cut into runs: there is nothing to
/// average, and each has a level of its own. It is kept where folds leave runs out and the stimulus was shown in that
/// run alone.
package struct PieceCut {
  /// A showing by its piece, with the seconds of the stimulus that it has rows of.
  package typealias Shown = (piece: PieceKey, seconds: Range<Double>)

  /// The pieces that features come by.
  let ofFeatures: Set<PieceKey>
  let leavesRunsOut: Bool
  let separatesRuns: Bool

  package init(ofFeatures: Set<PieceKey>, _ settings: EncodingSettings, separatesRuns: Bool) {
    self.ofFeatures = ofFeatures
    self.separatesRuns = separatesRuns
    leavesRunsOut = [settings.outer, settings.inner].contains(.leaveOne(.acquisitionRun))
  }

  /// The piece of every showing.
  package func pieces(of shown: [Shown]) -> [PieceKey: PieceKey] {
    let all = Set(shown.map(\.piece))
    let runs = Dictionary(grouping: all.subtracting(ofFeatures), by: \.stimulus)
    let parts = Self.parts(shown)
    let pairs = all.map { key in
      let isAlone = leavesRunsOut && runs[key.stimulus]?.count == 1
      let isKept = separatesRuns || isAlone || ofFeatures.contains(key) || parts.contains(key)
      return (key, isKept ? key : key.ofAllRuns)
    }
    return Dictionary(uniqueKeysWithValues: pairs)
  }

  /// The pieces whose stimulus was shown in several runs, each of other seconds of it.
  package static func parts(_ shown: [Shown]) -> Set<PieceKey> {
    let seconds = Dictionary(grouping: shown, by: \.piece).mapValues { members in
      members.map(\.seconds.lowerBound).reduce(.infinity, min)..<members.map(\.seconds.upperBound).reduce(0, max)
    }
    let stimuli = Dictionary(grouping: seconds, by: \.key.stimulus).values.filter { runs in
      let ordered = runs.map(\.value).sorted { $0.lowerBound < $1.lowerBound }
      return runs.count > 1 && runs.allSatisfy { $0.key.run != nil }
        && zip(ordered, ordered.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound + Showing.clockToleranceS }
    }
    return Set(stimuli.joined().map(\.key))
  }
}
