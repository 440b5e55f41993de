import Diagnostics
import Foundation
import Vocabulary

/// The null that gives every subject the data of another of its stimuli.
///
/// All recordings of all stimuli are cut to the shortest; a draw permutes each subject's stimuli on their own and takes
/// what then stands in the place of each stimulus. The observed value is compared on the same cut data. Exact where a
/// subject's recordings are exchangeable between stimuli.
public struct ClipShuffle: Sendable {
  private let pairs: SubjectPairs
  /// Recordings of each subject as rows of `pairs`, by stimulus.
  private let recordings: [[Int: Int]]
  private let method: SynchronyMethod

  /// - Parameter pairs: of all recordings on the same samples, each a subject of its own.
  /// - Parameter owners: subject and stimulus of every recording, at most one for each combination.
  /// - Throws: `E-ISC-008` where no subject has recordings of two stimuli.
  public init(
    _ pairs: SubjectPairs, owners: [(subject: Int, stimulus: Int)], method: SynchronyMethod
  ) throws {
    precondition(owners.count == pairs.subjectCount, "an owner per recording")
    var recordings = [[Int: Int]](repeating: [:], count: (owners.map(\.subject).max() ?? -1) + 1)
    for (i, owner) in owners.enumerated() { recordings[owner.subject][owner.stimulus] = i }
    guard recordings.contains(where: { $0.count > 1 }) else {
      throw EvokeError(
        .tooFewClips, "\(Set(owners.map(\.stimulus)).count) stimuli",
        reason: "no subject has recordings of two stimuli that could be exchanged", remedy: "use `null: phase`")
    }
    self.pairs = pairs
    self.recordings = recordings
    self.method = method
  }

  /// Synchrony of one stimulus on the cut data, on the scale of r, `[region]`.
  public func observed(stimulus: Int) -> [Double] {
    value(recordings.compactMap { $0[stimulus] })
  }

  /// Draws of one stimulus; fewer than asked for where there are fewer arrangements. `generator(subject, draw)` is the
  /// same for every stimulus.
  public func draws<G: RandomNumberGenerator>(
    stimulus: Int, _ asked: Int, generator: (_ subject: Int, _ draw: Int) -> G
  ) -> SynchronyNullDraws {
    let taking = recordings.indices.filter { recordings[$0][stimulus] != nil }
    // Relative arrangements of those who take part: the first one's choice does not matter where all have the same.
    let arrangements = taking.dropFirst().reduce(1.0) { $0 * Double(recordings[$1].count) }
    let count = min(Double(asked), arrangements)
    let values = (0..<Int(count)).flatMap { draw in value(members(taking, stimulus, draw, generator)) }
    return SynchronyNullDraws(
      null: .clipShuffle, method: method, values: values, drawCount: Int(count), regionCount: pairs.regionCount)
  }

  /// The recordings that stand in the place of a stimulus in one draw.
  private func members<G: RandomNumberGenerator>(
    _ taking: [Int], _ stimulus: Int, _ draw: Int, _ generator: (_ subject: Int, _ draw: Int) -> G
  ) -> [Int] {
    taking.map { subject in
      var numbers = generator(subject, draw)
      let own = recordings[subject].sorted { $0.key < $1.key }
      guard let place = own.firstIndex(where: { $0.key == stimulus }) else {
        preconditionFailure("who takes part has the stimulus")
      }
      // The place of the stimulus in a random permutation of the subject's own stimuli.
      let order = own.map(\.value).shuffled(using: &numbers)
      return order[place]
    }
  }

  /// The mean over windows (in z) of the stimulus' own recordings and of those that stand in its place in the same draws
  /// as `draws`. `all`: the series of all recordings, from which the pairs came; one draw is in memory at a time.
  public func meansOverWindows<G: RandomNumberGenerator>(
    stimulus: Int, _ all: SubjectSeries, windows: SynchronyWindows, draws count: Int,
    generator: (_ subject: Int, _ draw: Int) -> G
  ) throws -> (observed: [Double], draws: SynchronyNullDraws) {
    let taking = recordings.indices.filter { recordings[$0][stimulus] != nil }
    func mean(_ members: [Int]) throws -> [Double] {
      let values = try members.map { try all.readChecked($0, 0..<all.sampleCount) }
      let series = try SubjectSeries(values, regionCount: all.regionCount, rateHz: all.rateHz)
      return meanOverWindows(try dynamicSynchrony(series, windows: windows), method: method)
    }
    let values = try (0..<count).flatMap { try mean(members(taking, stimulus, $0, generator)) }
    return (
      try mean(recordings.compactMap { $0[stimulus] }),
      SynchronyNullDraws(
        null: .clipShuffle, method: method, values: values, drawCount: count, regionCount: all.regionCount)
    )
  }

  private func value(_ members: [Int]) -> [Double] {
    pairs.value(method, members: members, fewest: min(3, members.count)).map { tanh($0) }
  }
}
