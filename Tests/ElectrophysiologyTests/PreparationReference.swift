import Electrophysiology
import Foundation
import LinearAlgebra
import Testing

extension Reference {
  /// An array of make_preparation.py with its channel names.
  static func labelled(_ name: String) throws -> (matrix: Matrix, labels: [String]) {
    let text = try String(contentsOf: folder.appending(path: name + ".txt"), encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let shape = lines[0].split(separator: " ").compactMap { Int($0) }
    let labels = lines.count > 1 ? lines[1].split(separator: " ").map(String.init) : []
    return (Matrix(rows: shape[0], columns: shape[1], values: try values(name)), labels)
  }

  /// Ten seconds of a real recording at 256 Hz in volts, row-major.
  static func recording() throws -> (samples: [Float], labels: [String]) {
    let text = try String(contentsOf: folder.appending(path: "preparation_input.txt"), encoding: .utf8)
    let labels = text.split(separator: "\n")[1].split(separator: " ").map(String.init)
    let data = try Data(contentsOf: folder.appending(path: "preparation_input.f32"))
    return (data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }, labels)
  }
}

/// One recording prepared in memory.
struct Prepared {
  let report: PreparationReport
  let samples: Matrix

  init(
    _ values: [Float], labels: [String], rateHz: Double, _ plan: EEGPreparation, bad: Set<String> = [],
    blank: [Range<Int>] = [], isVolts: Bool = true, seed: UInt64 = 1, heldValues: Int? = nil
  ) throws {
    let width = labels.count
    let recording = RawRecording(
      name: "rec", labels: labels, rateHz: rateHz, sampleCount: values.count / width, isVolts: isVolts, bad: bad,
      blank: blank)
    let run =
      try heldValues.map { try PreparationRun(plan, recording, heldValues: $0) } ?? PreparationRun(plan, recording)
    var written: [Float] = []
    var decided: PreparationReport?
    try run.prepare(
      reading: { Array(values[($0.lowerBound * width)..<($0.upperBound * width)]) }, deciding: { decided = $0 },
      writing: { written += $0 }, seed: seed)
    report = try #require(decided)
    samples = Matrix(rows: run.sampleCount, columns: run.labels.count, values: written.map(Double.init))
  }

  func channel(_ label: String) -> PreparedChannel? { report.channels.first { $0.label == label } }
}
