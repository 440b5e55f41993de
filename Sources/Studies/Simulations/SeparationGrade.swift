import Diagnostics
import Resampling
import Simulation
import Vocabulary
import Warehouse

/// Holds the stems into which a warehouse separated a simulation's sounds against those that were planted.
package struct SeparationGrade: Sendable {
  /// One stem.
  package struct Row: Sendable {
    package let stimulus: String
    package let element: Element
    /// Model that separated.
    package let separation: String
    /// Scale-invariant signal-to-distortion ratio, dB; infinite for the planted stem itself.
    package let ratioDB: Double
    /// The same of the mix, which is what separation starts from.
    package let mixDB: Double

    package var improvementDB: Double { ratioDB - mixDB }
  }

  package let rows: [Row]

  /// Makes the planted stems again of the truth's seed and compares every separated one over the length that both have, at its
  /// own rate.
  ///
  /// - Throws: `E-SIM-006` for a file that is no truth, `E-SIM-007` where it plants no sounds or none of their stems is stored.
  package init(truth path: String, in warehouse: Warehouse) throws {
    let truth = try SimulationTruth(file: path)
    func nothing(_ reason: String, _ remedy: String) -> EvokeError {
      EvokeError(.nothingToGrade, path, reason: reason, remedy: remedy)
    }
    guard let sounds = truth.sounds else {
      throw nothing("it plants no sounds", "name the truth.json of a simulation with sounds, or a --study")
    }
    var rows: [Row] = []
    for stimulus in truth.stimuli {
      let stems = try warehouse.read { try $0.storedStems(dataset: truth.dataset, stimulus: stimulus.name) }
      guard !stems.isEmpty else { continue }
      let planted = simulateSound(
        SoundSpec(seconds: stimulus.seconds, rateHz: sounds.rateHz, voiceDB: sounds.voiceDb),
        numbers: simulationStreams(seed: UInt64(truth.seed), stimulus: "sound/\(stimulus.name)"))
      for element in [Element.voice, .soundtrack] {
        for stem in stems where stem.element == element.rawValue {
          rows.append(try Self.grade(stem, element, planted, in: warehouse))
        }
      }
    }
    guard !rows.isEmpty else {
      throw nothing(
        "none of its stems is stored in dataset \(truth.dataset)",
        "separate them first: evoke extract --dataset \(ShellText.quoted(truth.dataset)) --element voice --set lld12")
    }
    self.rows = rows
  }

  private static func grade(
    _ stem: Rows.StoredStems, _ element: Element, _ planted: SimulatedSound, in warehouse: Warehouse
  ) throws -> Row {
    let rate = Int(stem.rateHz)
    let found = try samples(of: stem, in: warehouse)
    let whole = 0..<planted.sampleCount
    let reference = try resampled(element == .voice ? planted.voice(whole) : planted.soundtrack(whole), planted, rate)
    let mix = try resampled(planted.mix(whole), planted, rate)
    let count = min(found.count, reference.count)
    let expected = Array(reference[..<count])
    return Row(
      stimulus: stem.stimulus, element: element, separation: stem.separation,
      ratioDB: scaleInvariantDistortionRatio(Array(found[..<count]), of: expected),
      mixDB: scaleInvariantDistortionRatio(Array(mix[..<count]), of: expected))
  }

  /// Left and right in turn, as stored second by second.
  private static func samples(of stem: Rows.StoredStems, in warehouse: Warehouse) throws -> [Float] {
    let rows = try ArrayRows(warehouse.reference(stem))
    return Array(try rows.rows(0..<rows.axes[0].count)[..<(2 * stem.sampleCount)])
  }

  /// Left and right in turn at another rate.
  private static func resampled(_ sound: [Float], _ planted: SimulatedSound, _ rate: Int) throws -> [Float] {
    guard rate != planted.rateHz else { return sound }
    let channels = try (0..<2).map { channel in
      try resample(stride(from: channel, to: sound.count, by: 2).map { sound[$0] }, fromHz: planted.rateHz, toHz: rate)
    }
    return zip(channels[0], channels[1]).flatMap { [$0, $1] }
  }

  package var table: SQLTable {
    let columns = ["stimulus", "element", "separation", "si_sdr_db", "mix_si_sdr_db", "improvement_db", "ok"]
    return SQLTable(
      columns: columns,
      rows: rows.map { row in
        SQLRow(
          columns: columns,
          values: [
            .text(row.stimulus), .text(row.element.rawValue), .text(row.separation), .number(row.ratioDB),
            .number(row.mixDB), .number(row.improvementDB), .text(row.improvementDB > 0 ? "yes" : "no"),
          ])
      })
  }
}
