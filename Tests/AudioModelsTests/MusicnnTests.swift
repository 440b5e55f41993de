import AudioModels
import Diagnostics
import Foundation
import HDF5File
import Importing
import SignalProcessing
import TensorFiles
import Tensors
import Testing
import Weights

@Suite struct MusicnnTests {
  private static let networks = ["musicnn/tiny-musicnn", "musicnn/tiny-vgg", "weights/musicnn-msd"]
  /// The package's own step: 187 frames of 256 samples.
  private static let packageStep = 2.992

  private func model(_ name: String) throws -> ExampleModel {
    try #require(try ModelFamilies.open(ExampleFixtures.path(name)) as? ExampleModel)
  }

  private func reference() throws -> HDF5File { try HDF5File(reading: ExampleFixtures.path("musicnn/reference.h5")) }

  @Test("every layer equals the package's graph, random and trained", arguments: networks)
  func layers(name: String) throws {
    let model = try model(name).stepping(everySeconds: Self.packageStep)
    let isVGG = name.hasSuffix("vgg")
    let keys =
      isVGG
      ? ["pool1", "pool2", "pool3", "pool4", "pool5"]
      : ["timbral", "temporal", "cnn1", "cnn2", "cnn3", "mean_pool", "max_pool", "penultimate"]
    #expect(model.layers.map(\.key) == keys + ["logits", "tags"])
    #expect(model.family == "musicnn" && model.architecture == (isVGG ? "musicnn-vgg" : "musicnn"))
    let rows = try ExampleFixtures.extract(model, ExampleFixtures.sound(16_000, 7.3))
    let reference = try reference()
    for layer in model.layers {
      let expected = try reference.floats("\(name.split(separator: "/")[1])/\(layer.key)")
      #expect(expected.count == 2 * layer.dimension)
      // float32 sums in another order, and numbers near a tie of half precision that fall to its other side.
      #expect(ExampleFixtures.difference(rows[layer.key], expected) < 2e-5, "\(layer.key)")
    }
  }

  @Test("log mel examples equal the package's, in half precision")
  func examples() throws {
    let reference = try reference()
    let frames = try reference.integers("frames").map { Int($0) }
    let sound = ExampleFixtures.sound(16_000, 7.3)
    let mirrored = Array(sound[1...256].reversed()) + sound
    var frontEnd = MusicnnFrontEnd()
    let ours = [0, 187 * 256].flatMap { start in
      let image = frontEnd.apply(mirrored, start: start)
      return frames.flatMap { image[$0 * 96..<($0 + 1) * 96] }
    }
    let theirs = try reference.floats("examples")
    let differences = zip(ours, theirs).map { abs($0 - $1) }
    #expect(ours.count == theirs.count && differences.count { $0 > 1e-6 } < ours.count / 500)
    // Half a step of half precision is 2⁻¹¹ of a number: log10(1 + 2⁻¹⁰) where both sides of a tie were taken.
    #expect(differences.allSatisfy { $0 < 4.3e-4 })
  }

  @Test("one layer alone gives the same numbers as all of them", arguments: networks.prefix(2))
  func single(name: String) throws {
    let model = try model(name)
    let sound = ExampleFixtures.sound(16_000, 4.5)
    let all = try ExampleFixtures.extract(model, sound)
    for key in model.layers.map(\.key) {
      #expect(try ExampleFixtures.extract(model, sound, [key])[key] == all[key], "\(key)")
    }
  }

  @Test("examples begin at the sound's start, 1 s apart; an incomplete one is left out")
  func grid() throws {
    let model = try model("musicnn/tiny-vgg")
    for (samples, count) in [(47_615, 0), (47_616, 1), (63_615, 1), (63_616, 2), (16_000 * 60, 58)] {
      #expect(model.frameCount(sampleCount: samples) == count, "\(samples)")
    }
    let times = try model.times(layer: "pool5", sampleCount: 64_000, rate: .native)
    // The middle of frames 0 to 186 of 16 ms.
    #expect(times == [1.488, 2.488])
    let package = try model.stepping(everySeconds: Self.packageStep)
    #expect(package.frameCount(sampleCount: 256 * 373 - 1) == 1 && package.frameCount(sampleCount: 256 * 373) == 2)
    let silence = try ExampleFixtures.extract(model, [Float](repeating: 0, count: 64_000), rate: .perSecond)
    // No example's second reaches the last of the four.
    #expect(silence["tags"]?.map(\.isNaN) == [Bool](repeating: false, count: 150) + [Bool](repeating: true, count: 50))
    #expect(
      ExampleFixtures.error { _ = try ExampleFixtures.extract(model, [Float](repeating: 0, count: 47_615)) }?.code
        == .soundTooShort)
  }

  @Test("the sound goes on as its mirror image at both ends, however it is cut into chunks")
  func ends() throws {
    let model = try model("musicnn/tiny-musicnn").stepping(everySeconds: 0.016)
    let sound = Array(ExampleFixtures.sound(16_000, 3)[..<47_616])
    let bare = try #require(try ExampleFixtures.extract(model, sound, ["mean_pool"])["mean_pool"])
    let longer = sound[1...256].reversed() + sound + sound.dropLast().suffix(256).reversed()
    let within = try #require(try ExampleFixtures.extract(model, Array(longer), ["mean_pool"])["mean_pool"])
    let width = bare.count
    #expect(within.count == 3 * width && Array(within[width..<2 * width]) == bare)
    let zeros = [Float](repeating: 0, count: 256) + sound + [Float](repeating: 0, count: 256)
    let padded = try #require(try ExampleFixtures.extract(model, zeros, ["mean_pool"])["mean_pool"])
    #expect(Array(padded[width..<2 * width]) != bare)
    for cut in [1, 2] {
      let chunking = Chunking(coreFrames: cut, contextFrames: 0)
      #expect(
        try ExampleFixtures.extract(model, Array(longer), ["mean_pool"], chunking: chunking)["mean_pool"] == within)
    }
  }

  @Test("an import records layers, tags and the network's own tensors, and says what it leaves out")
  func imported() throws {
    let batch = importWeights(
      folder: ExampleFixtures.path("musicnn/tiny-musicnn"), options: .unset,
      common: CommonOptions(dataset: "models", licence: "ISC"))
    let model = try #require(batch.models.first)
    #expect(!batch.hasErrors && model.architecture == "musicnn" && model.layers.count == 10)
    #expect(model.configuration["hop_s"] == 1 && model.configuration["dataset"] == "msd")
    let tags = try #require(model.configuration["tags"]?.arrayValue)
    #expect(tags.count == 50 && tags.first == "rock" && tags.last == "happy")
    #expect(!model.tensors.contains { $0.name.contains("Adam") || $0.name.hasSuffix("_power") })
    #expect(batch.diagnostics.map(\.severity) == [.note] && batch.diagnostics[0].reason.hasPrefix("2 tensors"))
    let names = batch.sources.map { URL(fileURLWithPath: $0.path).lastPathComponent }
    #expect(names == [".index", ".data-00000-of-00001", "config.json"])
  }

  @Test(
    "a configuration of another front end is refused with everything that differs; without one the tags are unknown")
  func configurations() throws {
    let folder = try ExampleFixtures.temporary()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let copy = folder + "/vgg"
    try FileManager.default.copyItem(atPath: ExampleFixtures.path("musicnn/tiny-vgg"), toPath: copy)
    try EncoderFixtures.rewrite(copy + "/config.json") {
      $0.replacingOccurrences(of: "\"n_mels\": 96", with: "\"n_mels\": 128")
        .replacingOccurrences(of: "\"logC\"", with: "\"logEPS\"").replacingOccurrences(of: "\"hop\"", with: "\"step\"")
    }
    let error = try #require(ExampleFixtures.error { _ = try ModelFamilies.open(copy) })
    #expect(error.code == .modelConfigurationBad)
    for part in ["audio_rep.n_mels is 128", "pre_processing is \"logEPS\"", "audio_rep.hop is missing"] {
      #expect(error.reason.contains(part), "\(error.reason)")
    }
    try FileManager.default.removeItem(atPath: copy + "/config.json")
    let family = try #require(ModelFamilies.recognising(ModelFiles(copy)))
    let found = try family.inspect(ModelFiles(copy))
    #expect(found.configuration["tags"] == nil && found.notes.contains { $0.code == .networkNameSilent })
  }

  @Test("missing and mis-shaped tensors are listed; damaged numbers are noticed")
  func badTensors() throws {
    for name in ["tiny-musicnn", "tiny-vgg"] {
      let place = ModelFiles(ExampleFixtures.path("musicnn/\(name)"))
      let whole = try place.tensors(in: nil, as: .tensorBundle)
      for tensor in whole.tensors where !tensor.name.contains("Adam") && tensor.name != "beta1_power" {
        let missing = AlteredPlace(place: place) { $0.name == tensor.name ? nil : $0 }
        // Without the kernel that tells the network it is of no family.
        let error = ExampleFixtures.error { _ = try ModelFamilies.open(missing) }
        #expect(error.map { [.tensorsDoNotFit, .modelUnsupported].contains($0.code) } == true, "\(tensor.name)")
        let wrong = AlteredPlace(place: place) {
          guard $0.name == tensor.name else { return $0 }
          return TensorInfo(name: $0.name, dtype: $0.dtype, shape: $0.shape.map { $0 + 1 }, bytes: $0.bytes)
        }
        let second = ExampleFixtures.error { _ = try ModelFamilies.open(wrong) }
        #expect(second.map { [.tensorsDoNotFit, .modelUnsupported].contains($0.code) } == true, "\(tensor.name)")
      }
    }
    let folder = try ExampleFixtures.temporary()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let copy = folder + "/vgg"
    try FileManager.default.copyItem(atPath: ExampleFixtures.path("musicnn/tiny-vgg"), toPath: copy)
    let path = URL(fileURLWithPath: copy + "/.data-00000-of-00001")
    try Data([UInt8](try Data(contentsOf: path)).flipped(at: 5_000)).write(to: path)
    #expect(ExampleFixtures.error { _ = try ModelFamilies.open(copy) }?.code == .bundleChecksumWrong)
  }
}

/// A place whose tensors are changed or left out.
private struct AlteredPlace: ModelPlace {
  let place: ModelFiles
  let change: @Sendable (TensorInfo) -> TensorInfo?

  var path: String { place.path }
  var kind: ModelPlaceKind { place.kind }
  var names: [String] { place.names }
  var container: TensorContainer? { place.container }
  func contents(of name: String) throws -> [UInt8]? { try place.contents(of: name) }
  func sibling(beginning prefix: String) -> (any ModelPlace)? { place.sibling(beginning: prefix) }
  func tensors(in name: String?, as container: TensorContainer) throws -> any TensorSource {
    AlteredTensors(source: try place.tensors(in: name, as: container), change: change)
  }
}

private struct AlteredTensors: TensorSource {
  let source: any TensorSource
  let change: @Sendable (TensorInfo) -> TensorInfo?

  var path: String { source.path }
  var container: TensorContainer { source.container }
  var tensors: [TensorInfo] { source.tensors.compactMap(change) }
  func load(_ tensor: TensorInfo) throws -> LoadedTensor { try source.load(tensor) }
  func sha256(_ tensor: TensorInfo) throws -> String { try source.sha256(tensor) }
}

/// Which family takes which of the fixtures.
@Suite struct RecognitionTests {
  private static let expected: [(path: String, family: String)] = [
    ("vggish/tiny.ckpt", "VGGish"), ("vggish/v2", "VGGish"), ("vggish/v2/vggish_model.ckpt.index", "VGGish"),
    ("vggish/tiny.pth", "VGGish"), ("vggish/tiny.safetensors", "VGGish"), ("vggish/tiny.h5", "VGGish"),
    ("crepe/crepe_tiny.h5.gz", "CREPE"), ("musicnn/tiny-musicnn", "musicnn"), ("musicnn/tiny-vgg", "musicnn"),
    ("musicnn/tiny-vgg/.index", "musicnn"), ("weights/musicnn-msd", "musicnn"),
    ("weights/hubert-tiny-speech", "speech encoder"), ("separation/spleeter-tiny", "separation"),
    ("separation/spleeter-tiny/model.index", "separation"), ("encoders/xlsr-tiny-random", "speech encoder"),
    ("simnet/seed7.simnet", "simnet"),
  ]

  @Test("each kind of weights is of one family, whether the folder or its index is given", arguments: expected.indices)
  func family(index: Int) {
    let (path, family) = Self.expected[index]
    let place = ModelFiles(ExampleFixtures.path(path))
    #expect(ImportableWeights.families.filter { $0.recognises(place) }.map(\.name) == [family], "\(path)")
  }

  @Test("a bundle's index is read as a bundle, and is the folder's model; a checkpoint in one file stays one")
  func containers() throws {
    #expect(ModelFiles(ExampleFixtures.path("vggish/tiny.ckpt")).container == .tensorFlow)
    for (folder, index) in [("separation/spleeter-tiny", "model.index"), ("musicnn/tiny-vgg", ".index")] {
      let place = ModelFiles(ExampleFixtures.path(folder + "/" + index))
      #expect(place.container == .tensorBundle)
      let common = CommonOptions(dataset: "models", licence: "ISC")
      let whole = importWeights(folder: ExampleFixtures.path(folder), options: .unset, common: common)
      let one = importWeights(folder: place.path, options: .unset, common: common)
      #expect(!one.hasErrors && one.models.map(\.weightsSHA256) == whole.models.map(\.weightsSHA256))
      #expect(one.models.map(\.configuration) == whole.models.map(\.configuration))
      #expect(one.sources.map(\.sha256) == whole.sources.map(\.sha256))
    }
    let folder = try ExampleFixtures.temporary()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let renamed = folder + "/checkpoint.tf"
    try FileManager.default.copyItem(
      atPath: ExampleFixtures.path("separation/spleeter-tiny/model.index"), toPath: renamed)
    let error = ExampleFixtures.error { _ = try ModelFiles(renamed).tensors(in: nil, as: .tensorBundle) }
    #expect(error?.code == .bundleBad && error?.reason.contains("not called PREFIX.index") == true)
  }
}
