import Testing

/// Columns of a feature space whose tables are not laid out alike.
@Suite struct FeatureColumnsCommandTests: StudyCommandTests {
  private let names = ["loud", "high", "fast"]

  /// Four songs that follow the first two columns; `columns` are those of each table, in its order.
  private func warehouse(_ columns: [[Int]]) throws -> Program {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    var numbers = UniformNumbers(state: 36_524)
    for (song, order) in columns.enumerated() {
      let values = names.map { _ in numbers.list(120) }
      let y = (0..<120).map { values[0][$0] - values[1][$0] + 0.1 * numbers.next() }
      try program.write(table(order.map { names[$0] }.joined(separator: ","), order.map { values[$0] }), "x\(song).csv")
      try program.write(table("y", [y]), "y\(song).csv")
      try program.succeed([
        "import", "features", "x\(song).csv", "--dataset", "d", "--stimulus", "s\(song)", "--name", "x",
      ])
      try program.succeed(["import", "annotations", "y\(song).csv", "--dataset", "d", "--stimulus", "s\(song)"])
    }
    return program
  }

  @Test("The order of the columns of a table tells nothing")
  func order() throws {
    let orders = [[[0, 1, 2], [0, 1, 2], [0, 1, 2], [0, 1, 2]], [[2, 0, 1], [0, 1, 2], [1, 0, 2], [2, 1, 0]]]
    let found = try orders.map { columns in
      let program = try warehouse(columns)
      try run(program, "sum", study("sum", features: "[{space: x}]"))
      return try r(program, "sum")
    }
    #expect(found[0] > 0.99 && abs(found[0] - found[1]) < 1e-6, "\(found)")
  }

  @Test("Tables that have only some columns in common are no space")
  func others() throws {
    let program = try warehouse([[0, 1], [0, 1], [0, 2], [1, 0]])
    try program.write(study("sum", features: "[{space: x}]"), "sum.yaml")
    let refused = try program.run(["run", "sum.yaml"])
    #expect(refused.status != 0 && refused.error.contains("fast, high"), "\(refused.error)")
  }
}
