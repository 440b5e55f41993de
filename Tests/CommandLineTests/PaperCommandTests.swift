import Diagnostics
import Foundation
import HDF5File
import Kinds
import Papers
import StudyFiles
import Testing

/// The studies of papers: all plan, their tests ask for columns that are there, and what one study of each paper gives has
/// rows for its tests.
@Suite(.serialized) struct PaperCommandTests {
  /// As much of the papers' data as their studies name: three sounds, ratings, EEG of three and regions of four people.
  private struct Data {
    static let (pieces, people, seconds) = (["happy", "sadln", "sadsh"], ["ann", "ben", "cyd", "dan"], 160)
    static let regions = ["dmPFC", "vmPFC", "precuneus", "auditory", "temporal"]
    static let channels = "Fp1 Fp2 F7 F3 Fz F4 F8 T7 C3 Cz C4 T8 P7 P3 Pz P4 P8 O1 O2".split(separator: " ").map(
      String.init)
    let folder: ToyFolder
    private var numbers = ToyNumbers(5)

    init(_ path: String) { folder = ToyFolder(path: path) }

    private mutating func follows(_ course: [Double], lag: Int = 0) -> [Double] {
      let own = numbers.slow(course.count)
      return course.indices.map { course[max(0, $0 - lag)] + own[$0] }
    }

    mutating func write() throws {
      let times = (0..<Self.seconds).map(Double.init)
      for piece in Self.pieces {
        let course = numbers.slow(Self.seconds)
        try folder.sound(numbers.white(8_000 * Self.seconds).map { 0.1 * $0 }, rateHz: 8_000, "\(piece).wav")
        try folder.table(
          [("time", times), ("v", numbers.slow(Self.seconds)), ("w", numbers.slow(Self.seconds))], "\(piece)_vis.csv")
        let raters = ["a", "b"].map { (name: $0, values: follows(course)) }
        try folder.table([("time", times)] + raters, "\(piece)_arousal.csv")
        var lines = ["time,subject,emotionality,enjoyment"]
        for person in Self.people {
          let (moved, pleased) = (follows(course), follows(course))
          lines += times.indices.map {
            "\($0),\(person),\(ToyFolder.shown(moved[$0])),\(ToyFolder.shown(pleased[$0]))"
          }
          let bold = Self.regions.map { (name: $0, values: follows(course, lag: 3)) }
          try folder.table(bold, "bold_\(piece)_\(person).tsv")
        }
        try folder.text(lines.joined(separator: "\n") + "\n", "\(piece)_felt.csv")
        try electrodes("\(folder.path)/eeg_\(piece).h5")
      }
    }

    /// Four sources that three people have in common, the first in every electrode alike, beside each one's own noise.
    private mutating func electrodes(_ path: String) throws {
      let count = 128 * Self.seconds
      let common = numbers.white(4 * count)
      let mix = numbers.white(4 * Self.channels.count).enumerated().map { $0.offset % 4 == 0 ? 3 : $0.element }
      var eeg: [Float] = []
      eeg.reserveCapacity((Self.people.count - 1) * count * Self.channels.count)
      for _ in Self.people.dropLast() {
        for t in 0..<count {
          for c in Self.channels.indices {
            var level = numbers.next()
            for k in 0..<4 { level += common[4 * t + k] * mix[4 * c + k] }
            eeg.append(Float(level * 1e-5))
          }
        }
      }
      let writer = try HDF5Writer(creating: path)
      try writer.dataset(
        "eeg", .float32, shape: [Self.people.count - 1, count, Self.channels.count], storage: HDF5Storage())
      try writer.write(eeg, to: "eeg")
      try writer.dataset("names", texts: Self.channels)
      try writer.close()
    }
  }

  private static let weights = [
    "wav2vec2-base": "encoders/hubert-tiny-random", "wavlm-base": "encoders/wavlm-tiny-random",
    "hubert-base": "encoders/w2v2-tiny-pytorch", "openl3": "openl3/tiny.h5", "vggish": "vggish/tiny.h5",
    "spleeter-2stems": "separation/spleeter-tiny",
  ]

  private func warehouse() throws -> Program {
    let program = try Program()
    var data = Data(program.folder)
    try data.write()
    try program.succeed(["init", "papers.evoke"])
    let sounds = Data.pieces.map { "\($0).wav" }
    for dataset in ["liris", "seed", "music"] {
      try program.succeed(["import", "audio"] + sounds + ["--dataset", dataset])
      try program.succeed([
        "import", "features", "{stimulus}_vis.csv", "--dataset", dataset, "--space", "vis12=v,w",
      ])
    }
    try program.succeed([
      "import", "annotations", "{stimulus}_arousal.csv", "--dataset", "liris", "--raters", "wide", "--name", "arousal",
    ])
    try program.succeed([
      "import", "annotations", "{stimulus}_felt.csv", "--dataset", "music", "--subject", "subject", "--map",
      "time=time,emotionality=emotionality,enjoyment=enjoyment",
    ])
    try program.succeed([
      "import", "eeg", "eeg_{stimulus}.h5", "--dataset", "seed", "--data", "eeg", "--axes", "subject,time,channel",
      "--rate-hz", "128", "--units", "V", "--labels", "channel=names", "--onset-s", "0", "--name", "eeg",
    ])
    try program.succeed([
      "import", "fmri", "bold_{stimulus}_{subject}.tsv", "--dataset", "music", "--name", "bold", "--tr-s", "1",
      "--onset-s", "0", "--units", "au",
    ])
    try program.succeed(["import", "leadfield", "--sphere", "10-20", "--dataset", "seed"])
    for (name, file) in Self.weights {
      try program.succeed(["import", "weights", "\(ToyWarehouse.fixtures)/\(file)", "--name", name])
    }
    return program
  }

  private static func file(_ paper: Papers.Paper) throws -> PaperFile {
    try PaperFile(parsing: paper.text, file: paper.name, grammar: StudyKinds.all.grammar)
  }

  @Test func `both papers are there, and every study of theirs is computed and says whose each setting is`() throws {
    #expect(Papers.all.map(\.name) == ["2509.21381", "kim-overath-sammler"])
    for paper in Papers.all {
      let file = try Self.file(paper)
      #expect(file.name.text == paper.name)
      let names = file.studies.map(\.definition.name)
      #expect(names.count >= 5 && Set(names).count == names.count)
      for study in file.studies {
        #expect(StudyKinds.all.grammar.notComputed(study.definition).map(\.reason) == [])
        #expect(study.text.contains("# [paper") && study.text.contains("[silent"), "\(study.definition.name)")
      }
    }
  }

  private static let small = """
    paper: a
    title: b
    tests: [{test: c, view: layer_sweep, where: [study=one]}, {test: d, gap: nobody knows}]
    ---
    study: one
    kind: layer_sweep
    datasets: [d]
    features: [{set: lld12}]
    targets: [{annotation: joy}]
    encoding: {}
    statistics: {draws: 20}

    """

  @Test(arguments: [
    ("paper: a\n", "", ErrorCode.studyMissingKey, "paper"), ("title: b\n", "", .studyMissingKey, "title"),
    ("paper: a\n", "paper: a/b\n", .notAName, "paper"), ("title: b", "title: b\ntitel: c", .studyUnknownKey, "titel"),
    (", where: [study=one]", "", .studyMissingKey, "tests[1].where"),
    ("where: [study=one]", "where: study=one", .studyWrongType, "tests[1].where"),
    ("where: [study=one]", "where: [{study: one}]", .studyWrongType, "tests[1].where[1]"),
    (", gap: nobody knows", "", .studyMissingKey, "tests[2]"), ("test: d, ", "", .studyMissingKey, "tests[2].test"),
    ("kind: layer_sweep\n", "kind: layer_swep\n", .studyValue, "study 1"),
  ]) func `what a paper's file lacks or spells wrongly is told with its place`(
    _ right: String, _ wrong: String, _ code: ErrorCode, _ place: String
  ) throws {
    func read(_ text: String) throws -> PaperFile {
      try PaperFile(parsing: text, file: "a.yaml", grammar: StudyKinds.all.grammar)
    }
    let file = try read(Self.small)
    #expect(file.tests.map(\.name) == ["c", "d"] && file.studies.map(\.definition.name) == ["one"])
    #expect(file.tests[0].answer == .rows(view: "layer_sweep", conditions: ["study=one"]))
    #expect(file.tests[1].answer == .gap("nobody knows"))
    try #require(Self.small.contains(right))
    let error = #expect(throws: EvokeError.self) { try read(Self.small.replacing(right, with: wrong)) }
    #expect(error?.code == code && error?.object.contains(place) == true, "\(String(describing: error))")
  }

  @Test func `a paper has studies, each of its own name`() throws {
    let parts = Self.small.split(separator: "---\n")
    for (text, code) in [
      (String(parts[0]), ErrorCode.studyMissingKey), (Self.small + "---\n" + parts[1], .studyContradiction),
    ] {
      let error = #expect(throws: EvokeError.self) {
        try PaperFile(parsing: text, file: "a.yaml", grammar: StudyKinds.all.grammar)
      }
      #expect(error?.code == code, "\(String(describing: error))")
    }
  }

  @Test func `every study plans, and every test of one study of each paper has rows`() throws {
    let program = try warehouse()
    let small = [
      "kim-emotion-to-brain": ["draws: 1000": "draws: 9", #""1..10""#: #""1..2""#],
      "pan-synchrony": ["draws: 1000": "draws: 9", "\nseed:": "\nfilters: {stimuli: [happy]}\nseed:"],
    ]
    for paper in Papers.all {
      try program.succeed(["new", "paper", paper.name, "-o", paper.name])
      let again = try program.run(["new", "paper", paper.name, "-o", paper.name])
      #expect(again.status == 73 && again.error.contains("replace nothing"), "\(again.error)")
      let file = try Self.file(paper)
      for study in file.studies {
        let place = "\(paper.name)/\(study.definition.name).yaml"
        #expect(try String(contentsOfFile: "\(program.folder)/\(place)", encoding: .utf8) == study.text)
        // The sounds here have no picture: its columns are imported ones.
        try program.write(study.text.replacing("  set: vis12 ", with: "  space: vis12 "), place)
        try program.succeed(["plan", place])
        guard let changes = small[study.definition.name] else { continue }
        let text = changes.reduce(study.text) { $0.replacing($1.key, with: $1.value) }
        try program.write(text, "small.yaml")
        try program.succeed(["run", "small.yaml", "-q", "--allow-invalid"])
      }
      try answers(of: file, paper.name, ran: Set(small.keys), program)
    }
    let unknown = try program.run(["new", "paper", "kim-overath-samler"])
    #expect(unknown.status != 0 && unknown.error.contains("kim-overath-sammler"))
  }

  /// Asks what `tests.sh` asks: its views and columns are there, and the tests of studies that ran have rows.
  private func answers(of file: PaperFile, _ paper: String, ran: Set<String>, _ program: Program) throws {
    let script = try String(contentsOfFile: "\(program.folder)/\(paper)/tests.sh", encoding: .utf8)
    // As a shell reads it, every test is one command with just these words.
    let asked = try program.run(
      ["-euc", "evoke() { for word; do printf '%s|' \"$word\"; done; echo; }; . './\(paper)/tests.sh'"],
      launch: "/bin/sh")
    #expect(
      asked.output.split(separator: "\n").map(String.init)
        == file.tests.compactMap { test -> String? in
          guard case .rows(let view, let conditions) = test.answer else { return nil }
          return (["query", view] + conditions.flatMap { ["--where", $0] }).map { $0 + "|" }.joined()
        }, "\(asked.error)")
    let names = Set(file.studies.map(\.definition.name))
    var found = 0
    for test in file.tests {
      #expect(script.contains("# \(test.name)\n"))
      switch test.answer {
      case .gap(let reason): #expect(reason.split(separator: " ").count > 4, "\(test.name)")
      case .rows(let view, let conditions):
        let wheres = conditions.flatMap { ["--where", $0] }
        let rows = try program.succeed(["query", view, "--format", "csv"] + wheres).output.split(
          whereSeparator: \.isNewline
        ).count
        let studies = conditions.filter { $0.hasPrefix("study=") }.map { String($0.dropFirst("study=".count)) }
        #expect(names.isSuperset(of: studies), "\(test.name) asks for another study")
        let isOfRun =
          studies.contains(where: ran.contains) || ["synchrony_summary", "source_resolution"].contains(view)
        guard isOfRun, !conditions.contains("null_kind=clip_shuffle"), !conditions.contains("dataset=music") else {
          continue
        }
        found += 1
        #expect(rows > 1, "\(test.name): \(conditions) has no row")
      }
    }
    #expect(found >= 2)
  }
}
