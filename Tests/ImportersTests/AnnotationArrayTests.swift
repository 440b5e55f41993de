import Annotations
import Diagnostics
import Features
import Foundation
import HDF5File
import Importing
import Testing

/// Ratings in arrays: MATLAB, HDF5 and NumPy.
@Suite(.serialized) struct AnnotationArrayTests {
  private func run(
    _ files: [String], _ known: KnownNames = KnownNames(), _ set: (inout AnnotationOptions) -> Void = { _ in }
  ) -> ImportBatch {
    var options = AnnotationOptions.unset
    options.array.rateHz = 1
    options.onsetS = 0
    set(&options)
    return importAnnotations(files: files, options: options, common: common, known: known)
  }

  private func labels(_ subject: Int, _ clip: Int) -> [Double] {
    (0..<(3 + clip % 3)).map { 0.5 + 0.1 * sin(Double($0 * subject + clip)) }
  }

  /// A file per subject with a row of labels per clip, as SEED-VII has them.
  private func seedVII(_ scratch: Scratch, isColumn: Bool = false) throws -> String {
    for subject in 1...3 {
      try scratch.matlab(
        "\(subject).mat",
        (1...12).map { clip in
          let values = labels(subject, clip)
          return ("\(clip)", isColumn ? [values.count, 1] : [1, values.count], values)
        })
    }
    return scratch.path("{subject}.mat")
  }

  @Test(arguments: [false, true]) func aVariablePerClipIsASeriesPerStimulus(_ isColumn: Bool) throws {
    let scratch = try Scratch()
    let batch = run([try seedVII(scratch, isColumn: isColumn)], KnownNames(durations: ["7": 4, "8": 5.2])) {
      $0.array.data = "{stimulus}"
      $0.table.name = "intensity"
      $0.scale = "0:1"
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.annotations.count == 36 && batch.annotations.allSatisfy { $0.name == "intensity" && $0.rateHz == 1 })
    for subject in 1...3 {
      for clip in 1...12 {
        let record = try #require(
          batch.annotations.first { $0.subject == "\(subject)" && $0.stimulus == "\(clip)" })
        let array = try record.array.load()
        #expect(array.values == labels(subject, clip).map { Float($0) })
        #expect(array.axes[0].numbers == (0..<(3 + clip % 3)).map(Double.init))
        #expect(record.scale == 0...1 && record.onsetSource == .option && !record.scaleIsObserved)
      }
    }
  }

  @Test func rateAndOnsetAreSaidOrAskedFor() throws {
    let scratch = try Scratch()
    let file = try scratch.matlab("film.mat", [("mood", [1, 8], (0..<8).map(Double.init))])
    expectError(run([file]) { $0.array.rateHz = nil }, .rateMissing, naming: "--rate-hz")
    let assumed = run([file]) { $0.onsetS = nil }
    #expect(assumed.errors.isEmpty && assumed.found(.onsetAssumed).count == 1)
    #expect(assumed.annotations.map(\.onsetSource) == [.assumed] && assumed.annotations[0].stimulus == "film")
    // Second 0 is three seconds into the file; what comes before is left out with a word.
    let late = run([file]) { $0.onsetS = 3 }
    #expect(try late.annotations[0].array.load().values == [3, 4, 5, 6, 7])
    #expect(late.annotations[0].firstS == 0 && late.found(.timesBeyondStimulus).map(\.severity) == [.warning])
    let early = run([file]) {
      $0.onsetS = -1.5
      $0.array.rateHz = 2
    }
    #expect(
      early.annotations.map(\.firstS) == [1.5] && early.annotations[0].lastS == 5 && early.annotations[0].rateHz == 2)
    expectError(run([file]) { $0.onsetS = 7 }, .clockForeign, naming: "--onset-s")
    expectError(run([file], KnownNames(durations: ["film": 20])), .seriesEndsEarly, naming: "20 s")
    #expect(run([file], KnownNames(durations: ["film": 5])).found(.timesBeyondStimulus).map(\.severity) == [.warning])
    let long = try scratch.matlab("song.mat", [("mood", [200, 1], (0..<200).map { Double($0 % 7) })])
    expectError(run([long], KnownNames(durations: ["song": 30])), .timesBeyondStimulus, naming: "--rate-hz")
  }

  @Test func axesOfPeopleAndOfAnnotationsAreNamed() throws {
    let scratch = try Scratch()
    // [subject, time, feature] = 100 s + 10 t + f, last axis fastest.
    var values: [Float] = []
    for s in 0..<2 { for t in 0..<4 { for f in 0..<2 { values.append(Float(100 * s + 10 * t + f)) } } }
    let file = try scratch.hdf5("film.h5") { try $0.dataset("r", values, shape: [2, 4, 2]) }
    let batch = run([file]) {
      $0.array.axes = "subject,time,feature"
      $0.array.labels = ["subject=anna,zoe", "feature=valence,arousal"]
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.annotations.map(\.name) == ["valence", "arousal", "valence", "arousal"])
    #expect(batch.annotations.map(\.subject) == ["anna", "anna", "zoe", "zoe"])
    #expect(try batch.annotations[3].array.load().values == [101, 111, 121, 131])
    // The same in MATLAB, whose first axis is the fastest.
    let columns: [Double] = [0, 100, 1, 101, 2, 102, 3, 103]
    let same = try scratch.matlab("film.mat", [("r", [2, 4], columns)])
    let people = run([same]) { $0.array.axes = "subject,time" }
    #expect(
      people.annotations.map(\.subject) == ["sub-01", "sub-02"] && people.annotations.allSatisfy { $0.name == "r" })
    #expect(try people.annotations[1].array.load().values == [100, 101, 102, 103])
    expectError(run([same]), .axesMissing, naming: "subject")
    expectError(run([same]) { $0.array.axes = "feature,time" }, .labelsUnusable, naming: "--labels feature=")
    expectError(
      run([same]) {
        $0.array.axes = "subject,time"
        $0.subject = "x"
      }, .optionMalformed, naming: "axis")
  }

  @Test func optionsOfTablesAndArraysAreKeptApart() throws {
    let scratch = try Scratch()
    let array = try scratch.matlab("film.mat", [("mood", [1, 8], (0..<8).map(Double.init))])
    let table = try scratch.write("film.csv", "time,mood\n0,1\n1,2\n")
    expectError(run([array]) { $0.table.map = ["mood=x"] }, .optionMalformed, naming: "--map", "array")
    expectError(run([array]) { $0.rateHz = 2 }, .optionMalformed, naming: "--rate", "--rate-hz")
    expectError(run([table]), .optionMalformed, naming: "--rate-hz", "no array")
    let faulty = try scratch.matlab("bad.mat", [("mood", [1, 3], [0, .infinity, 1])])
    expectError(run([faulty]), .infiniteSamples, naming: "sample 1")
    expectError(run([array]) { $0.scale = "0:5" }, .tableOutOfScale, naming: "6.0")
    let several = try scratch.matlab("two.mat", [("a", [1, 3], [0, 1, 2]), ("b", [1, 3], [0, 1, 2])])
    expectError(run([several]), .dataAmbiguous, naming: "a [1, 3]", "b [1, 3]")
    expectError(run([several]) { $0.array.data = "c*" }, .templateNoMatch, naming: "a, b")
    expectError(run([several]) { $0.array.data = "{stimulus}" }, .spaceUnnamed, naming: "--name")
    let single = try scratch.matlab("one.mat", [("a", [1, 1], [4])])
    expectError(run([single]) { $0.array.data = "a" }, .axesMissing, naming: "[1, 1]")
  }

  @Test func featuresOfMATLABFilesAreReadAlike() throws {
    let scratch = try Scratch()
    let file = try scratch.matlab(
      "film.mat", [("x", [3, 2], [0, 1, 2, 10, 11, 12]), ("fs", [1, 1], [4]), ("one", [1, 3], [5, 6, 7])])
    var options = FeatureOptions.unset
    options.array.data = "x"
    options.array.axes = "time,feature"
    options.array.rateAttr = "fs"
    options.array.labels = ["feature=low,high"]
    let batch = importFeatures(files: [file], options: options, common: common)
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.features.map(\.rateHz) == [4] && batch.features[0].featureNames == ["low", "high"])
    #expect(try batch.features[0].array.load().values == [0, 10, 1, 11, 2, 12])
    options.array.data = "one"
    options.array.axes = nil
    options.array.labels = []
    let single = importFeatures(files: [file], options: options, common: common)
    #expect(single.features.map(\.featureNames) == [["one"]], "\(single.errors)")
  }
}
