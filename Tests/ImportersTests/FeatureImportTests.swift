import Diagnostics
import Features
import Foundation
import HDF5File
import Importing
import Testing

@Suite(.serialized) struct FeatureImportTests {
  private func run(
    _ files: [String], _ known: KnownNames = KnownNames(), _ set: (inout FeatureOptions) -> Void = { _ in }
  )
    -> ImportBatch
  {
    var options = FeatureOptions.unset
    set(&options)
    return importFeatures(files: files, options: options, common: common, known: known)
  }
  private func fixture(_ name: String) -> String { fixtures.appendingPathComponent(name).path }

  @Test func namedColumnsOfTheStudyforrestTableBecomeSpacesPerRun() throws {
    let batch = run([fixture("affect/studyforrest_av_1hz_runs_1_6.csv")]) {
      $0.spaces = ["audio=rms,lrdiff", "visual=brmean,norm_diff"]
      $0.table.stimulus = "forrest"
      $0.table.run = "run"
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.features.count == 12)
    let third = try #require(batch.features.first { $0.run == "3" && $0.space == "audio" })
    #expect(
      third.featureNames == ["rms", "lrdiff"] && third.sampleCount == 880 && third.rateHz == 1 && third.firstS == 0)
    let array = try third.array.load()
    #expect(array.axes.map(\.name) == ["time", "feature"])
    #expect(array.values[20] == Float(0.1228454816) && array.values[21] == Float(1.28008e-05))
  }

  @Test func withoutSpacesAllNumericColumnsAreOneSpace() throws {
    let scratch = try Scratch()
    let file = try scratch.write("clip.csv", "time,loudness,name,pitch\n0,1,a,2\n1,3,b,\n")
    let batch = run([file]) { $0.table.name = "sound" }
    #expect(batch.features.map(\.space) == ["sound"] && batch.features[0].featureNames == ["loudness", "pitch"])
    #expect(try batch.features[0].array.load().values[3].isNaN)
    #expect(batch.found(.columnNotRead).count == 1)
    let named = run([file]) {
      $0.table.name = "acoustic"
      $0.table.map = ["time=time,f0=pitch"]
      $0.element = "voice"
    }
    #expect(named.features.map(\.space) == ["acoustic"] && named.features[0].featureNames == ["f0"])
    #expect(named.features[0].element == "voice")
  }

  @Test func aSeriesInHDF5NeedsOnlyItsPathAndRate() throws {
    for name in ["sndpwr", "rate"] {
      let batch = run([fixture("fmri/alice_3sub.h5")]) {
        $0.array.data = "sub-18/\(name)"
        $0.array.axes = "time"
        $0.array.rateHz = 0.5
        $0.table.stimulus = "alice"
      }
      #expect(batch.errors.isEmpty, "\(batch.errors)")
      let record = try #require(batch.features.first)
      #expect(
        record.space == name && record.featureNames == [name] && record.sampleCount == 362 && record.stimulus == "alice"
      )
      #expect(record.layerKey == nil && record.rateHz == 0.5)
    }
    let power = run([fixture("fmri/alice_3sub.h5")]) {
      $0.array.data = "sub-18/sndpwr"
      $0.array.rateAttr = "tr_s"
      $0.table.stimulus = "alice"
    }
    #expect(try power.features[0].array.load().values[3] == 0.0036736)
  }

  @Test func layeredEmbeddingsBecomeOneRecordPerLayer() throws {
    let scratch = try Scratch()
    func value(_ t: Int, _ l: Int, _ c: Int) -> Float { Float(t * 100 + l * 10 + c) + 0.5 }
    let file = try scratch.hdf5("film.h5") {
      try $0.dataset(
        "emb", (0..<7).flatMap { t in (0..<3).flatMap { l in (0..<4).map { value(t, l, $0) } } }, shape: [7, 3, 4])
      try $0.dataset(
        "turned", (0..<3).flatMap { l in (0..<4).flatMap { c in (0..<7).map { value($0, l, c) } } }, shape: [3, 4, 7])
    }
    let plain = run([file]) {
      $0.array.data = "emb"
      $0.array.axes = "time,layer,component"
      $0.array.rateHz = 50
      $0.model = "wavlm"
    }
    #expect(plain.errors.isEmpty, "\(plain.errors)")
    #expect(plain.features.map(\.layerKey) == ["hs.0", "hs.1", "hs.2"])
    #expect(plain.features.map(\.depth) == [0, 1, 2] && plain.features.map(\.relDepth) == [0, 0.5, 1])
    #expect(plain.features.allSatisfy { $0.model == "wavlm" && $0.space == "wavlm" && $0.stimulus == "film" })
    #expect(plain.features[0].featureNames == ["c001", "c002", "c003", "c004"])
    let array = try plain.features[1].array.load()
    #expect(array.shape == [7, 4] && array.values[2 * 4 + 3] == value(2, 1, 3))
    #expect(array.axes[0].numbers?[2] == 0.04)
    let turned = run([file]) {
      $0.array.data = "turned"
      $0.array.axes = "layer,component,time"
      $0.array.rateHz = 50
      $0.array.labels = ["layer=conv.0,proj,hs.0"]
      $0.model = "wavlm"
    }
    #expect(turned.features.map(\.layerKey) == ["conv.0", "proj", "hs.0"])
    #expect(try turned.features[1].array.load().values == array.values)
    expectError(
      run([file]) {
        $0.array.data = "emb"
        $0.array.axes = "time,layer,component"
        $0.array.rateHz = 50
      }, .optionMalformed,
      naming: "--model NAME")
    expectError(
      run([file]) {
        $0.array.data = "emb"
        $0.array.axes = "layer,time,component"
        $0.array.rateHz = 50
        $0.model = "m"
        $0.array.labels = ["layer=a,b,c"]
      }, .axisOrder, naming: "axis layer", "--axes time,layer,component")
  }

  @Test(arguments: [
    "embedding_c.npy", "embedding_fortran_f8.npy", "embedding_big.npy", "embedding_v2.npy", "embedding_f2.npy",
  ])
  func numpyFilesOfEveryOrderAreTheSameArray(name: String) throws {
    let batch = run([fixture("tables/\(name)")]) {
      $0.array.axes = "time,layer,component"
      $0.array.rateHz = 1
      $0.model = "m"
      $0.table.stimulus = "s"
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.features.count == 3)
    for (layer, record) in batch.features.enumerated() {
      let values = try record.array.load().values
      let expected: [Float] = (0..<5).flatMap { t -> [Float] in
        (0..<2).map { c -> Float in
          let position = Double((t * 3 + layer) * 2 + c)
          return Float(pow(position, 1.5) - 20)
        }
      }
      for (value, wanted) in zip(values, expected) {
        // float16 was rounded to whole numbers before it was written.
        if name.contains("f2") {
          #expect(value == wanted.rounded(.toNearestOrEven))
        } else {
          #expect(abs(value - wanted) < 1e-5)
        }
      }
    }
  }

  @Test func faultyArraysAndTablesAreRefused() throws {
    let scratch = try Scratch()
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: fixture("tables/embedding_c.npy"))))
    let cut = try scratch.write("cut.npy", bytes: Array(whole.dropLast(9)))
    let text = try scratch.write("text.npy", "0.1,0.2,0.3\n1,2,3\n")
    let set: (inout FeatureOptions) -> Void = {
      $0.array.axes = "time,layer,component"
      $0.array.rateHz = 1
      $0.model = "m"
    }
    expectError(run([cut], KnownNames(), set), .npyMalformed, naming: "cut.npy", "cut short")
    expectError(run([text], KnownNames(), set), .npyMalformed, naming: "text.npy")
    expectError(
      run([fixture("tables/embedding_c.npy")]) {
        $0.array.axes = "time,component"
        $0.array.rateHz = 1
      }, .axisCount, naming: "[5, 3, 2]")
    expectError(
      run([fixture("tables/embedding_c.npy")]) {
        $0.array.axes = "time,layer,component"
        $0.model = "m"
      }, .rateMissing, naming: "embedding_c.npy")
    let nan = try scratch.hdf5("nan.h5") {
      try $0.dataset("x", (0..<20).map { $0 % 2 == 0 ? Float.nan : Float($0) }, shape: [10, 2])
      try $0.dataset("y", (0..<20).map { $0 == 7 ? Float.infinity : Float($0) }, shape: [10, 2])
    }
    expectError(
      run([nan]) {
        $0.array.data = "x"
        $0.array.axes = "time,feature"
        $0.array.rateHz = 1
      }, .tableNoValues, naming: "c001")
    expectError(
      run([nan]) {
        $0.array.data = "y"
        $0.array.axes = "time,feature"
        $0.array.rateHz = 1
      }, .infiniteSamples, naming: "c002")
    let table = try scratch.write("t.csv", "time,a,b\n0,1,x\n1,2,y\n")
    expectError(run([table]) { $0.spaces = ["s=a,c"] }, .tableNoColumn, naming: "column c")
    expectError(run([table]) { $0.spaces = ["s=b"] }, .tableTextInNumbers, naming: "line 2 column b")
    expectError(run([table]) { $0.spaces = ["s"] }, .optionMalformed, naming: "--space s")
    expectError(run([table, table]) { $0.spaces = ["s=a"] }, .seriesTwice, naming: "feature space s")
  }
}
