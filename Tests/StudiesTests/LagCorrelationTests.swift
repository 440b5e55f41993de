import ContentIdentity
import Encoding
import Foundation
import Kinds
import LabelledArrays
import Statistics
import Testing
import Warehouse
import Work

/// Draws of a feature's phases are draws for all who rated, however long they did.
@Suite struct LagCorrelationTests {
  private static let seconds = 150
  private static let key = String(repeating: "0", count: 64)

  private static func noise(_ name: String) -> [Float] {
    var stream = RandomStream(seed: 3, purpose: "toy", key: name, draw: 0)
    var level = 0.0
    return (0..<seconds).map { _ in
      level = 0.5 * level + Double(stream.next() >> 11) * 0x1p-53 - 0.5
      return Float(level)
    }
  }

  private static func parameters(lags: String, grid: String) throws -> JSONValue {
    try JSONValue(
      parsing: #"{"keys": {"dataset": "d", "cohort": "d", "subject": "s", "session": null, "rater": null, "#
        + #""feature_set": "f", "model": null, "layer_key": null, "depth": null, "rel_depth": null, "#
        + #""element": "original", "covariate_mode": "none", "target_kind": "annotation", "target": "felt", "#
        + #""target_parameters": "{}"}, "feature": {"name": "f", "source": {"columns": {}}, "reduction": null, "#
        + #""transform": "none", "hrf": null, "delays": null}, "#
        + #""target": {"source": {"annotation": {"bad": []}}, "transform": "none"}, "missing_share": 0.5, "#
        + #""grid_s": \#(grid), "lags_s": \#(lags), "draws": 60, "seed": 7}"#)
  }

  /// The draws' maxima, and the lags, of a rating that ends so many seconds before the feature does.
  private func found(endsBefore cut: Int, lags: String = "[0, 1, 2]", grid: String = "1") throws -> (
    draws: [Double], lags: Int
  ) {
    let folder = NSTemporaryDirectory() + "evoke-lags-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let inputs = try ArrayFileWriter(in: folder + "/arrays")
    let given = [("features-0", "feature", Self.seconds), ("target", "annotation", Self.seconds - cut)]
    for (role, kind, count) in given {
      var description = ArrayDescription(name: role, kind: kind)
      (description.dataset, description.stimulus, description.subject) = ("d", "song", role == "target" ? "s" : nil)
      try inputs.add(
        description, group: kind,
        LabelledArray(
          axes: [.time((0..<count).map(Double.init)), .labels("column", [role])],
          values: Array(Self.noise(role).prefix(count))))
    }
    let arrays = try inputs.finish().map { array in
      TaskArray(
        role: array.description.name,
        reference: ArrayReference(
          name: array.description.name, file: folder + "/" + array.file, path: array.path, sha256: array.sha256),
        description: array.description, unitKey: nil)
    }
    let step = try #require(Steps.all.first { $0.name == "lag_correlation" })
    let task = UnitTask(
      key: Self.key, step: step.name, version: step.version,
      parameters: try Self.parameters(lags: lags, grid: grid), label: "lags", arrays: arrays, sources: [])
    let writer = try ArrayFileWriter(in: folder + "/arrays")
    let rows = try step.compute(task, writer: writer) { _ in }
    let stored = try writer.finish()
    let null = try #require(stored.first { $0.description.name == LagArray.null.name(of: Self.key) })
    let draws = try ArrayReader.read(
      ArrayReference(name: "null", file: folder + "/" + null.file, path: null.path, sha256: null.sha256))
    return (draws.values.map(Double.init), rows[1].rows.count)
  }

  @Test(arguments: [1, 5]) func whoRatedShorterHasTheSameDraws(_ cut: Int) throws {
    let (whole, shorter) = (try found(endsBefore: 0).draws, try found(endsBefore: cut).draws)
    try #require(whole.count == 60 && shorter.count == 60 && !(whole + shorter).contains { $0.isNaN })
    // Of phases of their own: 0, with a standard error of 0.13.
    #expect(LaggedCorrelation(whole, shorter, lags: [0]).maximum > 0.8)
  }

  @Test func noLagLiesBeyondThoseAsked() throws {
    // 5 s would be 6 s on a grid of 2 s.
    #expect(try found(endsBefore: 0, lags: "[0, 1, 2, 3, 4, 5]", grid: "2").lags == 3)
  }
}
