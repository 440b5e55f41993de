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

  /// The pieces that a pause divides from others of their stimulus, and those whose stimulus was shown in several runs, each
  /// of other seconds of it.
  package static func parts(_ shown: [Shown]) -> Set<PieceKey> {
    partsByRun(shown).union(shown.map(\.piece).filter { $0.partS != nil })
  }

  private static func partsByRun(_ shown: [Shown]) -> Set<PieceKey> {
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

/// A showing in a recording, whose clock says which seconds of the stimulus it has.
package struct RecordedShowing {
  /// Name of the recording.
  let recording: String
  let showing: Showing
  let clock: SampleClock
  let seconds: Range<Double>

  package init(_ showing: Showing, in recording: String, on clock: SampleClock) {
    (self.recording, self.showing, self.clock) = (recording, showing, clock)
    seconds = showing.seconds(on: clock)
  }

  /// Whether another showing goes on with this one after a pause, or in another recording: what comes before it in the
  /// stimulus was seen by the same person, at another time.
  fileprivate func isPaused(behind others: [RecordedShowing]) -> Bool {
    let tolerance = Showing.clockToleranceS
    let earlier = others.filter { $0.seconds.lowerBound < seconds.lowerBound - tolerance }
    let isContinued = earlier.contains {
      $0.recording == recording && abs($0.showing.shiftS - showing.shiftS) <= tolerance
    }
    return !isContinued && earlier.contains { $0.seconds.upperBound <= seconds.lowerBound + tolerance }
  }
}

/// Showings by their pieces, divided where anybody saw the stimulus go on after a pause: no delay and no response reaches
/// over a border, as none reaches from run to run.
///
/// Where two go on a few seconds apart, what lies between is no piece of anybody: it has no level of its own.
package struct ShownPieces {
  /// A showing, or the part of it that lies in a piece.
  package struct Member {
    /// The place among the showings that were given.
    package let place: Int
    package let showing: Showing
  }

  /// Parts that last less are slivers, if the longest of their stimulus lasts twice as long.
  private static let shortestPartS = 10.0

  package private(set) var members: [PieceKey: [Member]] = [:]
  /// Seconds of slivers, which are in no piece.
  package private(set) var sliverS = 0.0

  package init(_ shown: [RecordedShowing], _ cut: PieceCut) {
    let pieces = cut.pieces(of: shown.map { ($0.showing.piece, $0.seconds) })
    // What the recording has no sample of begins nowhere.
    let sampled = shown.indices.filter { !shown[$0].seconds.isEmpty }
    let places = Dictionary(grouping: sampled) { pieces[shown[$0].showing.piece] ?? shown[$0].showing.piece }
    for (key, places) in places {
      let borders = Self.borders(places.map { shown[$0] })
      var parts: [PieceKey: [Member]] = [:]
      var seconds: [PieceKey: Range<Double>] = [:]
      for place in places {
        for part in shown[place].showing.divided(at: borders, end: shown[place].seconds.upperBound) {
          let own = part.seconds(on: shown[place].clock)
          if own.isEmpty { continue }
          let border = borders.reduce(0.0) { $1 <= part.stimulusStartS + Showing.clockToleranceS ? $1 : $0 }
          let name = borders.isEmpty ? key : PieceKey(stimulus: key.stimulus, run: key.run, partS: border)
          parts[name, default: []].append(Member(place: place, showing: part))
          let known = seconds[name] ?? own
          seconds[name] = min(known.lowerBound, own.lowerBound)..<max(known.upperBound, own.upperBound)
        }
      }
      let lengths = seconds.mapValues { $0.upperBound - $0.lowerBound }
      let shortest = min(Self.shortestPartS, lengths.values.reduce(0, max) / 2)
      let slivers = lengths.filter { $0.value < shortest }
      sliverS += slivers.values.reduce(0, +)
      members.merge(parts.filter { slivers[$0.key] == nil }) { own, _ in own }
    }
  }

  /// Seconds of the stimulus at which somebody's showings go on after a pause, ascending; of those that differ as clocks do
  /// the last.
  private static func borders(_ shown: [RecordedShowing]) -> [Double] {
    let found = Dictionary(grouping: shown, by: \.showing.subject).values.flatMap { own in
      own.filter { $0.isPaused(behind: own) }.map(\.showing.stimulusStartS)
    }
    return Set(found).sorted().reduce(into: []) { borders, second in
      if let last = borders.last, second - last <= Showing.clockToleranceS { borders.removeLast() }
      borders.append(second)
    }
  }
}
