import Statistics
import Vocabulary
import Warehouse

/// What sets explain alone, and what ratings follow at which lag.
extension SimulateFindings {
  /// Of the set that drives a target more than nothing, with p below .05; of every set on a target driven by nothing, and
  /// of those fitted together with the driver, nothing.
  static func ofUnique(_ planted: SimulationTruth.Target, _ rows: [Rows.GradeUnique]) -> [Finding] {
    let own = rows.filter {
      planted.isTarget(kind: $0.targetKind, $0.target, $0.region, cohort: $0.cohort)
        && (planted.driver.isEmpty || $0.element == planted.element.rawValue)
    }
    let hasDriver = own.contains { $0.label == planted.driver }
    guard hasDriver || planted.driver.isEmpty else {
      return [.absent("unique", planted, of: planted.cohort, planted: planted.driver, found: "no row of it")]
    }
    return own.filter { $0.label == planted.driver || planted.driver.isEmpty || $0.isJoint == 1 }.map { row in
      let isDriver = row.label == planted.driver
      let isFound = (row.uniqueR2.map { $0 > 0 } ?? false) && Significance.isReached(by: row.p)
      return Finding(
        finding: "unique", kind: planted.kind.rawValue, target: planted.region ?? planted.target,
        cohort: planted.cohort, planted: isDriver ? row.label : "nothing of \(row.label)",
        found: isFound ? row.label : "nothing of \(row.label)", value: row.uniqueR2,
        isRight: row.p == nil ? nil : isFound == isDriver, isValid: row.valid == 1, flags: row.flags)
    }
  }

  /// The feature whose curves reach highest, over their chance where that was drawn; the median lag of the driver's.
  static func ofCurves(_ planted: SimulationTruth.Target, _ rows: [Rows.GradeCurves]) -> [Finding] {
    guard planted.kind == .annotation else { return [] }
    let ofTarget = rows.filter {
      planted.isTarget(kind: planted.kind.rawValue, $0.rating, nil, cohort: $0.cohort)
        && (planted.driver.isEmpty || $0.element == planted.element.rawValue)
    }
    let reportable = ofTarget.filter { $0.valid == 1 }
    let read = reportable.isEmpty ? ofTarget : reportable
    let isNull = planted.driver.isEmpty
    let features = Dictionary(grouping: read, by: \.label)
    guard let best = features.max(by: { ($0.value.height, $1.key) < ($1.value.height, $0.key) }) else {
      return [
        .absent("driver", planted, of: planted.cohort, planted: isNull ? "nothing" : planted.driver, found: "no curve")
      ]
    }
    let flags = Set(read.flatMap { $0.flags.split(separator: " ") }).sorted().joined(separator: " ")
    func finding(_ name: String, planted said: String, found: String, value: Double?, isRight: Bool?) -> Finding {
      Finding(
        finding: name, kind: planted.kind.rawValue, target: planted.target, cohort: planted.cohort, planted: said,
        found: found, value: value, isRight: isRight, isValid: !reportable.isEmpty, flags: flags)
    }
    guard !isNull else {
      // The smallest of so many p.
      let least = read.compactMap(\.p).min().map { $0 * Double(read.count) }
      let isNothing = Significance.isMissed(by: least)
      return [
        finding(
          "driver", planted: "nothing", found: isNothing ? "nothing" : best.key, value: nil,
          isRight: least == nil ? nil : isNothing)
      ]
    }
    let lags = read.filter { $0.label == planted.driver }.compactMap(\.lagAtMaxS)
    let lag = lags.isEmpty ? nil : Moments.quantile(lags, 0.5)
    return [
      finding(
        "driver", planted: planted.driver, found: best.key, value: nil, isRight: best.key == planted.driver),
      finding(
        "lag", planted: "\(planted.lagS) s", found: lag.map { "\($0) s" } ?? "no curve of \(planted.driver)",
        value: lag.map { $0 - planted.lagS }, isRight: lag.map { abs($0 - planted.lagS) <= 1 }),
    ]
  }
}

extension Rows.GradeUnique {
  fileprivate var label: String { SimulateGrade.label(featureSet, layerKey) }
}

extension Rows.GradeCurves {
  fileprivate var label: String { SimulateGrade.label(featureSet, layerKey) }
}

extension [Rows.GradeCurves] {
  /// Mean over curves of the largest Fisher z over lags, standardised where all of them have draws.
  fileprivate var height: Double {
    let standardised = compactMap(\.zStandardised)
    return Moments.mean(standardised.count == count ? standardised : compactMap(\.z))
  }
}
