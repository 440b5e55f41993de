import EncodingModels
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

/// One set of folds per target: the same for every lag, feature set, layer and other target.
@Suite struct TargetFoldTests {
  /// Targets of their own memory and holes over stimuli of unlike lengths.
  private struct Design: CustomTestStringConvertible {
    let seed: UInt64
    let scheme: FoldScheme
    let lengths: [Int]

    var testDescription: String { "\(scheme), \(lengths)" }

    func targets() -> [Matrix] {
      lengths.enumerated().map { s, rows in
        var y = autoregressive(rows, 2, s % 2 == 0 ? 0.9 : 0.3, seed: seed, key: "y\(s)")
        // No hole at an end: what is fitted together is cut from the first to the last row that any of it has.
        for row in 0..<rows where row % 17 == 5 { y[row, 1] = .nan }
        return y
      }
    }

    /// Columns of a feature with holes of its own: at the start, at the end and in between.
    func features(width: Int, key: String, holes: ClosedRange<Int>) -> [Matrix] {
      lengths.enumerated().map { s, rows in
        var x = autoregressive(rows, width, 0.8, seed: seed, key: "\(key)\(s)")
        for row in holes where row < rows { x[row, 0] = .nan }
        return x
      }
    }

    func data(_ features: [Matrix], delayColumns: DelayColumns) -> EncodingData {
      var data = EncodingData(
        bands: [Band("x")],
        pieces: zip(targets(), features).enumerated().map { s, pair in
          Piece(stimulus: "s\(s)", features: [pair.1], targets: pair.0)
        }, dt: 1, targetNames: ["a", "b"])
      data.bands[0].delayColumns = delayColumns
      return data
    }

    var settings: EncodingSettings {
      var settings = EncodingSettings()
      settings.outer = scheme
      settings.position = .cosines
      settings.lambdas = LambdaGrid(values: [1e-2, 1])
      return settings
    }
  }

  private static let designs: [Design] = [
    Design(seed: 71, scheme: .automatic, lengths: [140, 120, 160]),
    Design(seed: 72, scheme: .automatic, lengths: [400]),
    Design(seed: 73, scheme: .blocks(4), lengths: [150, 220]),
    Design(seed: 74, scheme: .leaveOne(.stimulus), lengths: [90, 130, 110, 100]),
    Design(seed: 75, scheme: .chunks(seconds: 20, count: 3, repeats: 4), lengths: [200, 160]),
  ]

  /// What of a target's folds must be the same: what they test, and which are its own.
  private func folds(_ fit: EncodingFit) -> [[String]] {
    (0..<2).map { target in fit.full.folds.filter { $0.isPlanned[target] }.map(\.key) }
  }

  @Test("folds are the same for every lag, and for features of other widths, delays and holes", arguments: designs)
  private func frozen(_ design: Design) throws {
    let narrow = design.features(width: 2, key: "narrow", holes: 0...9)
    let wide = design.features(width: 12, key: "wide", holes: 40...55)
    let delayColumns = DelayColumns.chosen(0...8)
    let data = design.data(narrow, delayColumns: delayColumns)
    let reference = try EncodingModel(design.settings).fit(data)
    let planned = folds(reference)
    #expect(planned.allSatisfy { $0.count >= 2 })
    for other in [
      design.data(wide, delayColumns: delayColumns), design.data(narrow, delayColumns: .single(Array(0...8))),
      design.data(wide, delayColumns: .single([0, 8])),
    ] { #expect(folds(try EncodingModel(design.settings).fit(other)) == planned) }
    #expect(folds(try reference.positionAlone()) == planned)
    let alone = try EncodingModel(design.settings).fit(data.selecting(targets: [1]))
    #expect(alone.full.folds.filter { $0.isPlanned[0] }.map(\.key) == planned[1])
    let lags = try LagSearch(data, delays: [0, 2, 5], settings: design.settings, null: nil)
    for fit in lags.fits { #expect(folds(fit) == planned) }
    // Every lag also counts the same of them and trains on the same rows.
    #expect(Set(lags.fits.map { $0.full.folds.map(\.isCounted) }).count == 1)
    #expect(Set(lags.fits.map { $0.evidence.map(\.trainRowsHash) }).count == 1)
    #expect(Set(lags.fits.map(\.sampleCount)).count == 1)
  }
}
