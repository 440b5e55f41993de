import Diagnostics
import Statistics
import Vocabulary

/// The rows one fold tests.
struct TestPart: Sendable {
  let index: Int
  /// The targets it is a fold of; inner folds name none.
  let targets: Set<Int>
  /// Ascending rows.
  let test: [Int]
  /// With their runs, where they have any.
  let testStimuli: [String]
  /// Without.
  let stimuli: [String]
  /// What is tested, the same in every model of the same rows: a hash of stimuli, runs and seconds.
  let key: String
}

/// The rows one fold tests and trains on, before missing targets are taken out.
struct Fold: Sendable {
  let part: TestPart
  /// Ascending rows.
  let train: [Int]
  /// Purged on both sides of every test row of a piece, in rows.
  let gap: Int
  /// Autocorrelation time the gap was made for, in rows; inner folds use the same.
  let decay: Int

  var index: Int { part.index }
  var test: [Int] { part.test }
}

/// Outer and inner folds over the rows of an `EncodingProblem`.
///
/// A second of what is tested is trained on in no showing of it, nor are the seconds within the gap; where runs are left
/// out, all runs that share what they show go together; only `leave_one: overlapping_run` keeps no showings
/// together, and `FoldEvidence.overlap` tells of it.
struct FoldPlan {
  let problem: EncodingProblem
  /// Delay span plus window - step, in rows: what keeps test samples out of training rows.
  let baseGap: Int
  /// The longest autocorrelation time that is asked for, in rows.
  private let longestDecay: Int

  init(_ problem: EncodingProblem) {
    self.problem = problem
    longestDecay = min(Int((30 / problem.dt).rounded()), problem.shortestLength / 4)
    let delays = problem.bands.flatMap(\.delays) + problem.settings.extraDelays
    let span = delays.reduce(0, max) - delays.reduce(0, min)
    var overlap = 0.0
    if let window = problem.window { overlap = max(0, window.seconds - window.step) }
    baseGap = span + Int((overlap / problem.dt - 1e-9).rounded(.up))
  }

  /// The test parts of all outer folds with at least two test and, beyond the delays, four training rows: those of every
  /// target follow one scheme.
  func outer() throws -> [TestPart] {
    try outerSchemes().flatMap { scheme, targets in try outer(scheme, targets) }
  }

  private func outer(_ scheme: FoldScheme, _ targets: Set<Int>) throws -> [TestPart] {
    let parts = try tests(scheme, base, purpose: "outer").enumerated().map { part($0, $1, of: targets) }
    let usable = parts.filter { $0.test.count >= 2 && outerTrain($0, gap: leastGap).count >= 4 }
    guard usable.count >= 2 else {
      throw EvokeError(
        .tooFewFolds, describe(scheme), reason: "\(usable.count) folds have both test and training rows",
        remedy: "use fewer folds, shorter delays or a shorter gap")
    }
    return usable
  }

  /// The folds of all targets over test parts, in the order in which they are fitted: targets that share their training
  /// rows together.
  func folds(over outer: [TestPart]) -> [(fold: Fold, group: KeptRows.Group)] {
    problem.groups.flatMap { group in
      outer.filter { part in part.test.count { group.valid[$0] } >= 2 }.flatMap { part in
        let own = KeptRows.Group(targets: group.targets.filter(part.targets.contains), valid: group.valid)
        return folds(part, of: own).filter { !$0.group.targets.isEmpty }
      }
    }
  }

  /// The folds of a test part: targets whose gap is the same share their training rows, and those of which position
  /// takes the same are fitted and scored alike.
  ///
  /// Both depend on the target alone, so its score does not depend on which other targets are fitted with it.
  func folds(_ part: TestPart, of group: KeptRows.Group) -> [(fold: Fold, group: KeptRows.Group)] {
    struct Kind: Hashable {
      let decay: Int
      let treatment: PositionTreatment
    }
    let isAutomatic = if case .automatic = problem.settings.gap { true } else { false }
    let rows = isAutomatic ? outerTrain(part, gap: baseGap) : []
    let kinds = Dictionary(grouping: group.targets) { target in
      Kind(decay: isAutomatic ? decay(target, group, rows) : 0, treatment: problem.treatments[target])
    }
    return kinds.sorted { ($0.key.decay, $0.key.treatment) < ($1.key.decay, $1.key.treatment) }.map { kind, targets in
      (
        fold(part, base: base, decay: kind.decay, problem.settings.outer),
        KeptRows.Group(targets: targets, valid: group.valid)
      )
    }
  }

  /// The inner folds on the training rows of an outer fold; a fold the gap leaves nothing to train on is left out.
  func inner(of outer: Fold) throws -> [Fold] {
    let scheme =
      problem.settings.inner == .automatic ? automaticInner(outer.train) : problem.settings.inner
    let folds = try tests(scheme, outer.train, purpose: "inner\(outer.index)").enumerated().map {
      fold(part($0, $1, of: []), base: outer.train, decay: outer.decay, scheme)
    }
    let usable = folds.filter { $0.test.count >= 2 && $0.train.count >= 4 }
    guard !usable.isEmpty else {
      throw EvokeError(
        .foldTooSmall, "inner folds of fold \(outer.index)",
        reason: "\(outer.train.count) training rows leave none beyond a gap of \(outer.gap) rows",
        remedy: "use fewer folds, a shorter gap_s or shorter delays")
    }
    return usable
  }

  /// All rows the folds divide.
  private var base: [Int] { problem.kept.divided.flatMap { Array($0) } }

  /// The gap that never gives way.
  private var leastGap: Int {
    switch problem.settings.gap {
    case .seconds(let seconds): Int((seconds / problem.dt - 1e-9).rounded(.up))
    case .automatic: baseGap
    }
  }

  /// What an outer test part leaves to train on.
  private func outerTrain(_ part: TestPart, gap: Int) -> [Int] {
    purged(base, part.test, gap, keepsShowings: problem.settings.outer.splitsShowings)
  }

  private var leavesStimuliOut: Bool { longStimuli(base) >= 3 }

  /// The scheme of every target. Where no stimuli are left out a target has ten blocks if each of them has twice the
  /// effective n that counts, else five; that depends on the target alone, as the gap does, and not on
  /// whether position is taken out, so that both are scored on the same folds.
  private func outerSchemes() throws -> [(scheme: FoldScheme, targets: Set<Int>)] {
    let targets = Set(problem.groups.flatMap(\.targets))
    guard problem.settings.outer == .automatic else { return [(problem.settings.outer, targets)] }
    if leavesStimuliOut { return [(.leaveOne(.stimulus), targets)] }
    let parts = try tests(.blocks(10), base, purpose: "outer")
    let least = max(1, 2 * problem.settings.minimumEffectiveCount)
    let ten = targets.filter { target in
      parts.allSatisfy { problem.effectiveCount(of: target, in: $0) >= least }
    }
    return [(.blocks(10), ten), (.blocks(5), targets.subtracting(ten))].filter { !$0.1.isEmpty }
  }

  private func automaticInner(_ rows: [Int]) -> FoldScheme {
    switch problem.settings.outer {
    case .leaveOne(let unit): return units(unit, rows).count >= 4 ? .leaveOne(unit) : .blocks(4)
    case .automatic:
      return leavesStimuliOut && units(.stimulus, rows).count >= 4 ? .leaveOne(.stimulus) : .blocks(4)
    case .blocks, .chunks: return .blocks(4)
    }
  }

  /// How many stimuli have at least 100 s.
  private func longStimuli(_ rows: [Int]) -> Int {
    units(.stimulus, rows).count { Double($0.count) * problem.dt >= 100 }
  }

  private func describe(_ scheme: FoldScheme) -> String {
    switch scheme {
    case .automatic: "folds"
    case .blocks(let count): "{folds: \(count)}"
    case .leaveOne(let unit): "{leave_one: \(unit.rawValue)}"
    case .chunks(let seconds, let count, _): "{chunks: {length_s: \(seconds), count: \(count)}}"
    }
  }

  /// The rows of every unit, in order of appearance.
  private func units(_ unit: FoldUnit, _ rows: [Int]) -> [[Int]] {
    let owners =
      switch unit {
      case .stimulus: problem.pieces.indices.map(firstShowing)
      case .acquisitionRun: connectedPieces { isShown($0, alsoIn: $1) || shareRuns($0, $1) }
      case .overlappingRun: connectedPieces(shareRuns)
      }
    var order: [Int] = []
    var members: [Int: [Int]] = [:]
    for (piece, mine) in byPiece(rows) where !mine.isEmpty {
      if members[owners[piece]] == nil { order.append(owners[piece]) }
      members[owners[piece], default: []] += mine
    }
    return order.compactMap { members[$0] }
  }

  /// The first piece of the same stimulus.
  private func firstShowing(_ piece: Int) -> Int {
    problem.stimuli.firstIndex(of: problem.stimuli[piece]) ?? piece
  }

  private func isShown(_ piece: Int, alsoIn other: Int) -> Bool {
    !problem.material[piece].isDisjoint(with: problem.material[other])
  }

  /// The other pieces that a piece goes on in: who had no pause between them saw them without one.
  private func continuations(of piece: Int) -> [Int] {
    problem.pieces.indices.filter { $0 != piece && problem.areParts($0, piece) }
  }

  private func shareRuns(_ piece: Int, _ other: Int) -> Bool {
    !problem.sources[other].isDisjoint(with: problem.sources[piece]) || areOfOneRecording(piece, other)
  }

  /// Whether a pause alone divides them, where no run is named.
  private func areOfOneRecording(_ piece: Int, _ other: Int) -> Bool {
    problem.stimuli[piece] == problem.stimuli[other]
      && [piece, other].allSatisfy {
        problem.sources[$0].isEmpty && problem.parts[$0] != nil
      }
  }

  /// Per piece the first of those it hangs together with.
  private func connectedPieces(_ hangTogether: (Int, Int) -> Bool) -> [Int] {
    var owners = Array(problem.pieces.indices)
    for piece in problem.pieces.indices {
      for other in 0..<piece where hangTogether(piece, other) {
        let (low, high) = (min(owners[other], owners[piece]), max(owners[other], owners[piece]))
        for i in 0...piece where owners[i] == high { owners[i] = low }
      }
    }
    return owners
  }

  private func byPiece(_ rows: [Int]) -> [(piece: Int, rows: [Int])] {
    var result = problem.pieces.indices.map { (piece: $0, rows: [Int]()) }
    var piece = 0
    for row in rows {
      while row >= problem.pieces[piece].upperBound { piece += 1 }
      result[piece].rows.append(row)
    }
    return result
  }

  /// The test rows of every fold of a scheme over `base` rows.
  private func tests(_ scheme: FoldScheme, _ base: [Int], purpose: String) throws -> [[Int]] {
    switch scheme {
    case .automatic: preconditionFailure("resolved by the caller")
    case .blocks(let count):
      guard count >= 2 else {
        throw EvokeError(
          .tooFewFolds, describe(scheme), reason: "cross-validation needs two folds", remedy: "give folds: 5")
      }
      let pieces = byPiece(base)
      return (0..<count).map { k in
        pieces.flatMap { $0.rows[($0.rows.count * k / count)..<($0.rows.count * (k + 1) / count)] }
      }
    case .leaveOne(let unit):
      let members = units(unit, base)
      guard members.count >= 2 else { throw tooFew(scheme, unit, members.count) }
      return members.map { $0.sorted() }
    case .chunks(let seconds, let count, let repeats):
      return chunkTests(base, length: max(1, Int((seconds / problem.dt).rounded())), count, repeats, purpose)
    }
  }

  private func tooFew(_ scheme: FoldScheme, _ unit: FoldUnit, _ count: Int) -> EvokeError {
    let runs = problem.sources.reduce(into: Set<String>()) { $0.formUnion($1) }.sorted()
    guard unit != .stimulus, runs.count > 1 else {
      return EvokeError(
        .tooFewFolds, describe(scheme), reason: "there is \(count) \(unit.rawValue)",
        remedy: "use {folds: 5}, contiguous blocks of every stimulus")
    }
    let shared = "the runs \(runs.joined(separator: ", ")) share stimuli"
    guard unit == .acquisitionRun else {
      return EvokeError(
        .tooFewFolds, describe(scheme), reason: "\(shared), which are means over them",
        remedy: "use filters: {repeats: separate}, or {leave_one: stimulus}")
    }
    return EvokeError(
      .tooFewFolds, describe(scheme), reason: "\(shared): leaving one out would train on what it tests",
      remedy: "use {leave_one: stimulus}, or {folds: 5}, contiguous blocks of every stimulus; "
        + "{leave_one: overlapping_run} with filters: {repeats: separate} leaves it out all the same, and its rows are "
        + "not valid")
  }

  private func chunkTests(_ base: [Int], length: Int, _ count: Int, _ repeats: Int, _ purpose: String) -> [[Int]] {
    let chunks = byPiece(base).flatMap { piece in
      stride(from: 0, to: piece.rows.count, by: length).map {
        Array(piece.rows[$0..<min($0 + length, piece.rows.count)])
      }
    }
    return (0..<repeats).map { draw in
      var stream = RandomStream(seed: problem.settings.seed, purpose: "chunks", key: purpose, draw: draw)
      return stream.permutation(of: chunks.count).prefix(count).flatMap { chunks[$0] }.sorted()
    }
  }

  private func part(_ index: Int, _ test: [Int], of targets: Set<Int>) -> TestPart {
    let tested = byPiece(test).filter { !$0.rows.isEmpty }
    let names = tested.map { entry in
      let told = [problem.runs[entry.piece], problem.parts[entry.piece]].compactMap(\.self)
      return problem.stimuli[entry.piece] + (told.isEmpty ? "" : " [\(told.joined(separator: " "))]")
    }
    var stimuli: [String] = []
    var hash = StableHash()
    // Chunks are drawn anew: two draws may test the same rows.
    if case .chunks = problem.settings.outer { hash.combine(UInt64(index)) }
    for (entry, name) in zip(tested, names) {
      let stimulus = problem.stimuli[entry.piece]
      if !stimuli.contains(stimulus) { stimuli.append(stimulus) }
      hash.combine(name)
      let first = problem.pieces[entry.piece].lowerBound
      hash.combine(entry.rows.map { problem.starts[entry.piece] + Double($0 - first) * problem.dt })
    }
    return TestPart(
      index: index, targets: targets, test: test, testStimuli: names, stimuli: stimuli,
      key: String(hash.finalized, radix: 16))
  }

  /// The fold of a test part among `base` rows for targets of one autocorrelation time.
  ///
  /// Where a short clip would lose more than half of its training rows, the autocorrelation part gives way; the part
  /// that keeps test samples out of training rows never does.
  private func fold(_ part: TestPart, base: [Int], decay: Int, _ scheme: FoldScheme) -> Fold {
    let least = (base.count - part.test.count + 1) / 2
    var extra = decay
    func purged(_ gap: Int) -> [Int] { self.purged(base, part.test, gap, keepsShowings: scheme.splitsShowings) }
    var train = purged(leastGap + extra)
    while extra > 0, train.count < max(4, least) {
      extra /= 2
      train = purged(leastGap + extra)
    }
    return Fold(part: part, train: train, gap: leastGap + extra, decay: decay)
  }

  /// The rows of `base` farther than `gap` rows from every test row of the same piece, of the pieces that it goes on in, and
  /// of other showings of it unless those are kept.
  private func purged(_ base: [Int], _ test: [Int], _ gap: Int, keepsShowings: Bool) -> [Int] {
    var excluded = [Bool](repeating: false, count: problem.rowCount)
    for (piece, rows) in byPiece(test) where !rows.isEmpty {
      let range = problem.pieces[piece]
      var reached = range.lowerBound
      for row in rows {
        let from = max(reached, row - gap)
        let to = min(range.upperBound - 1, row + gap)
        if from <= to { for k in from...to { excluded[k] = true } }
        reached = max(reached, to + 1)
      }
      let showings = keepsShowings ? [] : problem.pieces.indices.filter { $0 != piece && isShown(piece, alsoIn: $0) }
      for other in Set(showings).union(continuations(of: piece)) {
        for row in rows { for k in self.rows(of: other, within: gap, of: row, in: piece) { excluded[k] = true } }
      }
    }
    return base.filter { !excluded[$0] }
  }

  /// The rows of a piece whose seconds are those of a row of it or of another piece, or within a reach of them; those of
  /// another may lie between its own.
  private func rows(of other: Int, within reach: Int, of row: Int, in piece: Int) -> Range<Int> {
    let range = problem.pieces[other]
    let shift = (problem.starts[piece] - problem.starts[other]) / problem.dt
    let place = Double(row - problem.pieces[piece].lowerBound) + shift
    let slack = other == piece ? 0 : 1e-6
    let from = max(range.lowerBound, range.lowerBound + Int((place - Double(reach) - slack).rounded(.down)))
    let to = min(range.upperBound - 1, range.lowerBound + Int((place + Double(reach) + slack).rounded(.up)))
    return from <= to ? from..<(to + 1) : range.lowerBound..<range.lowerBound
  }

  /// Whether more than half of the rows that a fold tests of a target have a training row of their piece, or of those that
  /// it goes on in, within the target's autocorrelation time, so that it predicts neighbours from each other. A gap in
  /// seconds can let that be, with short test parts; an automatic one is made of that time.
  func trainsOnNeighbours(_ fold: Fold, _ group: KeptRows.Group, target: Int) -> Bool {
    guard problem.settings.gap != .automatic else { return false }
    let reach = decay(target, group, outerTrain(fold.part, gap: baseGap))
    guard fold.gap < reach else { return false }
    var isTrained = [Bool](repeating: false, count: problem.rowCount)
    for row in fold.train where group.valid[row] { isTrained[row] = true }
    var (tested, beside) = (0, 0)
    for (piece, rows) in byPiece(fold.test) {
      let course = [piece] + continuations(of: piece)
      for row in rows where group.valid[row] {
        tested += 1
        let isBeside = course.contains {
          isTrained[self.rows(of: $0, within: reach, of: row, in: piece)].contains(true)
        }
        if isBeside { beside += 1 }
      }
    }
    return 2 * beside > tested
  }

  /// The autocorrelation time of a target on these rows, in rows, at most 30 s and a quarter of the shortest piece, of which
  /// a pause makes no two; rounded up to 1, 2, 3, 4, 6, 8, 12, 16 ..., so that many targets share few sets of training rows.
  private func decay(_ target: Int, _ group: KeptRows.Group, _ rows: [Int]) -> Int {
    let segments = problem.byPiece(rows) { group.valid[rows[$0]] ? problem.targets[rows[$0], target] : .nan }
    let exact = Autocorrelation.decayLag(segments, maxLag: longestDecay)
    var octave = 1
    while octave * 2 <= exact { octave *= 2 }
    let rounded = exact <= octave ? exact : exact <= octave * 3 / 2 && octave > 1 ? octave * 3 / 2 : octave * 2
    return min(longestDecay, rounded)
  }
}

extension FoldScheme {
  /// Whether it trains on other showings of what it tests.
  fileprivate var splitsShowings: Bool { self == .leaveOne(.overlappingRun) }
}
