import ArgumentParser
import Diagnostics
import Foundation
import HDF5File
import Importing
import LabelledArrays
import Leadfields
import Testing

@Suite(.serialized) struct LeadfieldImportTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/source").path
  let common = CommonOptions(dataset: "held")

  func fixture(_ name: String) -> String { Self.folder + "/" + name }

  func batch(_ file: String, _ change: (inout LeadfieldOptions) -> Void = { _ in }) -> ImportBatch {
    var options = LeadfieldOptions.unset
    change(&options)
    return importLeadfield(file: file, options: options, common: common)
  }

  func imported(
    _ name: String, _ change: (inout LeadfieldOptions) -> Void = { _ in }
  ) throws -> (record: LeadfieldRecord, arrays: [String: LabelledArray], batch: ImportBatch) {
    let batch = batch(fixture(name), change)
    #expect(batch.diagnostics.filter { $0.severity == .error } == [])
    let record = try #require(batch.leadfields.first)
    return (record, Dictionary(uniqueKeysWithValues: record.parts.map { ($0.name, $0.array) }), batch)
  }

  func expected(_ name: String) throws -> [Double] { try HDF5File(reading: fixture("expected.h5")).doubles(name) }

  /// Float32 at rest.
  func agree(_ a: [Float], _ b: [Double], _ tolerance: Double = 2e-6) -> Bool {
    let scale = b.map { abs($0) }.max() ?? 1
    return a.count == b.count && !zip(a, b).contains { abs(Double($0) - $1) > tolerance * scale }
  }

  private func refusal(_ batch: ImportBatch, _ code: ErrorCode, _ text: String) -> Bool {
    batch.leadfields.isEmpty
      && batch.diagnostics.contains { $0.severity == .error && $0.code == code && $0.reason.contains(text) }
  }

  @Test func theOwnLayoutIsTurnedAndItsBadSensorsAreDroppedByName() throws {
    let refused = batch(fixture("own.h5"))
    #expect(refusal(refused, .leadfieldSensors, "2 of 20 sensors have no numbers, or none but zero: Fz, Cz"))
    let (record, arrays, batch) = try imported("own.h5") { $0.bad = .drop }
    #expect(record.droppedChannels == ["Fz", "Cz"] && record.channels.count == 18)
    #expect(batch.diagnostics.contains { $0.code == .leadfieldSensors && $0.reason.contains("Fz, Cz") })
    let whole = try expected("leadfield")
    let kept = (0..<20).filter { $0 != 4 && $0 != 9 }
    #expect(agree(arrays["leadfield"]?.values ?? [], kept.flatMap { whole[$0 * 140..<($0 + 1) * 140] }))
    // Millimetres with x to the front and y to the left became metres with x to the right and y to the front.
    #expect(agree(arrays["positions"]?.values ?? [], try expected("vertices")))
    #expect(arrays["triangles"]?.shape == [138, 3] && arrays["sensors"]?.shape == [18, 3])
  }

  @Test func labelsThatAreNoCortexAreLeftOutWithTheirCountAndTheRestIsInTheAtlasOrder() throws {
    let (record, arrays, batch) = try imported("own.h5") { $0.bad = .drop }
    #expect(record.atlas == "dk68" && record.regions.count == 68)
    #expect(record.regions[0].name == "bankssts-lh" && record.regions[67].name == "transversetemporal-rh")
    #expect(record.regions.allSatisfy { $0.sourceCount == 2 })
    #expect(record.regions.allSatisfy { (($0.centre?.x ?? 0) < 0) == ($0.hemisphere == "left") })
    let note = try #require(batch.diagnostics.first { $0.code == .leadfieldRegions })
    #expect(
      note.reason == "2 of 70 labels are no cortex and left out: unknown-lh (2 sources), corpuscallosum-rh (2 sources)")
    let names = try HDF5File(reading: fixture("expected.h5")).strings("names")
    let truth = try expected("region").map { names[Int($0)] }
    for (s, value) in (arrays["region"]?.values ?? []).enumerated() {
      #expect(
        value.isNaN
          ? truth[s].hasPrefix("unk") || truth[s].hasPrefix("corp") : record.regions[Int(value)].name == truth[s])
    }
    #expect(batch.atlases.first?.regions.count == 68)
    let again = importLeadfield(
      file: fixture("own.h5"),
      options: {
        var o = LeadfieldOptions.unset; o.bad = .drop; return o
      }(), common: common,
      knownAtlases: ["dk68": Set(record.regions.map(\.name).dropFirst())])
    #expect(again.atlases.isEmpty && again.diagnostics.contains { $0.reason.contains("no region bankssts-lh") })
  }

  @Test func aForwardSolutionExportedFromMNEIsReadWithAnnotations() throws {
    let (record, arrays, _) = try imported("forward.h5") {
      $0.labels = [fixture("rh.tiny.annot"), fixture("lh.tiny.annot")]
    }
    // 72 entries in the two colour tables, 68 regions.
    #expect(record.directionCount == 3 && record.regions.count == 68 && record.atlas == "dk68")
    #expect(arrays["leadfield"]?.shape == [20, 140, 3])
    let file = try HDF5File(reading: fixture("forward.h5"))
    #expect(agree(arrays["leadfield"]?.values ?? [], try file.doubles("leadfield")))
    let names = try HDF5File(reading: fixture("expected.h5")).strings("names")
    let truth = try expected("region").map { names[Int($0)] }
    let places = try expected("vertices")
    for (s, value) in (arrays["region"]?.values ?? []).enumerated() where !value.isNaN {
      let x = try #require(arrays["positions"]?.values[3 * s])
      let same = try #require((0..<140).first { abs(places[3 * $0] - Double(x)) < 1e-7 })
      #expect(record.regions[Int(value)].name == truth[same])
    }
  }

  /// Hemispheres counted from 1 would put every source into the right one.
  @Test func hemispheresThatAreNeitherLeftNorRightAreRefused() throws {
    let scratch = try Scratch()
    let source = try HDF5File(reading: fixture("forward.h5"))
    let shape = try source.info("leadfield").shape
    let hemispheres = try source.integers("hemisphere").map { $0 + 1 }
    let file = try scratch.hdf5("one-based.h5") { writer in
      try writer.dataset("leadfield", source.doubles("leadfield").map { Float($0) }, shape: shape)
      try writer.dataset("ch_names", texts: source.strings("ch_names"))
      for name in ["vertices", "normals"] {
        try writer.dataset(name, source.doubles(name).map { Float($0) }, shape: source.info(name).shape)
      }
      for (name, numbers) in [("vertno", try source.integers("vertno")), ("hemisphere", hemispheres)] {
        try writer.dataset(name, .int64, shape: [numbers.count])
        try writer.write(numbers, to: name)
      }
    }
    let refused = batch(file) { $0.labels = [fixture("rh.tiny.annot"), fixture("lh.tiny.annot")] }
    #expect(refusal(refused, .leadfieldRegions, "hemisphere"), "\(refused.diagnostics)")
  }

  @Test func theAnnotationReaderKnowsSixtyEightOfSeventyTwoLabels() throws {
    let left = try AnnotationFile(reading: fixture("lh.tiny.annot"))
    #expect(left.names.count == 36 && left.names.contains("unknown") && left.names.contains("corpuscallosum"))
    #expect(left.labelOfVertex.count == 70 && left.labelOfVertex.allSatisfy { $0 >= 0 })
    #expect(left.names[left.labelOfVertex[0]] == "transversetemporal")
    let cut = FileManager.default.temporaryDirectory.appendingPathComponent("cut.\(UUID()).annot")
    try Data(contentsOf: URL(fileURLWithPath: fixture("lh.tiny.annot"))).prefix(700).write(to: cut)
    defer { try? FileManager.default.removeItem(at: cut) }
    #expect { try AnnotationFile(reading: cut.path) } throws: { ($0 as? EvokeError)?.code == .annotationMalformed }
  }

  @Test func theNewYorkHeadIsReadInItsSmallerCortex() throws {
    let (record, arrays, _) = try imported("nyhead.mat") { $0.sourceSpace = "2K" }
    #expect(record.format == "nyhead" && record.sourceCount == 68 && record.directionCount == 3)
    let all = try expected("free")
    var part: [Double] = []
    for channel in 0..<20 {
      for source in 0..<68 {
        let first = (channel * 140 + 2 * source) * 3
        part += all[first..<first + 3]
      }
    }
    #expect(agree(arrays["leadfield"]?.values ?? [], part))
    #expect(arrays["positions"]?.shape == [68, 3] && record.regions.isEmpty)
    let whole = try imported("nyhead.mat") { $0.sourceSpace = "75K" }
    #expect(whole.record.sourceCount == 140 && whole.arrays["triangles"]?.values.max() == 139)
    #expect(agree(whole.arrays["positions"]?.values ?? [], try expected("vertices")))
    #expect(refusal(batch(fixture("nyhead.mat")) { $0.sourceSpace = "5K" }, .leadfieldLayout, "75K"))
  }

  @Test func tablesAndNumPyArraysGiveTheSameLeadfield() throws {
    let text = try imported("matrix.csv") { $0.labels = [fixture("labels.txt")] }
    #expect(agree(text.arrays["leadfield"]?.values ?? [], try expected("leadfield"), 1e-5))
    #expect(text.record.channels[0] == "Fp1" && text.record.regions.count == 68 && text.record.atlas == "dk68")
    let array = try imported("matrix.npy") {
      $0.channels = fixture("names.txt")
      $0.axes = "source,channel"
      $0.units = "uV/(nA m)"
      $0.labels = [fixture("labels.txt")]
    }
    #expect(agree(array.arrays["leadfield"]?.values ?? [], try expected("leadfield")))
    #expect(array.record.regions == text.record.regions)
    #expect(array.batch.sources.count == 3)
  }

  @Test func aLeadfieldInTheWrongUnitIsRefused() throws {
    let wrong = batch(fixture("matrix.npy")) { $0.channels = fixture("names.txt") }
    #expect(refusal(wrong, .leadfieldUnits, "a head makes about 100"))
    #expect(refusal(batch(fixture("matrix.csv")) { $0.units = "uV" }, .leadfieldUnits, "no unit of a leadfield"))
    let declared = batch(fixture("matrix.csv")) { $0.units = "uV/(A m)" }
    #expect(declared.diagnostics.contains { $0.code == .leadfieldUnits && $0.severity == .warning })
  }

  @Test func whatDoesNotFitIsRefusedByName() throws {
    #expect(refusal(batch(fixture("matrix.npy")), .leadfieldLayout, "does not name its sensors"))
    #expect(
      refusal(
        batch(fixture("own.h5")) {
          $0.frame = "PRS"; $0.bad = .drop
        }, .leadfieldFrame, "left hemisphere lie to the right"))
    #expect(
      refusal(
        batch(fixture("own.h5")) {
          $0.frame = "RAA"; $0.bad = .drop
        }, .leadfieldFrame, "three directions"))
    #expect(refusal(batch(fixture("own.h5")) { $0.channels = "dk68_names" }, .leadfieldLayout, "70 channels are named"))
    #expect(refusal(batch(fixture("own.h5")) { $0.data = "nothing" }, .datasetMissing, "dk68_label"))
    #expect(
      refusal(batch(fixture("matrix.csv")) { $0.labels = [fixture("names.txt")] }, .leadfieldLayout, "labels of 20"))
    #expect(
      refusal(
        batch(fixture("forward.h5")) { $0.labels = [fixture("lh.tiny.annot")] }, .leadfieldRegions,
        "one file of each hemisphere"))
    #expect(
      refusal(
        batch(fixture("matrix.csv")) {
          $0.labels = [fixture("lh.tiny.annot"), fixture("rh.tiny.annot")]; $0.atlas = "x"
        },
        .leadfieldRegions, "") == false)
    #expect(batch(fixture("none.h5")).diagnostics.first?.code == .fileMissing)
  }

  @Test func namesOfOtherAtlasesMustNotPassForTheSixtyEight() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("labels-\(UUID()).txt")
    defer { try? FileManager.default.removeItem(at: file) }
    var lines = try String(contentsOfFile: fixture("labels.txt"), encoding: .utf8).split(separator: "\n").map(
      String.init)
    lines[0] = "amygdala-lh"
    try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
    let strange = batch(fixture("matrix.csv")) {
      $0.labels = [file.path]
      $0.atlas = "dk68"
    }
    #expect(refusal(strange, .leadfieldRegions, "69 labels for the 68 regions of dk68; none of these is amygdala-lh"))
    let other = batch(fixture("matrix.csv")) { $0.labels = [file.path] }
    #expect(other.leadfields.first?.atlas == "labels" && other.leadfields.first?.regions.count == 69)
  }

  @Test func theSphereHasSourcesInAllRegions() throws {
    var options = LeadfieldOptions.unset
    options.sphere = "Cz,T7,T8,Fpz,Oz"
    options.name = "five"
    let batch = importSphere(options: options, common: common)
    #expect(batch.diagnostics.filter { $0.severity != .note } == [])
    let record = try #require(batch.leadfields.first)
    #expect(record.name == "five" && record.sourceCount == 476 && record.regions.count == 68)
    #expect(record.parts.map(\.name) == ["leadfield", "positions", "normals", "region", "sensors"])
  }

  @Test func theSphereIsASourceWhoseNameSaysHowToMakeItAgain() throws {
    let sphere = try BuiltInSphere(montage: "10-20", radiusM: 0.09, conductivity: 0.33)
    let source = sphere.source
    #expect(
      source.isBuiltIn && source.path == #"built-in:sphere {"conductivity":0.33,"radius_m":0.09,"sensors":"10-20"}"#)
    let name = try #require(SourceFile.builtInName(source.path))
    #expect(try BuiltInSphere(sourceName: name)?.source == source)
    for other in [("10-10", 0.09, 0.33), ("10-20", 0.085, 0.33), ("10-20", 0.09, 0.3)] {
      #expect(
        try BuiltInSphere(montage: other.0, radiusM: other.1, conductivity: other.2).source.sha256 != source.sha256)
    }
    #expect(try BuiltInSphere(sourceName: "cube {}")?.montage == nil)
    #expect(throws: EvokeError.self) { try BuiltInSphere(montage: "Cz,T7", radiusM: 0, conductivity: 0.33) }
    #expect(throws: EvokeError.self) { try BuiltInSphere(montage: "Cz,nowhere", radiusM: 0.09, conductivity: 0.33) }
  }

  @Test func optionsOfFilesAreRefusedBesideTheSphere() throws {
    #expect(throws: (any Error).self) { try LeadfieldOptions.parse(["--sphere", "10-20", "--units", "V/(A m)"]) }
    #expect(throws: (any Error).self) { try LeadfieldOptions.parse(["--radius", "0.09"]) }
    #expect(try LeadfieldOptions.parse(["--sphere", "10-20", "--radius", "0.08", "--name", "n"]).radius == 0.08)
  }
}
