import AudioModels
import ContentIdentity
import Diagnostics
import SignalProcessing
import TensorFiles
import Tensors
import Testing
import Vocabulary

/// A model whose one layer tells what it was given: per frame the sum of its field, and its first sample's index.
private final class FieldModel: AudioModel {
  let family = "test"
  let architecture = "field"
  let isLocal = true
  let inputRateHz: Int
  let layers: [EncoderLayer]
  let tensors: [(info: TensorInfo, sha256: String)] = []
  let weightsSHA256 = ""

  init(_ grid: AudioModels.FrameGrid) {
    inputRateHz = grid.rateHz
    layers = [EncoderLayer(key: "field", depth: 0, relDepth: 1, dimension: 2, grid: grid)]
  }

  func operationCount(samples: Int) -> Double { Double(samples) }
  func pass(over source: any SampleSource) throws -> any AudioModelPass { Pass(grid: layers[0].grid) }

  struct Pass: AudioModelPass {
    let grid: AudioModels.FrameGrid

    mutating func run(_ samples: [Float], first: Int, wanted: [Bool], emit: LayerRows) throws {
      var rows: [Float] = []
      var start = 0
      while start + grid.field <= samples.count {
        rows += [samples[start..<start + grid.field].reduce(0, +), Float(first + start)]
        start += grid.hop
      }
      try emit(0, 0, rows.count / 2, rows, 0)
    }
  }
}

@Suite struct FrameGridTests {
  private typealias Grid = AudioModels.FrameGrid

  private func rows(
    _ grid: Grid, _ sound: [Float], rate: FeatureRate = .native, chunking: Chunking = .whole
  ) throws -> [Float] {
    var rows: [Float] = []
    try FieldModel(grid).extract(
      from: ArraySampleSource(sound, rateHz: Double(grid.rateHz)), layers: ["field"], rate: rate, chunking: chunking
    ) { _, first, values in
      #expect(first * 2 == rows.count)
      rows += values
    }
    return rows
  }

  /// OpenL3's `_center_audio` and `_pad_audio`: half a window before, then up to a whole number of hops.
  @Test(
    "a centred, covering grid has one frame per hop that starts in the sound and one more where it takes it",
    arguments: [(1, 1), (24_000, 1), (24_001, 2), (28_800, 2), (48_000, 6), (480_000, 96)])
  func covering(samples: Int, frames: Int) {
    let grid = Grid(hop: 4800, field: 48_000, rateHz: 48_000, origin: -24_000, ending: .covering)
    #expect(grid.frameCount(samples) == frames)
    #expect(grid.frameCount(0) == 0)
    #expect((0..<3).map(grid.centre) == [0, 0.1, 0.2])
  }

  @Test("a grid padded on both sides has 1 + floor(N / hop) frames, the first at time 0")
  func padded() {
    let grid = Grid(hop: 160, field: 1024, rateHz: 16_000, origin: -512, ending: .padded(512))
    for samples in [1, 159, 160, 16_000, 16_001] { #expect(grid.frameCount(samples) == 1 + samples / 160) }
    #expect(grid.centre(0) == 0 && grid.centre(100) == 1)
  }

  @Test("a frame's time can be another sample than the middle of its field")
  func ownCentre() {
    let grid = Grid(hop: 15_360, field: 15_600, rateHz: 16_000, doubledCentre: 15_360, placement: .overlap)
    #expect(grid.frameCount(15_599) == 0 && grid.frameCount(15_600) == 1 && grid.frameCount(16_000 * 10) == 10)
    #expect(grid.centre(0) == 0.48 && grid.centre(2) == 2.4)
  }

  @Test(
    "zeros stand where fields reach beyond the sound, and every frame comes once whatever the chunks",
    arguments: [1, 2, 7, 1000])
  func zerosAndChunks(core: Int) throws {
    let sound = (0..<1003).map { Float($0 % 17) + 1 }
    for (origin, ending) in [(-50, Grid.Ending.covering), (-50, .padded(50)), (0, .whole), (-20, .whole)] {
      let grid = Grid(hop: 30, field: 100, rateHz: 1000, origin: origin, ending: ending)
      let found = try rows(grid, sound, chunking: Chunking(coreFrames: core, contextFrames: 0))
      #expect(found.count == 2 * grid.frameCount(sound.count))
      for frame in 0..<found.count / 2 {
        let start = origin + 30 * frame
        let field = (start..<start + 100).map { sound.indices.contains($0) ? sound[$0] : 0 }
        // Sums of small whole numbers are exact in float32.
        #expect(found[2 * frame] == field.reduce(0, +) && found[2 * frame + 1] == Float(start))
      }
    }
  }

  @Test("frames of 0.96 s are shared out to seconds by overlap: a ramp keeps its value at the bins' middles")
  func overlap() throws {
    let grid = Grid(hop: 960, field: 960, rateHz: 1000, placement: .overlap)
    let sound = [Float](repeating: 1, count: 9600)
    let found = try rows(grid, sound, rate: .perSecond)
    #expect(found.count == 20)
    for bin in 0..<9 {
      // The weighted mean of frame starts over [bin, bin + 1), by summing the overlaps one by one.
      var (sum, weight) = (0.0, 0.0)
      for frame in 0..<10 {
        let overlap = min(Double(bin + 1), 0.96 * Double(frame + 1)) - max(Double(bin), 0.96 * Double(frame))
        guard overlap > 0 else { continue }
        sum += overlap * 960 * Double(frame)
        weight += overlap
      }
      #expect(abs(Double(found[2 * bin + 1]) - sum / weight) < 1e-3, "float32 of numbers below 1e4")
      #expect(abs(found[2 * bin] - 960) < 1e-3)
    }
  }

  @Test("overlap weights apply to standard deviations; max and last take every frame that touches the bin")
  func overlapAggregates() throws {
    let grid = Grid(hop: 960, field: 960, rateHz: 1000, placement: .overlap)
    let sound = [Float](repeating: 0, count: 3 * 960)
    // Bin 1 is covered by frame 1 for 0.92 s and by frame 2 for 0.08 s; their starts are 960 and 1920.
    func bin1(_ aggregate: Aggregate) throws -> Float {
      try rows(grid, sound, rate: .bins(seconds: 1, aggregate: aggregate))[3]
    }
    #expect(abs(try bin1(.mean) - (0.92 * 960 + 0.08 * 1920)) < 1e-2)
    #expect(abs(try bin1(.std) - 960 * (0.92 * 0.08 as Float).squareRoot()) < 1e-2)
    #expect(try bin1(.max) == 1920)
    #expect(try bin1(.last) == 1920)
  }

  @Test("bins do not depend on chunks, for frames placed by overlap as well")
  func overlapChunks() throws {
    let grid = Grid(hop: 96, field: 130, rateHz: 100, placement: .overlap)
    let sound = (0..<5000).map { Float($0 % 23) }
    let whole = try rows(grid, sound, rate: .perSecond)
    for core in [1, 3, 10] {
      #expect(try rows(grid, sound, rate: .perSecond, chunking: Chunking(coreFrames: core, contextFrames: 0)) == whole)
    }
  }

  @Test("a collector of frames gives the rows and times an extraction gives")
  func collector() throws {
    let grid = Grid(hop: 10, field: 25, rateHz: 100, origin: -12, ending: .padded(13))
    let sound = (0..<1234).map { Float($0 % 29) }
    for rate in [FeatureRate.native, .perSecond, .bins(seconds: 0.5, aggregate: .max)] {
      let expected = try rows(grid, sound, rate: rate)
      let native = try rows(grid, sound)
      var collector = try FrameCollector(grid: grid, dimension: 2, sampleCount: sound.count, rate: rate)
      var found: [Float] = []
      for start in stride(from: 0, to: native.count, by: 14) {
        found += collector.take(Array(native[start..<min(start + 14, native.count)]))
      }
      found += collector.finish()
      #expect(found == expected)
      #expect(
        try collector.times == FieldModel(grid).times(layer: "field", sampleCount: sound.count, rate: rate))
    }
    #expect(
      EncoderFixtures.error {
        _ = try FrameCollector(grid: grid, dimension: 1, sampleCount: 10, rate: .bins(seconds: 0.05, aggregate: .mean))
      }?.code == .binsImpossible)
  }

  @Test("a local model's chunks have no context")
  func localChunks() throws {
    let model = FieldModel(Grid(hop: 10, field: 20, rateHz: 100))
    #expect(
      try model.chunking(chunkSeconds: 20, contextSeconds: 2) == Chunking(coreFrames: 200, contextFrames: 0))
  }
}

@Suite struct ModelFamilyTests {
  @Test("families have names and summaries of their own, and no two recognise one fixture")
  func registry() {
    let families = ModelFamilies.all
    #expect(Set(families.map(\.name)).count == families.count)
    #expect(families.allSatisfy { !$0.summary.isEmpty })
    for name in ReferenceLayerTests.references + ReferenceLayerTests.variants {
      let path = EncoderFixtures.encoder(name)
      #expect(families.filter { $0.recognises(path) }.map(\.name) == ["speech encoder"])
    }
  }

  @Test(
    "what a family opens is what it inspected",
    arguments: ReferenceLayerTests.references + ReferenceLayerTests.variants)
  func openedIsInspected(name: String) throws {
    let path = EncoderFixtures.encoder(name)
    let family = try #require(ModelFamilies.recognising(path))
    let found = try family.inspect(path)
    let model = try ModelFamilies.open(path)
    #expect(model.family == family.name && model.architecture == found.architecture)
    #expect(model.layers == found.layers && model.weightsSHA256 == found.weightsSHA256)
    #expect(model.layers.allSatisfy { model.layers[model.layers.count - 1].grid.hop % $0.grid.hop == 0 })
    #expect(model.operationCount(samples: 32_000) > model.operationCount(samples: 16_000))
  }

  @Test("a file of no known kind is refused with the kinds there are")
  func unknown() {
    let error = EncoderFixtures.error { _ = try ModelFamilies.open(#filePath) }
    #expect(error?.code == .modelUnsupported && error?.reason.contains("Hugging Face folder") == true)
  }
}
