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

  /// Whether two pieces, or one and itself, are parts of one stimulus in one run that a pause divides.
  func areParts(_ piece: Int, _ other: Int) -> Bool {
    stimuli[piece] == stimuli[other] && runs[piece] == runs[other] && parts[piece] != nil && parts[other] != nil
  }

  /// Rows of the shortest piece that has some, its seconds counted once together with those of all parts of its stimulus:
  /// a pause makes no piece shorter. 0 where there is none.
  var shortestLength: Int {
    let lengths = pieces.indices.filter { !pieces[$0].isEmpty }.map { piece in
      let parts = pieces.indices.filter { areParts($0, piece) }
      guard parts.count > 1 else { return pieces[piece].count }
      return Set(parts.flatMap { part in pieces[part].map { second($0, part) } }).count
    }
    guard let shortest = lengths.min() else { return 0 }
    return shortest
  }

  /// The place of a row of a piece on the stimulus' clock, in rows.
  private func second(_ row: Int, _ piece: Int) -> Int {
    Int((starts[piece] / dt).rounded()) + row - pieces[piece].lowerBound
  }

  /// Training rows that show a second of the test rows: counted row by row from what pieces show and when, not from how
  /// folds were cut, so that it checks them.
  func overlap(train: [Int], test: [Int]) -> Int {
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
