import ContentIdentity
import Diagnostics
import FMRI
import Foundation
import Importing
import LabelledArrays
import NIfTIFile
import RecordingImport
import Tables
import Testing

private let images = fixtures.appendingPathComponent("haemodynamics")
private let table =
  "index\tname\themisphere\tnetwork\n0\tBackground\tn/a\tn/a\n3\tA\tL\tone\n7\tB\tR\ttwo\n"
  + "1001\tC\tL\tone\n"

/// An atlas of the fixtures' labels 3, 7 and 1001; 2002 has no row, 99 no voxel.
private func atlasBatch(_ scratch: Scratch, _ text: String = table + "99\tD\tR\ttwo\n") throws -> ImportBatch {
  var options = AtlasOptions.unset
  options.image = images.appendingPathComponent("atlas.nii.gz").path
  options.name = "toy"
  return importAtlas(files: [try scratch.write("toy.tsv", text)], options: options, common: common)
}

private func regionAtlas(_ scratch: Scratch) throws -> RegionAtlas {
  let record = try #require(try atlasBatch(scratch).atlases.first)
  let image = try #require(record.image)
  let names = record.regions.compactMap { region in region.code.map { ($0, region.name) } }
  return try RegionAtlas(
    name: "toy", image: image.array.load(), grid: .object(image.grid), names: Dictionary(uniqueKeysWithValues: names),
    array: UsedArray(name: "atlas/toy", sha256: "0", role: "atlas"))
}

private func fmri(
  _ files: [String], _ atlas: RegionAtlas?, confounds: String? = nil, _ set: (inout RecordingOptions) -> Void = { _ in }
) -> ImportBatch {
  var options = FMRIOptions.unset
  options.confounds = confounds
  options.recording.stimulus = "film"
  set(&options.recording)
  return importFMRI(files: files, options: options, atlas: atlas, common: common)
}

@Suite struct AtlasImageTests {
  @Test func aLabelImageIsStoredWithItsGridAndComparedWithTheTable() throws {
    let scratch = try Scratch()
    let batch = try atlasBatch(scratch)
    #expect(batch.errors.isEmpty && batch.sources.count == 2)
    let record = batch.atlases[0]
    #expect(record.regions.map(\.code) == [3, 7, 1001, 99] && record.regions[0].hemisphere == "left")
    // The column of labels is no group.
    #expect(record.regions[1].groups == ["network": "two"])
    let findings = batch.found(.atlasImageUnmatched).map(\.reason)
    #expect(findings.count == 2 && findings[0].contains("2002") && findings[1].contains("D"))
    let image = try #require(record.image)
    #expect(image.grid["dims"] == [8, 7, 6] && image.grid["affine"]?.arrayValue?[3] == -12)
    let array = try image.array.load()
    let labels = try NIfTIFile(reading: images.appendingPathComponent("atlas.nii.gz").path).volume()
    let places = try #require(array.axes[0].numbers)
    #expect(places.count == labels.count { $0 != 0 })
    for (place, label) in zip(places, array.values) { #expect(labels[Int(place)] == Double(label)) }
  }

  @Test func anAtlasThatSharesNoLabelOrIsNoAtlasIsRefused() throws {
    let scratch = try Scratch()
    expectError(try atlasBatch(scratch, "index,name\n1,A\n2,B\n"), .atlasImageUnmatched, naming: "2002")
    expectError(try atlasBatch(scratch, "region,network\nA,one\n"), .tableNoColumn, naming: "index")
    expectError(try atlasBatch(scratch, "index,name\n3,A\n3,B\n"), .rowTwice, naming: "label 3")
    expectError(try atlasBatch(scratch, "index,name\n3.5,A\n7,B\n"), .tableTextInNumbers, naming: "3.5")
    var options = AtlasOptions.unset
    options.image = images.appendingPathComponent("atlas-probabilities.nii.gz").path
    let file = try scratch.write("toy.tsv", table)
    expectError(importAtlas(files: [file], options: options, common: common), .notAnAtlas, naming: "probabilities")
    options.image = images.appendingPathComponent("bold.nii.gz").path
    expectError(importAtlas(files: [file], options: options, common: common), .niftiShape, naming: "60")
  }

  @Test("A table that counts from 0 what the image counts from 1 would name every region after its neighbour")
  func aTableThatCountsFromZeroIsRefused() throws {
    let scratch = try Scratch()
    let grid = try NIfTIFile(reading: images.appendingPathComponent("atlas.nii.gz").path).header.grid
    var options = AtlasOptions.unset
    options.image = scratch.path("counted.nii")
    try writeNIfTI(try #require(options.image), grid: grid, volumeCount: 1, format: NIfTIFormat()) { _ in
      (0..<grid.count).map { Double($0 % 4) }
    }
    func batch(_ text: String) throws -> ImportBatch {
      importAtlas(files: [try scratch.write("toy.csv", text)], options: options, common: common)
    }
    expectError(try batch("index,name\n0,A\n1,B\n2,C\n"), .atlasImageUnmatched, naming: "0 (A) to 2", "1 to 3")
    let named = try batch("index,name\n0,Background\n1,A\n2,B\n3,C\n")
    #expect(named.errors.isEmpty && named.atlases[0].regions.map(\.name) == ["A", "B", "C"])
  }

  @Test func aNumericColumnCalledLabelHoldsTheLabelsWhereANameStandsBesideIt() throws {
    let scratch = try Scratch()
    let record = try atlasBatch(scratch, "label,name,hemi\n3,A,lh\n7,B,rh\n").atlases[0]
    #expect(record.regions.map(\.name) == ["A", "B"] && record.regions.map(\.code) == [3, 7])
  }
}

@Suite(.serialized) struct FMRIImageImportTests {
  private static let reference: [String: [Double]] = {
    let data = try? Data(contentsOf: images.appendingPathComponent("reference.json"))
    return data.flatMap { try? JSONDecoder().decode([String: [Double]].self, from: $0) } ?? [:]
  }()

  @Test func anImageBecomesTheMeansOfTheAtlasRegionsWithTheirVoxelCounts() throws {
    let scratch = try Scratch()
    let batch = fmri([images.appendingPathComponent("bold.nii.gz").path], try regionAtlas(scratch)) {
      $0.subject = "sub-01"
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let record = try #require(batch.recordings.first)
    #expect(record.labels == ["A", "B", "C"] && record.rateHz == 0.5 && record.spaceAxis == "region")
    #expect(record.name == "bold" && record.units == "au" && record.sampleCount == 60)
    let (kept, constant) = (try #require(Self.reference["kept"]), try #require(Self.reference["constant"]))
    #expect(record.voxels?.map(\.used) == kept.prefix(3).map { Int($0) })
    #expect(record.voxels?.map(\.leftOut) == [Int(constant[0]), 0, 1])
    let means = try #require(Self.reference["means"])
    let values = try record.array.load().values
    for volume in 0..<60 {
      for region in 0..<3 {
        // Stored as float32.
        #expect(abs(Double(values[volume * 3 + region]) - means[volume * 4 + region]) < 1e-4)
      }
    }
    #expect(batch.usedArrays.map(\.name) == ["atlas/toy"] && batch.options["atlas"]?["name"] == "toy")
  }

  /// An image on the fixtures' grid: a sine of a period of its own in every label, noise elsewhere.
  private func planted(_ path: String, volumes: Int = 80, _ set: (inout NIfTIFormat) -> Void = { _ in }) throws {
    let atlas = try NIfTIFile(reading: images.appendingPathComponent("atlas.nii.gz").path)
    let labels = try atlas.volume()
    var format = NIfTIFormat()
    format.repetitionTimeS = 1.5
    set(&format)
    try writeNIfTI(path, grid: atlas.header.grid, volumeCount: volumes, format: format) { volume in
      labels.enumerated().map { place, label in
        let noise = 20 * Double(wave(volume, place % 97, place / 97 % 7))
        return (1_000 + (label == 0 ? 0 : 40 * sin(Self.phase(Int(label), volume))) + noise).rounded()
      }
    }
  }

  private static func phase(_ label: Int, _ volume: Int) -> Double {
    2 * Double.pi * Double(volume) / [3: 40, 7: 16, 1001: 10, 2002: 25][label, default: 7]
  }

  @Test(
    "Planted sines are recovered whatever the image's form",
    arguments: ["small.nii", "small.nii.gz", "big.nii.gz", "two.nii.gz", "two-big.nii", "scaled.nii.gz"])
  func recovery(name: String) throws {
    let scratch = try Scratch()
    let path = scratch.path(name)
    try planted(path) { format in
      format.isBigEndian = name.contains("big")
      format.version = name.hasPrefix("two") ? 2 : 1
      if name.hasPrefix("scaled") { (format.voxelType, format.slope, format.intercept) = (.int16, 0.05, 900) }
    }
    let batch = fmri([path], try regionAtlas(scratch)) { $0.subject = "s" }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let record = try #require(batch.recordings.first)
    #expect(abs(record.rateHz - 1 / 1.5) < 1e-12)
    let values = try record.array.load().values
    for (region, label) in [3, 7, 1001].enumerated() {
      let series = (0..<80).map { Double(values[$0 * 3 + region]) }
      let sine = (0..<80).map { sin(Self.phase(label, $0)) }
      #expect(correlation(series, sine) > 0.99, "\(label)")
    }
  }

  private func correlation(_ x: [Double], _ y: [Double]) -> Double {
    let n = Double(x.count)
    let (a, b) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
    let xy = zip(x, y).reduce(0) { $0 + ($1.0 - a) * ($1.1 - b) }
    return xy / (x.reduce(0) { $0 + ($1 - a) * ($1 - a) } * y.reduce(0) { $0 + ($1 - b) * ($1 - b) }).squareRoot()
  }

  @Test func theRepetitionTimeIsTheHeadersTheSidecarsOrTheOptionsAndTheyAgree() throws {
    let scratch = try Scratch()
    let atlas = try regionAtlas(scratch)
    let unknown = scratch.path("unknown.nii")
    try planted(unknown, volumes: 10) { $0.repetitionTimeS = nil }
    expectError(fmri([unknown], atlas), .repetitionTime, naming: "--tr-s")
    let told = fmri([unknown], atlas) { $0.array.trS = 0.72 }.recordings
    #expect(told.count == 1 && abs(told[0].rateHz - 1 / 0.72) < 1e-12)
    try scratch.write("unknown.json", "{\"RepetitionTime\": 0.8, \"TaskName\": \"film\"}")
    let sidecar = fmri([unknown], atlas)
    #expect(sidecar.recordings.first?.rateHz == 1 / 0.8 && sidecar.sources.count == 2)
    expectError(fmri([unknown], atlas) { $0.array.trS = 2 }, .repetitionTime, naming: "0.8", "2.0")
    let known = scratch.path("known.nii")
    try planted(known, volumes: 10) { $0.repetitionTimeS = 0.72 }
    // Not the float32 nearest to it.
    #expect(fmri([known], atlas).recordings.first?.rateHz == 1 / 0.72)
    try scratch.write("known.json", "{\"RepetitionTime\": 2}")
    expectError(fmri([known], atlas), .repetitionTime, naming: "the header")
    try scratch.write("known.json", "{RepetitionTime: 2}")
    expectError(fmri([known], atlas), .repetitionTime, naming: "JSON")
    // Not as if it said nothing.
    try scratch.write("known.json", "{\"RepetitionTime\": \"2 s\"}")
    expectError(fmri([known], atlas), .bidsSidecar, naming: "known.json", "RepetitionTime", "2 s")
    try scratch.write("known.json", "{\"VolumeTiming\": [0, 0.72, 1.44, 2.5]}")
    expectError(fmri([known], atlas), .bidsSidecar, naming: "VolumeTiming")
    try scratch.write("known.json", "{\"VolumeTiming\": [0, 0.72, 1.44, 2.16]}")
    #expect(fmri([known], atlas).errors.isEmpty)
    try scratch.write("known.json", "{\"RepetitionTime\": null}")
    #expect(fmri([known], atlas).recordings.first?.rateHz == 1 / 0.72)
    let zero = scratch.path("zero.nii")
    try planted(zero, volumes: 10) { $0.repetitionTimeS = 0 }
    expectError(fmri([zero], atlas), .repetitionTime, naming: "0.0")
  }

  @Test func imagesThatCannotBeReducedAreRefusedWithBothGrids() throws {
    let scratch = try Scratch()
    let atlas = try regionAtlas(scratch)
    let bold = images.appendingPathComponent("bold.nii.gz").path
    expectError(fmri([bold], nil), .atlasWithoutImage, naming: "--atlas")
    expectError(fmri([images.appendingPathComponent("atlas.nii.gz").path], atlas), .niftiShape, naming: "8 x 7 x 6")
    let grid = try NIfTIFile(reading: bold).header.grid
    func other(_ name: String, _ dims: [Int], _ shift: Double) throws -> String {
      var affine = grid.affine
      affine[3] += shift
      var format = NIfTIFormat()
      format.repetitionTimeS = 2
      let path = scratch.path(name)
      let count = dims.reduce(1, *)
      try writeNIfTI(path, grid: ImageGrid(dims: dims, affine: affine), volumeCount: 3, format: format) { volume in
        (0..<count).map { Double(($0 + 1) * (volume + 1) % 13) }
      }
      return path
    }
    expectError(fmri([try other("moved.nii", [8, 7, 6], 1)], atlas), .gridsDiffer, naming: "0 0 -11", "0 0 -12")
    expectError(fmri([try other("native.nii", [8, 7, 5], 0)], atlas), .gridsDiffer, naming: "8 x 7 x 5", "8 x 7 x 6")
    let cut = try scratch.write(
      "cut.nii.gz", bytes: Array([UInt8](try Data(contentsOf: URL(fileURLWithPath: bold))).prefix(9_000)))
    expectError(fmri([cut], atlas), .niftiTruncated, naming: "cut.nii.gz")
    expectError(fmri([try scratch.write("x.func.gii", "<xml/>")], atlas), .niftiUnknownFormat, naming: "GIfTI")
  }

  @Test func aRegionWithoutSignalIsRefusedMarkedOrDropped() throws {
    let scratch = try Scratch()
    let atlas = try regionAtlas(scratch)
    let labels = try NIfTIFile(reading: images.appendingPathComponent("atlas.nii.gz").path)
    let values = try labels.volume()
    let path = scratch.path("hole.nii")
    var format = NIfTIFormat()
    format.repetitionTimeS = 2
    try writeNIfTI(path, grid: labels.header.grid, volumeCount: 12, format: format) { volume in
      values.enumerated().map { $1 == 7 ? 0 : Double(wave(volume, $0 % 50)) }
    }
    expectError(fmri([path], atlas) { $0.subject = "s" }, .badChannel, naming: "region B", "all NaN")
    let marked = fmri([path], atlas) { $0.bad = ["mark"] }
    #expect(marked.errors.isEmpty && marked.recordings[0].badLabels == ["B"])
    #expect(marked.recordings[0].voxels?[1].used == 0)
    let places = values.indices.filter { values[$0] == 3 }
    let mean = places.reduce(0) { $0 + Double(wave(4, $1 % 50)) } / Double(places.count)
    // Written and stored as float32.
    #expect(abs(Double(try marked.recordings[0].array.load().values[4 * 3]) - mean) < 1e-6)
    let dropped = fmri([path], atlas) { $0.bad = ["drop"] }.recordings[0]
    #expect(dropped.labels == ["A", "C"] && dropped.voxels?.count == 2 && dropped.voxels?[1].used ?? 0 > 0)
  }

  @Test func annexLinksThatWereNotFetchedAreNamedWithTheirSize() throws {
    let scratch = try Scratch()
    let key = "MD5E-s62800123--0123456789abcdef0123456789abcdef.nii.gz"
    for subject in ["01", "02"] {
      try FileManager.default.createSymbolicLink(
        atPath: scratch.path("sub-\(subject)_bold.nii.gz"),
        withDestinationPath: "../.git/annex/objects/aa/bb/\(key)/\(key)")
    }
    let batch = fmri([scratch.path("sub-{subject}_bold.nii.gz")], try regionAtlas(scratch))
    expectError(batch, .fileMissing, naming: "sub-01_bold", "62800123 bytes", "git annex get")
    expectError(batch, .fileMissing, naming: "sub-02_bold", "not been fetched")
    try FileManager.default.createSymbolicLink(atPath: scratch.path("gone.nii"), withDestinationPath: "nowhere.nii")
    expectError(fmri([scratch.path("gone.nii")], nil), .fileMissing, naming: "a link to nowhere.nii")
  }
}

@Suite(.serialized) struct ConfoundImportTests {
  private func confounds(rows: Int, name: String, _ scratch: Scratch) throws -> String {
    var text = "trans_x\ttrans_x_derivative1\tcsf\n"
    for row in 0..<rows { text += "\(row * 2)\t\(row == 0 ? "n/a" : "2")\t\(100 + row % 7)\n" }
    return try scratch.write(name, text)
  }

  @Test func confoundsLieBesideTheirRecordingAndFollowItsCrop() throws {
    let scratch = try Scratch()
    _ = try confounds(rows: 60, name: "s1_desc-confounds_timeseries.tsv", scratch)
    _ = try confounds(rows: 60, name: "s2_desc-confounds_timeseries.tsv", scratch)
    let bold = try Data(contentsOf: images.appendingPathComponent("bold.nii.gz"))
    try bold.write(to: URL(fileURLWithPath: scratch.path("s1_bold.nii.gz")))
    let batch = fmri(
      [scratch.path("{subject}_bold.nii.gz")], try regionAtlas(scratch),
      confounds: scratch.path("{subject}_desc-confounds_*.tsv")
    ) {
      $0.crop = "10:80"
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.sources.map { SourceFile.stem($0.path) } == ["s1_bold", "s1_desc-confounds_timeseries"])
    let array = try #require(try batch.recordings[0].confounds?.load())
    #expect(array.shape == [35, 3] && array.axes[1].labels == ["trans_x", "trans_x_derivative1", "csf"])
    #expect(array.values[0] == 10 && array.axes[0].numbers?[1] == 2)
    let whole = fmri(
      [scratch.path("s1_bold.nii.gz")], try regionAtlas(scratch),
      confounds: scratch.path("s1_desc-confounds_timeseries.tsv"))
    #expect(try whole.recordings[0].confounds?.load().values[1].isNaN == true)
  }

  /// The Alice data: 372 rows of motion, 362 volumes after 10 were discarded.
  @Test func otherNumbersOfRowsAreRefusedUntilTheFirstRowsAreSaidToBeDiscarded() throws {
    func alice(_ start: Int, names: String? = nil) -> ImportBatch {
      let file = fixtures.appendingPathComponent("fmri/alice_3sub.h5").path
      var options = FMRIOptions.unset
      options.recording.stimulus = "film"
      options.recording.array.data = "{subject}/bold_6mm"
      options.recording.array.axes = "time,region"
      options.recording.array.rateAttr = "tr_s"
      options.confounds = file + ":{subject}/motion"
      options.confoundStart = start
      options.confoundNames = names
      return importFMRI(files: [file], options: options, common: common)
    }
    expectError(alice(0), .confoundsUnequal, naming: "372 rows", "362 volumes", "--confound-start 10")
    expectError(alice(12), .confoundsUnequal, naming: "360 rows")
    expectError(alice(10, names: "a,b"), .labelsUnusable, naming: "6 columns")
    let batch = alice(10)
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let second = try #require(try batch.recordings[1].confounds?.load())
    #expect(second.shape == [362, 6] && second.axes[1].labels?[5] == "motion_6")
  }

  /// The first volume is the one that others are aligned to: its line holds one number several times.
  @Test func motionOfSPMIsReadWithNamesAndAskedForThem() throws {
    let scratch = try Scratch()
    let atlas = try regionAtlas(scratch)
    let first = "   0.0000000e+00   2.8640479e-14   0.0000000e+00   0.0000000e+00   0.0000000e+00   0.0000000e+00\n"
    let rest = (1..<60).map { row in
      "  " + (0..<6).map { "\(Double(row * 10 + $0) / 8)" }.joined(separator: "  ") + "\n"
    }
    _ = try scratch.write("s1-rp_scan_0004.txt", first + rest.joined())
    func with(_ names: String?, file: String = "{subject}-rp_*.txt") -> ImportBatch {
      var options = FMRIOptions.unset
      options.recording.subject = "s1"
      options.recording.stimulus = "film"
      options.confounds = scratch.path(file)
      options.confoundNames = names
      return importFMRI(
        files: [images.appendingPathComponent("bold.nii.gz").path], options: options, atlas: atlas, common: common)
    }
    let names = "trans_x,trans_y,trans_z,rot_x,rot_y,rot_z"
    expectError(with(nil), .tableNoColumn, naming: "6 numbers", "SPM", "--confound-names \(names)")
    expectError(with("a,b"), .labelsUnusable, naming: "2 different names for 6 columns")
    let batch = with(names)
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let array = try #require(try batch.recordings.first?.confounds?.load())
    #expect(array.shape == [60, 6] && array.axes[1].labels?.joined(separator: ",") == names)
    #expect(array.values[0] == 0 && array.values[1] == Float(2.8640479e-14 as Double) && array.values[6] == 1.25)
    _ = try confounds(rows: 60, name: "named.tsv", scratch)
    expectError(with("a,b,c", file: "named.tsv"), .optionMalformed, naming: "--confound-names", "named.tsv")
  }

  @Test func tablesThatAreNotConfoundsAreRefused() throws {
    let scratch = try Scratch()
    let atlas = try regionAtlas(scratch)
    func with(_ file: String) -> ImportBatch {
      fmri([images.appendingPathComponent("bold.nii.gz").path], atlas, confounds: file) { $0.subject = "s1" }
    }
    expectError(with(try scratch.write("m.par", "0.1 0.2\n0.3 0.1\n")), .tableNoColumn, naming: "2 numbers")
    expectError(with(try scratch.write("t.tsv", "a\tb\n1\tx\n")), .tableTextInNumbers, naming: "column b")
    expectError(with(scratch.path("{session}.tsv")), .templateNoMatch, naming: "{session}", "subject")
    expectError(with(scratch.path("none_{subject}.tsv")), .fileMissing, naming: "none_s1.tsv")
  }
}

@Suite struct RegionTableTests {
  @Test func aTableHasAColumnPerRegionAndARowPerVolume() throws {
    let scratch = try Scratch()
    var text = "LH_A\tRH_A\n"
    for row in 0..<20 { text += "\(wave(row, 0))\t\(wave(row, 1))\n" }
    let file = try scratch.write("sub-01.tsv", text)
    let batch = fmri([scratch.path("{subject}.tsv")], nil) { $0.array.trS = 2 }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.recordings[0].labels == ["LH_A", "RH_A"] && batch.recordings[0].subject == "sub-01")
    #expect(try batch.recordings[0].array.load().values[7] == wave(3, 1))
    expectError(fmri([file], nil), .rateMissing, naming: "--tr-s")
    // Stored in volts.
    let volts = try #require(
      fmri([file], nil) {
        $0.array.trS = 2; $0.units = "mV"
      }.recordings.first)
    #expect(volts.units == "V")
    let values = (try volts.array.load().values, try batch.recordings[0].array.load().values)
    #expect(zip(values.0, values.1).allSatisfy { abs($0 - $1 * 1e-3) < 1e-9 })
  }

  /// A crop between two volumes begins with the later one, and so does the clock.
  @Test func theOnsetCountsFromTheFirstKeptVolume() throws {
    let scratch = try Scratch()
    let text = "A\tB\n" + (0..<30).map { "\(wave($0, 0))\t\(wave($0, 1))\n" }.joined()
    let file = try scratch.write("s.tsv", text)
    let batch = fmri([file], nil) {
      $0.array.trS = 2
      $0.crop = "3:50"
      $0.onsetS = 6
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let record = try #require(batch.recordings.first)
    #expect(try record.array.load().values[0] == wave(2, 0) && record.presentations.map(\.onsetS) == [2])
  }

  @Test func aTimeColumnGivesTheRateAndAnIndexIsLeftOut() throws {
    let scratch = try Scratch()
    var text = ",time,A\n"
    for row in 0..<20 { text += "\(row),\(Double(row) * 1.5),\(wave(row, 0))\n" }
    let file = try scratch.write("t.csv", text)
    let batch = fmri([file], nil) { $0.subject = "s" }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.recordings[0].labels == ["A"] && abs(batch.recordings[0].rateHz - 1 / 1.5) < 1e-12)
    #expect(batch.found(.rowNumbersLeftOut).count == 1)
    expectError(fmri([file], nil) { $0.array.trS = 2 }, .repetitionTime, naming: "1.5")
    let bare = try scratch.write("n.csv", "1,2\n3,4\n")
    expectError(fmri([bare], nil) { $0.array.trS = 2 }, .tableNoColumn, naming: "2 numbers", "--labels")
  }

  /// A recording counts its seconds from its first volume; stamps that count otherwise are not dropped without a word.
  @Test(
    "stamps of volumes that begin elsewhere are told, in the middle of a volume or not",
    arguments: [
      (0.0, 0), (1, 0), (2, 1), (20, 1), (-4, 1),
    ])
  func firstStamp(_ first: Double, told: Int) throws {
    let scratch = try Scratch()
    let text = "time,A\n" + (0..<20).map { "\(first + 2 * Double($0)),\(wave($0, 0))\n" }.joined()
    let file = try scratch.write("t.csv", text)
    for onset in [nil, 0.0] {
      let batch = fmri([file], nil) { $0.onsetS = onset }
      let record = try #require(batch.recordings.first, "\(batch.errors)")
      let said = record.clock.statements.filter { $0.statement == "first stamp" }
      #expect(said.map(\.value) == [first] && said.map(\.overruledBy) == [told == 1 ? .assumed : nil])
      #expect(batch.found(.clockOffset).map(\.severity) == (told == 0 ? [] : [onset == nil ? .warning : .note]))
    }
  }

  /// As numpy.savetxt and MATLAB's save -ascii write them; every line is a volume.
  @Test func aTableOfNumbersAloneIsNamedByLabels() throws {
    let scratch = try Scratch()
    let text = (0..<20).map { "   \(wave($0, 0))   \(wave($0, 1))\n" }.joined()
    let file = try scratch.write("s18-timecourses.txt", text)
    for labels in ["LATL,RATL", "region=LATL,RATL"] {
      let batch = fmri([scratch.path("{subject}-timecourses.txt")], nil) {
        $0.array.trS = 2
        $0.array.labels = [labels]
      }
      #expect(batch.errors.isEmpty, "\(batch.errors)")
      let record = try #require(batch.recordings.first)
      #expect(record.labels == ["LATL", "RATL"] && record.subject == "s18" && record.sampleCount == 20)
      #expect(try record.array.load().values == (0..<20).flatMap { [wave($0, 0), wave($0, 1)] })
    }
    let three = fmri([file], nil) {
      $0.array.trS = 2
      $0.array.labels = ["A,B,C"]
    }
    expectError(three, .labelsUnusable, naming: "3 labels for 2 regions")
    let single = fmri([try scratch.write("s19.txt", (0..<20).map { "\(wave($0, 0))\n" }.joined())], nil) {
      $0.array.trS = 2
      $0.array.labels = ["region=A"]
    }
    #expect(single.errors.isEmpty && single.recordings.first?.labels == ["A"], "\(single.errors)")
  }
}
