import EncodingModels
import LinearAlgebra
import Recordings
import SignalProcessing
import Statistics
import Vocabulary
import Warehouse
import Work

/// How voice and soundtrack share the sound of a fit's stimuli, over whole stimuli.
package struct ElementShares: Codable, Sendable {
  /// Energy of the voice over that of both; nil where both are silent.
  package let voiceEnergyShare: Double?
  /// Shares of seconds below -60 dBFS.
  package let silentVoice: Double
  package let silentSoundtrack: Double
  /// r of their levels over the seconds in which both sound: separation that leaks makes it large; nil where they do not
  /// vary.
  package let levelR: Double?
}

/// When both elements of the sound are heard in the rows of a fit.
struct ElementActivity {
  /// Per piece and row: both sound in at least half of the seconds that the row's features are read from, over all delays and
  /// the target's window.
  let rows: [[Bool]]
  let shares: ElementShares

  /// nil where no levels were handed to the unit.
  init?(_ task: UnitTask, _ assembled: AssembledData) throws {
    let arrays = task.arrays(.levels).filter { $0.description.kind == StemLevels.kind }
    guard !arrays.isEmpty else { return nil }
    var levels: [String: ElementLevels] = [:]
    for (stimulus, own) in Dictionary(grouping: arrays, by: \.piece.stimulus) {
      levels[stimulus] = try ElementLevels(own)
    }
    let known = Set(assembled.keys.map(\.stimulus)).sorted().compactMap { levels[$0] }
    guard !known.isEmpty else { return nil }
    shares = ElementShares(known)
    rows = try zip(assembled.keys, assembled.data.pieces).map { key, piece in
      guard let own = levels[key.stimulus] else { return [Bool](repeating: false, count: piece.rowCount) }
      return try own.active(in: piece, of: assembled.data)
    }
  }
}

/// Levels of voice and soundtrack of one stimulus, dB re full scale, second by second.
private struct ElementLevels {
  let voice: [Double]
  let soundtrack: [Double]

  /// nil where one of them is missing.
  init?(_ arrays: [TaskArray]) throws {
    func levels(_ element: Element) throws -> [Double]? {
      try arrays.first { $0.description.element == element.rawValue }.map {
        try ArrayReader.read($0.reference).values.map(Double.init)
      }
    }
    guard let voice = try levels(.voice), let soundtrack = try levels(.soundtrack) else { return nil }
    (self.voice, self.soundtrack) = (voice, soundtrack)
  }

  static func isSilent(_ decibels: Double) -> Bool { decibels < SoundLevels.silence }

  /// Per second, whether both sound.
  var sounding: [Bool] { zip(voice, soundtrack).map { !Self.isSilent($0) && !Self.isSilent($1) } }

  func active(in piece: Piece, of data: EncodingData) throws -> [Bool] {
    let both = sounding
    let series = ClockSeries(
      labels: ["sounding"], times: both.indices.map(Double.init), step: 1,
      values: Matrix(rows: both.count, columns: 1, values: both.map { $0 ? 1 : 0 }))
    let grid = ClockSeries.Grid(start: piece.start, dt: data.dt, count: piece.rowCount)
    let share = try SummarisedRows(grid, data.window).mean(of: series, series.onGrid)
    let delays = data.bands[0].delays
    return (0..<share.rows).map { row in
      let read = delays.map { row - $0 }.filter { $0 >= 0 && $0 < share.rows }.map { share[$0, 0] }
      return Moments.mean(read.filter { !$0.isNaN }) >= 0.5
    }
  }
}

extension ElementShares {
  fileprivate init(_ stimuli: [ElementLevels]) {
    func energy(_ element: KeyPath<ElementLevels, [Double]>) -> Double {
      stimuli.flatMap { $0[keyPath: element] }.reduce(0) { $0 + SoundLevels.meanSquare(ofDecibels: $1) }
    }
    func silent(_ element: KeyPath<ElementLevels, [Double]>) -> Double {
      let all = stimuli.flatMap { $0[keyPath: element] }
      return Double(all.count(where: ElementLevels.isSilent)) / Double(all.count)
    }
    let (voice, soundtrack) = (energy(\.voice), energy(\.soundtrack))
    let r = Correlation.fisherMean(
      stimuli.map { levels in
        let places = levels.sounding.indices.filter { levels.sounding[$0] }
        return Correlation.pearson(places.map { levels.voice[$0] }, places.map { levels.soundtrack[$0] })
      }.filter { !$0.isNaN })
    self.init(
      voiceEnergyShare: voice + soundtrack > 0 ? voice / (voice + soundtrack) : nil, silentVoice: silent(\.voice),
      silentSoundtrack: silent(\.soundtrack), levelR: r.isNaN ? nil : r)
  }
}
