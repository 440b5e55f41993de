import Diagnostics
import Resampling
import Simulation
import Statistics
import Vocabulary
import Warehouse

/// Holds the stems into which a warehouse separated a simulation's sounds against those that were planted.
package struct SeparationGrade: Sendable {
  /// One stem, found or not.
  package struct Row: Sendable {
    package let stimulus: String
    package let element: Element
    /// Model that separated others of the sounds, and this one where it has a ratio.
    package let separation: String
    /// Nil: the model did not separate the sound.
    package let ratio: Ratio?
  }

  /// How near a stem is to the planted one.
  package struct Ratio: Sendable {
    /// Scale-invariant signal-to-distortion ratio, dB; infinite for the planted stem itself.
    package let stemDB: Double
    /// The same of the mix, which is what separation starts from.
    package let mixDB: Double

    package var improvementDB: Double { stemDB - mixDB }
  }

  package let rows: [Row]
  private static let elements = [Element.voice, .soundtrack]

  /// Makes the planted stems again of the truth's seed and compares every separated one over the length that both have, at its
  /// own rate, a second at a time. What a model left unseparated has rows, too.
  ///
  /// - Throws: `E-SIM-006` for a file that is no truth, `E-SIM-007` where it plants no sounds or none of their stems is stored.
  package init(truth path: String, in warehouse: Warehouse) throws {
    let truth = try SimulationTruth(file: path)
    func nothing(_ reason: String, _ remedy: String) -> EvokeError {
      EvokeError(.nothingToGrade, path, reason: reason, remedy: remedy)
    }
    guard let sounds = truth.sounds, let levels = truth.voiceLevels else {
      throw nothing("it plants no sounds", "name the truth.json of a simulation with sounds, or a --study")
    }
    let stored = try truth.stimuli.map { stimulus in
      let stems = try warehouse.read { try $0.storedStems(dataset: truth.dataset, stimulus: stimulus.name) }
      return (stimulus: stimulus, stems: stems.compactMap(StoredStem.init))
    }
    let separations = Set(stored.flatMap(\.stems).map(\.row.separation)).sorted()
    guard !separations.isEmpty else {
      throw nothing(
        "none of its stems is stored in dataset \(truth.dataset)",
        "separate them first: evoke extract --dataset \(ShellText.quoted(truth.dataset)) --element voice --set lld12")
    }
    rows = try stored.flatMap { stimulus, stems -> [Row] in
      guard let voiceDB = levels[stimulus.name] else { preconditionFailure("every stimulus has its level") }
      let graded = try Self.grade(stems, in: warehouse) {
        simulateSound(
          SoundSpec(seconds: stimulus.seconds, rateHz: sounds.rateHz, voiceDB: voiceDB),
          numbers: simulationStreams(seed: UInt64(truth.seed), stimulus: "sound/\(stimulus.name)"))
      }
      return Self.elements.flatMap { element in
        separations.flatMap { separation -> [Row] in
          let own = graded.filter { $0.element == element && $0.separation == separation }.map(\.ratio)
          let ratios: [Ratio?] = own.isEmpty ? [nil] : own.map(Optional.some)
          return ratios.map { Row(stimulus: stimulus.name, element: element, separation: separation, ratio: $0) }
        }
      }
    }
  }

  /// Of a stimulus all stems, those of one rate in the same readings of the planted sound.
  private static func grade(
    _ stems: [StoredStem], in warehouse: Warehouse, planted: () -> SimulatedSound<RandomStream>
  ) throws -> [(element: Element, separation: String, ratio: Ratio)] {
    guard !stems.isEmpty else { return [] }
    let sound = planted()
    let byRate = Dictionary(grouping: stems) { Int($0.row.rateHz) }.sorted { $0.key < $1.key }
    return try byRate.flatMap { rate, stems in
      var graded = try stems.map { try GradedStem($0, warehouse.reference($0.row), sound, rate) }
      for isLast in [false, true] {
        try PlantedReader(sound, rateHz: rate).read { piece, place in
          for stem in graded.indices { try graded[stem].add(piece, at: place, isLast: isLast) }
        }
      }
      return graded.map { ($0.element, $0.separation, $0.ratio) }
    }
  }

  package var table: SQLTable {
    let columns = ["stimulus", "element", "separation", "si_sdr_db", "mix_si_sdr_db", "improvement_db", "ok"]
    return SQLTable(
      columns: columns,
      rows: rows.map { row in
        SQLRow(
          columns: columns,
          values: [
            .text(row.stimulus), .text(row.element.rawValue), .text(row.separation), .optional(row.ratio?.stemDB),
            .optional(row.ratio?.mixDB), .optional(row.ratio?.improvementDB),
            .text(row.ratio.map { $0.improvementDB > 0 ? "yes" : "no" } ?? "not separated"),
          ])
      })
  }
}

/// A stem of a planted element.
private struct StoredStem {
  let row: Rows.StoredStems
  let element: Element

  /// nil of what is neither voice nor soundtrack.
  init?(_ row: Rows.StoredStems) {
    guard row.element == Element.voice.rawValue || row.element == Element.soundtrack.rawValue else { return nil }
    (self.row, element) = (row, row.element == Element.voice.rawValue ? .voice : .soundtrack)
  }
}

/// A stem beside the planted one, both read twice.
private struct GradedStem {
  let element: Element
  let separation: String
  private let samples: ArrayRows
  /// Numbers of a stored second, left and right in turn.
  private let width: Int
  /// Numbers that both have.
  private let count: Int
  private var found = DistortionRatio()
  private var mix = DistortionRatio()

  init(
    _ stem: StoredStem, _ reference: ArrayReference, _ planted: SimulatedSound<RandomStream>, _ rate: Int
  ) throws {
    (element, separation) = (stem.element, stem.row.separation)
    samples = try ArrayRows(reference)
    width = samples.axes.dropFirst().map(\.count).reduce(1, *)
    count =
      2
      * min(
        stem.row.sampleCount,
        StreamResampler.outputCount(planted.sampleCount, fromHz: planted.rateHz, toHz: rate))
  }

  /// A piece of the planted sound whose first number is the one at `place`.
  mutating func add(_ piece: PlantedReader.Piece, at place: Int, isLast: Bool) throws {
    guard place < count else { return }
    let end = min(count, place + piece.mix.count)
    let (first, last) = (place / width, (end - 1) / width)
    let stored = try samples.rows(first..<(last + 1))
    let estimate = Array(stored[(place - first * width)..<(end - first * width)])
    let planted = Array((element == .voice ? piece.voice : piece.soundtrack)[..<estimate.count])
    let whole = Array(piece.mix[..<estimate.count])
    if isLast {
      found.addRest(estimate, of: planted)
      mix.addRest(whole, of: planted)
    } else {
      found.add(estimate, of: planted)
      mix.add(whole, of: planted)
    }
  }

  var ratio: SeparationGrade.Ratio { SeparationGrade.Ratio(stemDB: found.decibels, mixDB: mix.decibels) }
}

/// Mix, voice and soundtrack of a planted sound at another rate, a second at a time.
private struct PlantedReader {
  /// Left and right in turn, all of one length.
  struct Piece {
    let mix: [Float]
    let voice: [Float]
    let soundtrack: [Float]
  }

  private let sound: SimulatedSound<RandomStream>
  private let mix: StereoResampler
  private let voice: StereoResampler
  private let soundtrack: StereoResampler

  init(_ sound: SimulatedSound<RandomStream>, rateHz rate: Int) throws {
    self.sound = sound
    mix = try StereoResampler(fromHz: sound.rateHz, toHz: rate)
    voice = try StereoResampler(fromHz: sound.rateHz, toHz: rate)
    soundtrack = try StereoResampler(fromHz: sound.rateHz, toHz: rate)
  }

  /// All of it once, with the place of the first number of every piece.
  func read(_ body: (Piece, _ place: Int) throws -> Void) throws {
    var place = 0
    func give(_ piece: Piece) throws {
      try body(piece, place)
      place += piece.mix.count
    }
    try sound.read(by: sound.rateHz) { piece in
      try give(
        Piece(
          mix: mix.process(piece.mix), voice: voice.process(piece.voice),
          soundtrack: soundtrack.process(piece.soundtrack)))
    }
    try give(Piece(mix: mix.finish(), voice: voice.finish(), soundtrack: soundtrack.finish()))
  }
}

/// Changes the rate of left and right in turn, once.
private final class StereoResampler {
  private var left: StreamResampler
  private var right: StreamResampler

  init(fromHz: Int, toHz: Int) throws {
    left = try StreamResampler(fromHz: fromHz, toHz: toHz)
    right = try StreamResampler(fromHz: fromHz, toHz: toHz)
  }

  func process(_ x: [Float]) throws -> [Float] {
    func channel(_ first: Int) -> [Float] { stride(from: first, to: x.count, by: 2).map { x[$0] } }
    return Self.inTurn(try left.process(channel(0)), try right.process(channel(1)))
  }

  func finish() throws -> [Float] { Self.inTurn(try left.finish(), try right.finish()) }

  private static func inTurn(_ left: [Float], _ right: [Float]) -> [Float] { zip(left, right).flatMap { [$0, $1] } }
}
