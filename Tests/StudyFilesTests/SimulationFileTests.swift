import Diagnostics
import StudyFiles
import Testing
import Vocabulary

/// Simulation files are read to the letter: what is said, what the grammar puts where nothing is said, and nothing else.
@Suite struct SimulationFileTests {
  private static let whole = """
    simulation: toy
    dataset: d
    stimuli: [one, two]
    seed: 5
    components: 3
    cohorts: {by: subject}
    responses:
      subjects: 4
      signal_share: 0.7
      lag_s: 2
      tr_s: 1.5
      drift: {share: 0.2, seconds: 20, shared: true}
      targets:
        - {name: driven, model: net, layer: hs.2, element: voice, other: {set: right}}
        - {name: idle, nothing: true}
    synchrony:
      subjects: 4
      signal_share: 0.5
      lag_s: 1
      rate_hz: 50
      largest: 0.3
      gain: 4
      targets: [{name: planum, set: left}]

    """

  private func read(_ text: String) throws -> SimulationFile { try SimulationFile(parsing: text, file: "s.yaml") }

  @Test func `what a file says is what is read`() throws {
    let file = try read(Self.whole)
    #expect((file.name, file.dataset, file.seed, file.components) == ("toy", "d", 5, 3))
    #expect(file.stimuli == ["one", "two"] && file.cohorts == .subject)
    #expect(file.annotations == nil && file.sounds == nil && file.sections.count == 2)
    let responses = try #require(file.responses)
    #expect(responses.repetitionS == 1.5 && responses.section.people == 4)
    #expect(responses.section.signalShare == 0.7 && responses.section.lagS == 2)
    let drift = try #require(responses.section.drift)
    #expect((drift.share, drift.seconds, drift.isShared) == (0.2, 20, true))
    let driven = responses.section.targets[0]
    #expect(driven.source.driver == .layer(model: "net", key: "hs.2") && driven.source.element == .voice)
    #expect(driven.other?.driver == .set("right") && driven.other?.element == .original)
    #expect(responses.section.targets[1].source.driver == .nothing)
    let synchrony = try #require(file.synchrony)
    #expect((synchrony.rateHz, synchrony.largest, synchrony.gain) == (50, 0.3, 4))
    #expect(synchrony.section.drift == nil)
  }

  @Test func `sounds are read as they are said`() throws {
    let head = "simulation: s\ndataset: d\nstimuli: [one]\n"
    let sounds = try #require(
      try read(head + "sounds: {seconds: 60, rate_hz: 16000, voice_db: -3, simnet: 7}\n").sounds)
    #expect((sounds.seconds, sounds.rateHz, sounds.voiceDB, sounds.simnet) == (60, 16_000, [-3], 7))
    #expect(try read(head + "sounds: {seconds: 60}\n").sounds?.simnet == nil)
    let two = head.replacing("[one]", with: "[one, two]") + "sounds: {voice_db: [-12, 12]}\n"
    #expect(try read(two).sounds?.voiceDB == [-12, 12])
    let refused = #expect(throws: EvokeError.self) { try read(two.replacing("[one, two]", with: "[one]")) }
    #expect(refused?.diagnostics.contains { $0.object.hasPrefix("s.yaml: sounds.voice_db") } == true)
  }

  @Test(arguments: [
    ("simulation: toy\n", "", ErrorCode.studyMissingKey, "simulation"),
    ("dataset: d\n", "", .studyMissingKey, "dataset"), ("stimuli: [one, two]\n", "", .studyMissingKey, "stimuli"),
    ("{name: idle, nothing: true}", "{nothing: true}", .studyMissingKey, "responses.targets[2].name"),
    (", layer: hs.2", "", .studyMissingKey, "responses.targets[1].layer"),
    ("{name: planum, set: left}", "{name: planum}", .studyMissingKey, "synchrony.targets[1]"),
    ("share: 0.2, ", "", .studyMissingKey, "responses.drift.share"),
    ("{by: subject}", "{}", .studyMissingKey, "cohorts.by"),
    ("tr_s: 1.5", "tr: 1.5", .studyUnknownKey, "responses.tr"), ("seed: 5", "sed: 5", .studyUnknownKey, "sed"),
    ("element: voice", "elements: voice", .studyUnknownKey, "responses.targets[1].elements"),
    ("lag_s: 1", "lag_s: soon", .studyWrongType, "synchrony.lag_s"),
    ("shared: true", "shared: 1", .studyWrongType, "responses.drift.shared"),
    ("seed: 5", "seed:", .studyWrongType, "seed"), ("seed: 5", "seed: 1.5", .studyValue, "seed"),
    ("nothing: true", "nothing: false", .studyValue, "responses.targets[2].nothing"),
    ("name: idle", "name: driven", .studyContradiction, "responses.targets[2].name"),
    ("cohorts: {by: subject}\n", "", .studyContradiction, "responses.targets[1].other"),
  ])
  func `what is missing, unknown or of another type is told with its place`(
    _ right: String, _ wrong: String, _ code: ErrorCode, _ place: String
  ) throws {
    try #require(Self.whole.contains(right))
    let error = #expect(throws: EvokeError.self) { try read(Self.whole.replacing(right, with: wrong)) }
    let told = error?.diagnostics.contains { $0.code == code && $0.object.hasPrefix("s.yaml: \(place)") }
    #expect(told == true, "\(wrong): \(String(describing: error))")
  }

  @Test func `one subject makes no two cohorts`() {
    let error = #expect(throws: EvokeError.self) {
      try read(Self.whole.replacing("subjects: 4\n  signal_share: 0.7", with: "subjects: 1\n  signal_share: 0.7"))
    }
    #expect(error?.diagnostics.contains { $0.object.contains("responses.subjects") } == true)
  }

  @Test(arguments: ["", "- a\n", "toy\n"]) func `what is no mapping is refused`(_ text: String) {
    #expect(throws: EvokeError.self) { try read(text) }
  }
}
