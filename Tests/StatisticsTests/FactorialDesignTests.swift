import Foundation
import LinearAlgebra
import Statistics
import Testing

@Suite struct FactorialDesignTests {
  /// What statsmodels and SciPy found (`Fixtures/statistics/make_design.py`).
  private struct Reference: Decodable {
    let y: [[Double]]
    let a, b: [Int]
    /// Partial and whole eta squared of every effect.
    let main, pairs: [String: [Double]]
    let r: [String: Double]

    static func load() throws -> Reference {
      let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/statistics/design.json")
      return try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
    }
  }

  private static let effects: [String: FactorialDesign.Effect] = [
    "a": .factors([0]), "b": .factors([1]), "ab": .interaction(0, 1), "a=0": .level(0, of: 0), "a=1": .level(1, of: 0),
    "a=2": .level(2, of: 0),
  ]

  /// Three levels by two by two, twice.
  private static let balanced = [
    (0..<24).map { $0 % 3 }, (0..<24).map { $0 / 3 % 2 }, (0..<24).map { $0 / 6 % 2 },
  ]

  private func made(_ levels: [[Int]], columns: Int, seed: UInt64, weights: [Double] = []) -> Matrix {
    var stream = RandomStream(seed: seed, purpose: "design")
    let rows = levels[0].count
    let values = (0..<rows).flatMap { row in
      (0..<columns).map { column in
        zip(weights, levels).reduce(stream.normal()) { $0 + $1.0 * Double(($1.1[row] + column) % 3) }
      }
    }
    return Matrix(rows: rows, columns: columns, values: values)
  }

  /// Values settle at eleven digits, so that equal draws are equal.
  private func close(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 2e-11 }

  @Test("shares of unequal numbers of rows equal statsmodels' type III, contrasts its F tests, r SciPy's")
  func reference() throws {
    let golden = try Reference.load()
    let rows = DesignRows(matrix(of: golden.y))
    for (interactions, shares) in [(false, golden.main), (true, golden.pairs)] {
      let design = try FactorialDesign([golden.a, golden.b], interactions: interactions)
      #expect(design.errorDF == (interactions ? 14 : 16) && shares.count == (interactions ? 6 : 5))
      for (name, expected) in shares {
        let found = rows.shares(design.projection(try #require(Self.effects[name])))
        #expect(close(found.partialEta2, expected[0]) && close(found.eta2, expected[1]), "\(name)")
      }
    }
    let same = [Array(0..<20)]
    for (name, labels) in [("a", golden.a), ("b", golden.b)] {
      #expect(close(rows.dissimilarities(labels, orders: same)[0], try #require(golden.r[name])))
    }
  }

  @Test("of a balanced design the shares of all effects and the error add up, and a factor is what its levels are")
  func sums() throws {
    let rows = DesignRows(made(Self.balanced, columns: 5, seed: 1, weights: [1, 0.5, 0]))
    let design = try FactorialDesign(Self.balanced, interactions: true)
    let effects: [FactorialDesign.Effect] = [
      .factors([0]), .factors([1]), .factors([2]), .interaction(0, 1), .interaction(0, 2), .interaction(1, 2),
    ]
    let shares = effects.map { rows.shares(design.projection($0)) }
    let error = shares.map { $0.eta2 / $0.partialEta2 - $0.eta2 }
    #expect(error.allSatisfy { abs($0 - error[0]) < 1e-8 })
    #expect(abs(shares.map(\.eta2).reduce(error[0], +) - 1) < 1e-8)
    let both = rows.shares(design.projection(.factors([1, 2])))
    #expect(close(both.eta2, shares[1].eta2 + shares[2].eta2))
    // The levels' contrasts hold the factor's two degrees of freedom one and a half times.
    let levels = (0..<3).map { rows.shares(design.projection(.level($0, of: 0))).eta2 }
    #expect(close(levels.reduce(0, +), 1.5 * shares[0].eta2))
  }

  @Test("units, constants, columns that do not vary and the order of rows change nothing")
  func invariances() throws {
    let values = made(Self.balanced, columns: 3, seed: 2, weights: [1])
    let turned = Array((0..<24).reversed())
    let other = Matrix(
      rows: 24, columns: 5,
      values: turned.flatMap { row in
        [7.0, 5 - 1_000 * values[row, 2], values[row, 0], .nan, 0.01 * values[row, 1]]
      })
    let (a, b) = (DesignRows(values), DesignRows(other))
    #expect(a.columnCount == 3 && b.columnCount == 3)
    let one = try FactorialDesign(Self.balanced, interactions: false)
    let two = try FactorialDesign(Self.balanced.map { levels in turned.map { levels[$0] } }, interactions: false)
    #expect(
      close(a.shares(one.projection(.factors([0]))).partialEta2, b.shares(two.projection(.factors([0]))).partialEta2))
    let r = a.dissimilarities(Self.balanced[0], orders: [Array(0..<24)])[0]
    #expect(close(r, b.dissimilarities(turned.map { Self.balanced[0][$0] }, orders: [Array(0..<24)])[0]))
    let still = DesignRows(Matrix(rows: 24, columns: 1))
    #expect(still.shares(one.projection(.factors([0]))).partialEta2.isNaN && still.columnCount == 0)
  }

  private func exchange(_ design: FactorialDesign, _ effect: FactorialDesign.Effect, draws: Int) -> RowExchange {
    design.exchange(effect, draws: draws) { RandomStream(seed: 1, purpose: "order", draw: $0) }
  }

  @Test(
    "rows are exchanged within the cells of the other factors where these leave enough arrangements, else all of them")
  func exchanges() throws {
    let design = try FactorialDesign(Self.balanced, interactions: true)
    let found = exchange(design, .factors([1]), draws: 40)
    #expect(found.kind == .withinCells && found.orders.count == 40 && Set(found.orders).count > 35)
    #expect(found.pFloor == 1.0 / 41)
    for order in found.orders {
      #expect(order.sorted() == Array(0..<24))
      #expect(order.indices.allSatisfy { Self.balanced[0][order[$0]] == Self.balanced[0][$0] })
      #expect(order.indices.allSatisfy { Self.balanced[2][order[$0]] == Self.balanced[2][$0] })
    }
    #expect(exchange(design, .interaction(0, 1), draws: 5).kind == .residuals)
    // One row a level and cell: two arrangements of two labels in each of two cells, whose names tell nothing.
    let small = try FactorialDesign([[0, 1, 0, 1], [0, 0, 1, 1]], interactions: false)
    #expect(exchange(small, .factors([0]), draws: 1).kind == .withinCells)
    #expect(exchange(small, .factors([0]), draws: 9).kind == .residuals)
    #expect(abs(exchange(small, .factors([0]), draws: 999).pFloor - 1.0 / 24) < 1e-12)
    // A level for each sound: orders of sounds rename levels, and tell nothing but of one level against the others.
    let sounds = try FactorialDesign(
      [[0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 0, 1]], interactions: false, blocks: [0, 0, 1, 1, 2, 2])
    #expect(abs(exchange(sounds, .factors([0]), draws: 99).pFloor - 1) < 1e-12)
    #expect(abs(exchange(sounds, .level(0, of: 0), draws: 99).pFloor - 1.0 / 6) < 1e-12)
    // Two sounds alike in their words: three orders differ.
    let words = try FactorialDesign(
      [[0, 0, 0, 0, 1, 1], [0, 1, 0, 1, 0, 1]], interactions: false, blocks: [0, 0, 1, 1, 2, 2])
    #expect(abs(exchange(words, .factors([0]), draws: 99).pFloor - 1.0 / 3) < 1e-12)
    // Of residuals the observed order is one of the draws.
    let rows = DesignRows(made(Self.balanced, columns: 2, seed: 3, weights: [1, 1, 1]))
    let projection = design.projection(.level(2, of: 0))
    #expect(rows.drawnShares(projection, orders: [Array(0..<24)])[0] == rows.shares(projection).partialEta2)
  }

  @Test("variants of a sound keep together: exchanged row by row, sounds that differ would be an effect of their words")
  func blocks() throws {
    let (sound, gain) = ((0..<30).map { $0 / 3 }, (0..<30).map { $0 % 3 })
    let word = sound.map { $0 % 2 }
    let design = try FactorialDesign([word, gain], interactions: false, blocks: sound)
    let ofWords = exchange(design, .factors([0]), draws: 99)
    #expect(ofWords.kind == .withinCells)
    for order in ofWords.orders {
      #expect(order.indices.allSatisfy { gain[order[$0]] == gain[$0] })
      #expect(order.indices.allSatisfy { sound[order[$0]] == sound[order[$0 / 3 * 3]] })
    }
    for order in exchange(design, .factors([1]), draws: 9).orders {
      #expect(order.indices.allSatisfy { sound[order[$0]] == sound[$0] })
    }
    let both = exchange(design, .factors([0, 1]), draws: 9).orders
    #expect(both.allSatisfy { $0.sorted() == Array(0..<30) } && Set(both).count == 9)
    let rowwise = exchange(try FactorialDesign([word, gain], interactions: false), .factors([0]), draws: 99)
    let projection = design.projection(.factors([0]))
    let runs = 120
    var found = (whole: 0, rows: 0)
    for run in 0..<runs {
      var stream = RandomStream(seed: UInt64(run), purpose: "sounds")
      let own = (0..<20).map { _ in stream.normal() }
      let values = (0..<60).map { 2 * own[$0 / 6 * 2 + $0 % 2] + stream.normal() }
      let rows = DesignRows(Matrix(rows: 30, columns: 2, values: values))
      let observed = rows.shares(projection).partialEta2
      func isFound(_ exchange: RowExchange) -> Int {
        rows.drawnShares(projection, orders: exchange.orders).count { $0 >= observed } < 5 ? 1 : 0
      }
      found.whole += isFound(ofWords)
      found.rows += isFound(rowwise)
    }
    #expect(Double(found.whole) / Double(runs) < 0.1 && Double(found.rows) / Double(runs) > 0.15, "\(found)")
  }

  @Test("a design that tells nothing is refused with the factor")
  func refusals() {
    func problem(_ levels: [[Int]], interactions: Bool = false) -> DesignProblem? {
      do {
        _ = try FactorialDesign(levels, interactions: interactions)
        return nil
      } catch { return error }
    }
    #expect(problem([[0, 1, 0, 1], [0, 0, 0, 0]]) == .oneLevel(1))
    #expect(problem([[0, 1, 0, 1], [0, 1, 0, 1]]) == .confounded([1]))
    #expect(problem([[0, 1, 0, 1], [0, 0, 1, 1]], interactions: true) == .nothingLeft)
    #expect(problem([[0, 1, 0, 0, 1], [0, 0, 1, 1, 0]], interactions: true) == .confounded([0, 1]))
    #expect(problem([[0, 1, 0, 1], [0, 0, 1, 1]]) == nil)
  }

  @Test("an effect that the design does not have is nobody's: it traps")
  func unknownEffects() async {
    await #expect(processExitsWith: .failure) {
      let design = try FactorialDesign([[0, 1, 0, 1, 0], [0, 0, 1, 1, 1]], interactions: false)
      _ = design.projection(.interaction(0, 1))
    }
    await #expect(processExitsWith: .failure) {
      let design = try FactorialDesign([[0, 1, 0, 1, 0], [0, 0, 1, 1, 1]], interactions: false)
      _ = design.exchange(.level(2, of: 0), draws: 1) { RandomStream(seed: 1, purpose: "order", draw: $0) }
    }
    await #expect(processExitsWith: .success) {
      let design = try FactorialDesign([[0, 1, 0, 1, 0], [0, 0, 1, 1, 1]], interactions: false)
      _ = design.projection(.level(1, of: 0))
    }
  }

  @Test("a factor that does nothing is found at its level beside one that does much, whichever way rows are exchanged")
  func falsePositives() throws {
    let unequal = [
      (0..<20).map { $0 < 7 ? 0 : $0 < 12 ? 1 : 2 }, [0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 1, 1, 0, 0, 0, 1, 0],
    ]
    let runs = 150
    for (levels, effect, seed) in [
      (Self.balanced, FactorialDesign.Effect.factors([0]), 10), (Self.balanced, .level(1, of: 0), 11),
      (Self.balanced, .interaction(0, 2), 12), (unequal, .factors([0]), 13), (unequal, .interaction(0, 1), 14),
    ] {
      let design = try FactorialDesign(levels, interactions: true)
      let projection = design.projection(effect)
      let orders = design.exchange(effect, draws: 99) { RandomStream(seed: UInt64(seed), purpose: "order", draw: $0) }
        .orders
      let found = (0..<runs).count { run in
        let rows = DesignRows(
          made(levels, columns: 4, seed: UInt64(1_000 * seed + run), weights: [0, 2]))
        let observed = rows.shares(projection).partialEta2
        return rows.drawnShares(projection, orders: orders).count { $0 >= observed } < 5
      }
      // More than three standard errors of .05 in 150.
      #expect(abs(Double(found) / Double(runs) - 0.05) < 0.06, "\(effect): \(found)")
    }
  }
}
