extension EncodingProblem {
  /// The piece of every one of ascending rows.
  private func pieceIndices(_ rows: [Int]) -> [Int] {
    var piece = 0
    return rows.map { row in
      while row >= pieces[piece].upperBound { piece += 1 }
      return piece
    }
  }

  /// The stimuli of ascending rows, in order of appearance.
  func stimuli(of rows: [Int]) -> [String] {
    var names: [String] = []
    for piece in pieceIndices(rows) where names.last != stimuli[piece] && !names.contains(stimuli[piece]) {
      names.append(stimuli[piece])
    }
    return names
  }

  /// Training rows that show a second of the test rows: counted row by row from what pieces show and when, not from how
  /// folds were cut, so that it checks them.
  func overlap(train: [Int], test: [Int]) -> Int {
    func second(_ row: Int, _ piece: Int) -> Int {
      Int((starts[piece] / dt).rounded()) + row - pieces[piece].lowerBound
    }
    var tested = [Set<Int>](repeating: [], count: pieces.count)
    for (row, piece) in zip(test, pieceIndices(test)) { tested[piece].insert(second(row, piece)) }
    let showings = pieces.indices.map { piece in
      pieces.indices.filter { !tested[$0].isEmpty && !material[$0].isDisjoint(with: material[piece]) }
    }
    return zip(train, pieceIndices(train)).count { row, piece in
      showings[piece].contains { tested[$0].contains(second(row, piece)) }
    }
  }
}
