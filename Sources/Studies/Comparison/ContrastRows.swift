import Encoding
import EncodingModels
import Statistics
import Vocabulary
import Warehouse

/// Rows of `contrast`: one for each target cell, and of subjects of the same stimuli two more: over folds or stimuli, and
/// over subjects.
struct ContrastRows {
  private let cells: [CellContrast]

  init(_ cells: [CellContrast]) { self.cells = cells }

  var rows: [ContrastRow] { findings.map(\.row) }

  /// The rows with what each is made of; with Benjamini and Hochberg's q over the cells of each contrast and test.
  var findings: [(cells: [CellContrast], interval: ScoreInterval, row: ContrastRow)] {
    let found = cells.map(Finding.init(cell:)) + groups.flatMap(Finding.of(group:))
    var q = [Double](repeating: .nan, count: found.count)
    for (_, places) in Dictionary(grouping: found.indices, by: { found[$0].family }) {
      let corrected = MultipleTesting.benjaminiHochberg(places.map { found[$0].p })
      for (place, value) in zip(places, corrected) { q[place] = value }
    }
    return zip(found, q).map { ($0.cells, $0.interval, $0.row(q: $1)) }
  }

  /// Contrasts of subjects that differ in nothing but the subject, two or more; one of each. A subject without a score on
  /// either side is none of them, as in every row over subjects.
  private var groups: [[CellContrast]] {
    let groups = Dictionary(
      grouping: cells.filter { $0.first.keys.subject != nil && $0.isScored }
    ) { contrast in
      let keys = contrast.first.keys
      return [
        contrast.name, keys.dataset, keys.cohort, keys.featureSet, keys.element.rawValue, keys.targetKind.rawValue,
        keys.target, keys.targetParameters, contrast.first.name,
      ]
    }
    return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value).filter { $0.count >= 2 }
  }
}

/// What is said of one difference.
private struct Finding {
  private enum Test: String {
    case correctedT = "corrected_t"
    case t
  }

  let cells: [CellContrast]
  let fitKey: String
  let name: String
  /// nil: the difference of one target.
  let subjectCount: Int?
  let a: Double
  let b: Double
  let interval: ScoreInterval
  private let test: Test
  /// What varies.
  private let unit: InferenceUnit
  let p: Double
  private let foldsCounted: Int
  let foldsTotal: Int
  let stimuliCounted: Int
  let flags: Set<EncodingFlag>
  /// Whether every fit of both sides may be reported.
  let isMadeOfValid: Bool

  init(cell: CellContrast) {
    let contrast = cell.contrast
    self.init(
      [cell], subjectCount: nil, a: contrast.a, b: contrast.b, interval: contrast.interval, test: .correctedT,
      over: contrast.inferenceUnit, p: contrast.t.p(twoSided: true), foldsCounted: contrast.t.count,
      foldsTotal: contrast.foldsTotal,
      stimuliCounted: contrast.stimuliCounted)
  }

  static func of(group cells: [CellContrast]) -> [Finding] {
    let group = GroupContrast(cells.map(\.contrast))
    let subjects = group.overSubjects
    let values = cells.map(\.contrast.t.mean)
    func finding(_ test: Test, _ interval: ScoreInterval, p: Double, folds: Int, stimuli: Int) -> Finding {
      Finding(
        cells, subjectCount: cells.count, a: group.a, b: group.b, interval: interval, test: test,
        over: test == .t ? .subject : group.inferenceUnit, p: p,
        foldsCounted: folds, foldsTotal: group.foldsTotal, stimuliCounted: stimuli)
    }
    return [
      finding(
        .correctedT, group.interval, p: group.t.p(twoSided: true), folds: group.t.count, stimuli: group.stimuliCounted),
      // A subject's mean is over folds of its own, whether or not others have them.
      finding(
        .t,
        ScoreInterval(
          value: Moments.mean(values.filter { !$0.isNaN }), range: Intervals.student(values, minimum: 2),
          kind: .subjectT, unitCount: subjects.count, generalisesTo: .subjects), p: subjects.p,
        folds: cells.map(\.contrast.t.count).reduce(.max, min),
        stimuli: cells.map(\.contrast.stimuliCounted).reduce(.max, min)),
    ]
  }

  private init(
    _ cells: [CellContrast], subjectCount: Int?, a: Double, b: Double, interval: ScoreInterval, test: Test,
    over unit: InferenceUnit, p: Double, foldsCounted: Int, foldsTotal: Int, stimuliCounted: Int
  ) {
    self.cells = cells
    fitKey = cells[0].first.fitKey
    name = cells[0].name
    (self.subjectCount, self.a, self.b, self.interval) = (subjectCount, a, b, interval)
    (self.test, self.unit, self.p) = (test, unit, p)
    (self.foldsCounted, self.foldsTotal, self.stimuliCounted) = (foldsCounted, foldsTotal, stimuliCounted)
    let said = Self.said(of: cells)
    flags = foldsCounted < CorrectedT.minimum ? said.flags.union([.fewFolds]) : said.flags
    isMadeOfValid = said.isValid
  }

  /// What the fits of both sides say: of one target all of it, of several subjects what `SubjectFlags` makes of it.
  private static func said(of contrasts: [CellContrast]) -> (flags: Set<EncodingFlag>, isValid: Bool) {
    let cells = contrasts.flatMap(\.cells)
    guard contrasts.count > 1 else {
      return (cells.reduce(into: []) { $0.formUnion($1.flags) }, cells.allSatisfy(\.isValid))
    }
    let models = Dictionary(grouping: cells) {
      [$0.keys.featureSet, FitKeys.spelled($0.keys.layerKey), $0.keys.element.rawValue]
    }
    let said = SubjectFlags(models.values.map { $0.map(\.said) })
    return (said.flags, said.isValid)
  }

  /// The cells whose p are corrected together: of one kind of target.
  var family: String {
    "contrast \(name) of \(cells[0].first.keys.targetKind.rawValue) targets"
      + (subjectCount == nil ? "" : " over subjects, \(test.rawValue)")
  }

  private var reason: String? {
    guard p.isNaN else { return nil }
    if test == .t { return "\(interval.unitCount) subjects have a difference, or they do not differ in it" }
    if !cells.allSatisfy(\.isScored) { return "a fit has no score: its target was not recorded, or does not vary" }
    guard foldsCounted == 0 else {
      let counted = unit == .stimulus ? "left-out stimuli" : "folds"
      return "\(foldsCounted) \(counted) count in every fit, and a difference needs \(CorrectedT.minimum)"
    }
    return subjectCount == nil
      ? "no fold counts in every fit: give outer: {folds: N} so that all are cut alike"
      : GroupSample.noCommonFold
  }

  func row(q: Double) -> ContrastRow {
    ContrastRow(
      fitKey: fitKey, name: name, subjectCount: subjectCount, rA: a, rB: b, difference: interval.value,
      low: interval.low, high: interval.high, intervalKind: interval.kind.rawValue, tail: "two-sided",
      unit: unit.rawValue,
      unitCount: interval.unitCount, test: test.rawValue, nullKind: nil, nullDraws: nil, nullMean: nil, nullP95: nil,
      p: p, pFloor: nil, qBh: q, pMax: nil, family: family, generalisesTo: interval.generalisesTo?.rawValue,
      reason: reason, foldsCounted: foldsCounted, foldsTotal: foldsTotal, stimuliCounted: stimuliCounted,
      flags: Reportable.spelled(flags), valid: isMadeOfValid && !p.isNaN ? 1 : 0)
  }
}
