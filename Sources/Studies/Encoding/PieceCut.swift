import EncodingModels
import Recordings
import Vocabulary

/// Which showings are one piece of the data that a fit divides into folds.
///
/// Showings of a stimulus are averaged before folds are cut, whatever leaves what out: subjects may see it
/// in any of their runs, and again in others. A run divides a stimulus only where its features come by run, or where the
/// study keeps showings apart; it is kept where folds leave runs out and the stimulus was shown in that run alone.
struct PieceCut {
  /// The pieces that features come by.
  let ofFeatures: Set<PieceKey>
  let leavesRunsOut: Bool
  let separatesRuns: Bool

  init(ofFeatures: Set<PieceKey>, _ settings: EncodingSettings, separatesRuns: Bool) {
    self.ofFeatures = ofFeatures
    self.separatesRuns = separatesRuns
    leavesRunsOut = [settings.outer, settings.inner].contains(.leaveOne(.acquisitionRun))
  }

  /// The piece of every showing.
  func pieces(of shown: [PieceKey]) -> [PieceKey: PieceKey] {
    let runs = Dictionary(grouping: Set(shown).subtracting(ofFeatures), by: \.stimulus)
    let pairs = Set(shown).map { key in
      let isAlone = leavesRunsOut && runs[key.stimulus]?.count == 1
      let isKept = separatesRuns || isAlone || ofFeatures.contains(key)
      return (key, isKept ? key : key.ofAllRuns)
    }
    return Dictionary(uniqueKeysWithValues: pairs)
  }
}
