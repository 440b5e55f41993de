import Annotations
import ByteSource
import Containers
import ContentIdentity
import DelimitedText
import Diagnostics
import Foundation
import Importing
import Kinds
import StudyFiles
import Testing
import XMLFile

/// A small valid input of a reader, and how it is read.
struct FuzzSeed: Sendable, CustomTestStringConvertible {
  let name: String
  let fileName: String
  let head: Int
  let companions: [String]
  let bytes: @Sendable () throws -> [UInt8]
  let read: @Sendable (String) throws -> Void

  var testDescription: String { name }

  init(_ reader: ReaderCase) {
    name = reader.name
    fileName = (reader.fixture as NSString).lastPathComponent
    head = reader.header
    companions = reader.companions
    bytes = { try reader.bytes() }
    read = reader.read
  }

  init(_ name: String, _ fileName: String, _ text: String, read: @escaping @Sendable (String) throws -> Void) {
    self.init(name, fileName, Array(text.utf8), read: read)
  }

  init(_ name: String, _ fileName: String, _ bytes: [UInt8], read: @escaping @Sendable (String) throws -> Void) {
    (self.name, self.fileName, self.read) = (name, fileName, read)
    (head, companions) = (bytes.count, [])
    self.bytes = { bytes }
  }

  /// Every reader over bytes of ours; formats of one reader each on their own.
  static let all: [FuzzSeed] = ReaderCase.all.map(FuzzSeed.init) + texts + containers

  private static func contents(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// The first error of an import that ends it; every finding is one.
  private static func annotate(_ path: String) throws {
    _ = importAnnotations(files: [path], options: .unset, common: CommonOptions(dataset: "d"))
  }

  private static let texts: [FuzzSeed] = [
    FuzzSeed("JSON", "a.json", #"{"a": [1, -2.5e3, "x\u00e9\n"], "b": {"c": null, "d": [true, false, {}]}}"#) { path in
      do { _ = try JSONValue(parsing: contents(path)) } catch is JSONSyntaxError {}
    },
    FuzzSeed("XML", "a.xml", "<?xml version=\"1.0\"?><a x='1 &amp; 2'><b>t&#233;</b><c/><![CDATA[<&]]></a>") { path in
      var reader = try XMLReader(path, contents(path))
      while try reader.next() != nil {}
    },
    FuzzSeed(
      "study file", "a.yaml",
      """
      study: s
      kind: layer_sweep
      datasets: [d]
      features: [{set: lld12, transform: {smooth_s: 3}}, {model: m, layers: all, reduce: {pca: 12}}]
      targets: [{annotation: arousal}, {synchrony: {window_s: 10, step_s: 1}}]
      encoding: {delays_s: "0..8", lambdas: {log10: [-5, 5, 0.5]}, outer: {folds: 5}, gap_s: 4, trim_s: [1, 2]}
      statistics: {null: phase, draws: 100, family: [target, region]}
      seed: 3
      """
    ) { path in
      let text = String(decoding: try contents(path), as: UTF8.self)
      _ = try StudyDefinition(parsing: text, file: path, grammar: StudyKinds.all.grammar)
    },
    FuzzSeed(
      "simulation file", "s.yaml",
      """
      simulation: s
      dataset: d
      stimuli: [m1]
      annotations: {raters: 3, signal_share: 0.5, lag_s: 2, targets: [{name: arousal, set: lld12}]}
      synchrony: {subjects: 4, rate_hz: 50, targets: [{name: r1, nothing: true}]}
      """
    ) { path in _ = try SimulationFile(parsing: String(decoding: try contents(path), as: UTF8.self), file: path) },
    FuzzSeed("table", "film.csv", "time_s,valence,arousal\n0,1.5,2\n1,NA,3\n2,\"2.5\",1e-3\n", read: annotate),
    FuzzSeed(
      "table of events", "film.tsv", "onset\tduration\ttrial_type\tvalue\n0.5\t1\tx\t3\n2\t0.25\ty\t4\n", read: annotate
    ),
    FuzzSeed(
      "TextGrid", "film.TextGrid",
      """
      File type = "ooTextFile"
      Object class = "TextGrid"

      xmin = 0
      xmax = 4
      tiers? <exists>
      size = 2
      item []:
          item [1]:
              class = "IntervalTier"
              name = "speech"
              xmin = 0
              xmax = 4
              intervals: size = 2
              intervals [1]:
                  xmin = 0
                  xmax = 1.5
                  text = "a"
              intervals [2]:
                  xmin = 1.5
                  xmax = 4
                  text = ""
          item [2]:
              class = "TextTier"
              name = "cuts"
              xmin = 0
              xmax = 4
              points: size = 1
              points [1]:
                  number = 2
                  mark = "cut"
      """, read: annotate),
    FuzzSeed(
      "ELAN", "film.eaf",
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <ANNOTATION_DOCUMENT><HEADER TIME_UNITS="milliseconds"><MEDIA_DESCRIPTOR MEDIA_URL="film.mp4" TIME_ORIGIN="10"/></HEADER>
      <TIME_ORDER><TIME_SLOT TIME_SLOT_ID="t1" TIME_VALUE="0"/><TIME_SLOT TIME_SLOT_ID="t2"/>
      <TIME_SLOT TIME_SLOT_ID="t3" TIME_VALUE="3000"/></TIME_ORDER>
      <TIER TIER_ID="a" LINGUISTIC_TYPE_REF="x"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="t1"
      TIME_SLOT_REF2="t2"><ANNOTATION_VALUE>1</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
      <TIER TIER_ID="b" LINGUISTIC_TYPE_REF="y" PARENT_REF="a"><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="b1"
      ANNOTATION_REF="a1"><ANNOTATION_VALUE>2</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION></TIER>
      <LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="y" CONSTRAINTS="Symbolic_Subdivision"/></ANNOTATION_DOCUMENT>
      """, read: annotate),
    FuzzSeed("MediaEval fear", "film_Fear.txt", "start end\n1.5 3\n7 9.25\n", read: annotate),
    FuzzSeed(
      "MediaEval valence", "film_Valence-Arousal.txt", "Time Valence Arousal\n0 .1 .2\n1 .3 .4\n", read: annotate),
  ]

  private static func extent(_ path: String) throws { _ = try ContainerWalk.extent(of: path) }

  private static func word(_ value: Int, _ width: Int, big: Bool = false) -> [UInt8] {
    let bytes = (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return big ? bytes.reversed() : bytes
  }

  private static func chunk(_ name: String, _ content: [UInt8], big: Bool = false) -> [UInt8] {
    Array(name.utf8) + word(content.count, 4, big: big) + content
  }

  private static let wave: [UInt8] = {
    let format = word(1, 2) + word(1, 2) + word(8_000, 4) + word(16_000, 4) + word(2, 2) + word(16, 2)
    let body =
      Array("WAVE".utf8) + chunk("fmt ", format) + chunk("LIST", [1, 2, 3, 4])
      + chunk("data", [UInt8](repeating: 7, count: 64))
    return chunk("RIFF", body)
  }()

  private static let aiff: [UInt8] = {
    let rate: [UInt8] = [0x40, 0x0b, 0xfa, 0, 0, 0, 0, 0, 0, 0]
    let common = word(1, 2, big: true) + word(32, 4, big: true) + word(16, 2, big: true) + rate
    let body =
      Array("AIFF".utf8) + chunk("COMM", common, big: true)
      + chunk("SSND", [UInt8](repeating: 0, count: 8 + 64), big: true)
    return chunk("FORM", body, big: true)
  }()

  private static let boxes: [UInt8] = {
    func box(_ name: String, _ content: [UInt8]) -> [UInt8] {
      word(content.count + 8, 4, big: true) + Array(name.utf8) + content
    }
    return box("ftyp", Array("isom0000".utf8)) + box("free", [0, 0]) + box("mdat", [UInt8](repeating: 1, count: 40))
  }()

  private static let ogg: [UInt8] = {
    let packet = Array("\u{1}vorbis".utf8) + [UInt8](repeating: 0, count: 23)
    return Array("OggS".utf8) + [0, 2] + word(0, 8) + word(77, 4) + word(0, 4) + word(0, 4) + [1, UInt8(packet.count)]
      + packet
  }()

  private static let containers: [FuzzSeed] = [
    FuzzSeed("RIFF", "a.wav", wave, read: extent), FuzzSeed("AIFF", "a.aiff", aiff, read: extent),
    FuzzSeed("ISO boxes", "a.mp4", boxes, read: extent), FuzzSeed("Ogg", "a.ogg", ogg, read: extent),
    FuzzSeed(
      "FLAC", "a.flac",
      Array("fLaC".utf8) + [0x80, 0, 0, 34, 0x10, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0x0a, 0xc4, 0x42, 0xf0, 0, 0, 0x10, 0]
        + [UInt8](repeating: 0, count: 16) + [0xff, 0xf8, 0x69, 0x18, 0, 0, 1, 2, 3, 4], read: extent),
    FuzzSeed(
      "CAF", "a.caf",
      Array("caff".utf8) + [0, 1, 0, 0] + Array("desc".utf8) + word(32, 8, big: true)
        + [0x40, 0xbf, 0x40, 0, 0, 0, 0, 0] + Array("lpcm".utf8) + word(0, 4) + word(2, 4, big: true)
        + word(1, 4, big: true) + word(1, 4, big: true) + word(16, 4, big: true) + Array("data".utf8)
        + word(20, 8, big: true) + [UInt8](repeating: 0, count: 20), read: extent),
    FuzzSeed(
      "AU", "a.au",
      Array(".snd".utf8) + word(24, 4, big: true) + word(16, 4, big: true) + word(3, 4, big: true)
        + word(8_000, 4, big: true) + word(1, 4, big: true) + [UInt8](repeating: 0, count: 16), read: extent),
    FuzzSeed(
      "Wave64", "a.w64",
      [0x72, 0x69, 0x66, 0x66, 0x2e, 0x91, 0xcf, 0x11, 0xa5, 0xd6, 0x28, 0xdb, 0x04, 0xc1, 0, 0] + word(128, 8)
        + Array("wave".utf8) + [UInt8](repeating: 1, count: 12) + Array("fmt ".utf8) + [UInt8](repeating: 1, count: 12)
        + word(40, 8) + word(1, 2) + word(1, 2) + word(8_000, 4) + word(16_000, 4) + word(2, 2) + word(16, 2)
        + Array("data".utf8) + [UInt8](repeating: 1, count: 12) + word(40, 8) + [UInt8](repeating: 0, count: 16),
      read: extent),
    FuzzSeed(
      "Matroska", "a.mkv",
      [0x1a, 0x45, 0xdf, 0xa3, 0x84, 1, 2, 3, 4, 0x18, 0x53, 0x80, 0x67, 0x88, 1, 2, 3, 4, 5, 6, 7, 8], read: extent),
  ]
}

/// Mutants of small valid inputs: a value or an `EvokeError`, whatever the bytes are. A trap ends the tests and leaves the
/// mutant in its folder, which is printed first; what does not end is ended by SIGALRM.
///
/// `EVOKE_FUZZ_SECONDS` makes each reader run so long, from a seed of `EVOKE_FUZZ_SEED`, and prints the executions.
@Suite(.serialized) struct FuzzTests {
  /// Mutants of each reader where no time is asked for.
  private static let rounds = 100
  /// Resident bytes that reading a mutant of at most a megabyte may add.
  private static let mostBytes = 1 << 29
  /// What reading one mutant may take; a reader that is caught in a loop takes for ever.
  private static let longestS: UInt32 = 60

  private static func setting(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment["EVOKE_FUZZ_\(name)"].flatMap { UInt64($0) }
  }

  /// The largest resident size since it was reset, bytes.
  private static func peak() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
    return try #require(line.split(separator: " ").compactMap { Int($0) }.first) << 10
  }

  private static func resetPeak() throws {
    try "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
  }

  @Test(arguments: FuzzSeed.all) func mutantsAreValuesOrErrors(_ seed: FuzzSeed) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fuzz-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for companion in seed.companions {
      try FileManager.default.copyItem(
        atPath: ReaderCase.path(companion),
        toPath: folder.appendingPathComponent((companion as NSString).lastPathComponent).path)
    }
    let place = folder.appendingPathComponent(seed.fileName)
    let bytes = try seed.bytes()
    try Data(bytes).write(to: place)
    try seed.read(place.path)
    let seconds = Self.setting("SECONDS")
    if seconds != nil { print("fuzzing \(seed.name) in \(folder.path)") }
    var mutator = Mutator(seed: Self.setting("SEED") ?? 2_026)
    try Self.resetPeak()
    let before = try Self.peak()
    let end = ContinuousClock.now + .seconds(Int(seconds ?? 0))
    var count = 0
    while seconds == nil ? count < Self.rounds : ContinuousClock.now < end {
      try Data(mutator.mutant(of: bytes, head: seed.head)).write(to: place)
      count += 1
      alarm(Self.longestS)
      defer { alarm(0) }
      do { try seed.read(place.path) } catch let error as EvokeError {
        #expect(
          !error.object.isEmpty && !error.reason.isEmpty && !error.remedy.isEmpty, "\(seed.name), mutant \(count)")
      } catch { Issue.record("\(seed.name), mutant \(count): \(error)") }
    }
    let added = try Self.peak() - before
    #expect(added < Self.mostBytes, "\(seed.name): \(added >> 20) MB in \(count) mutants, in \(folder.path)")
    if seconds != nil { print("fuzzed \(seed.name): \(count) mutants, \(added >> 20) MB") }
    try FileManager.default.removeItem(at: folder)
  }
}
