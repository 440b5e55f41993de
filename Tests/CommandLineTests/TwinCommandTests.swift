import Foundation
import Testing

/// Descriptors against their twins, from sound to view: noise whose level and whose tremor change on their own.
@Suite(.serialized) struct TwinCommandTests {
  private static let study = """
    study: trembling
    kind: layer_sweep
    datasets: [noises]
    features: [{set: lld12}]
    targets: [{annotation: loud}, {annotation: tremor}]
    twins: [position, spectrum]
    encoding: {delays_s: [0], outer: {leave_one: stimulus}, inner: {folds: 4}}
    statistics: {null: none}
    """

  /// The modulation at 4 Hz, which `lld12` has and a spectrum has not, is told from its twins; loudness, which the spectrum
  /// carries as well, is not. Twins are rows like others, with their folds and what they descend from.
  @Test func whatASpectrumCarriesAsWellIsNotToldFromIt() throws {
    let program = try Program()
    var noises = TremblingNoises()
    try noises.write(ToyFolder(path: program.folder))
    try program.succeed(["init", "noises.evoke"])
    try program.succeed(
      ["import", "audio"] + TremblingNoises.names.map { "\($0).wav" } + ["--dataset", "noises", "-C", "noises.evoke"])
    for name in TremblingNoises.names {
      try program.succeed([
        "import", "annotations", "\(name).csv", "--dataset", "noises", "--stimulus", name, "-C", "noises.evoke",
      ])
    }
    try program.write(Self.study, "trembling.yaml")
    try program.succeed(["run", "trembling.yaml", "-C", "noises.evoke"])
    let found = try program.rows(
      "SELECT target, beats_twins, hardest_twin, twins FROM encoding_score WHERE feature_set = 'lld12' ORDER BY target",
      in: "noises.evoke")
    try #require(found.count == 2)
    #expect(found.map { $0[0] } == ["loud", "tremor"] && found.allSatisfy { $0[3] == "position spectrum" })
    let p = found.compactMap { Double($0[1]) }
    #expect(p.count == 2 && p[0] > 0.065 && p[1] < 0.02, "\(found)")
    #expect(found[0][2] == "spectrum")
    let twins = try program.rows(
      "SELECT count(*), min(folds_total), max(valid), count(beats_twins) FROM encoding_score WHERE feature_set = 'logmel-12'",
      in: "noises.evoke")
    #expect(twins == [["2", "6", "1", "0"]])
    let why = try program.succeed([
      "why", "encoding_score", "--where", "feature_set=logmel-12", "--where", "target=loud", "--all", "-C",
      "noises.evoke",
    ])
    #expect(why.output.contains("a.wav") && why.output.contains("log_mel_spectrum"), "\(why.output)")
  }
}

/// Six noises of a minute, with ratings of their level and of the depth of their modulation at 4 Hz.
struct TremblingNoises {
  static let names = ["a", "b", "c", "d", "e", "f"]
  private static let (rate, seconds) = (16_000, 60)

  private var numbers = ToyNumbers(77)

  init() {}

  mutating func write(_ folder: ToyFolder) throws {
    for name in Self.names {
      let (loud, tremor) = (numbers.slow(Self.seconds), numbers.slow(Self.seconds))
      let samples = (0..<Self.rate * Self.seconds).map { i -> Double in
        let (second, part) = (i / Self.rate, Double(i % Self.rate) / Double(Self.rate))
        let next = min(Self.seconds - 1, second + 1)
        let level = 6 * (loud[second] * (1 - part) + loud[next] * part)
        let depth = 1 / (1 + exp(-1.5 * (tremor[second] * (1 - part) + tremor[next] * part)))
        let wave = 1 + depth * sin(8 * Double.pi * Double(i) / Double(Self.rate))
        return 0.04 * pow(10, level / 20) * wave * numbers.next()
      }
      try folder.sound(samples, rateHz: Self.rate, "\(name).wav")
      let ratings = [("loud", loud), ("tremor", tremor)].map { title, course in
        (name: title, values: zip(course, numbers.slow(Self.seconds, memory: 0.3)).map { $0 + 0.5 * $1 })
      }
      try folder.table([("time", loud.indices.map(Double.init))] + ratings, "\(name).csv")
    }
  }
}
