import ArgumentParser
import Diagnostics
import Warehouse

/// Who says something about time.
package enum ClockSource: String, Sendable, Codable, CaseIterable, ExpressibleByArgument {
  case header, json, option, stamps, events, container, assumed

  /// What `--trust` can name.
  package static let trusted: [ClockSource] = [.header, .json, .option]
  /// What `--trust` calls it: what a file says of itself is its header.
  var trustWord: String { (Self.trusted.contains(self) ? self : .header).rawValue }
}

/// One thing a source says about time: a row of table `clock_ledger`.
package struct ClockStatement: Sendable, Equatable {
  package let source: ClockSource
  /// The file or option that says it.
  package let object: String
  /// What it is about: `repetition time`, `onset of film`.
  package let statement: String
  package let value: Double
  /// `s`, `Hz` or `1`.
  package let unit: String
  /// Who counts instead; nil where it is used.
  package var overruledBy: ClockSource?
  /// What is said against it.
  package var finding: ErrorCode?

  package init(source: ClockSource, object: String, statement: String, value: Double, unit: String) {
    (self.source, self.object, self.statement) = (source, object, statement)
    (self.value, self.unit) = (value, unit)
  }

  /// The same by another source, where it is that of one.
  func renamed(_ source: ClockSource, to name: ClockSource, object: String) -> ClockStatement {
    guard self.source == source else { return self }
    var renamed = ClockStatement(source: name, object: object, statement: statement, value: value, unit: unit)
    (renamed.overruledBy, renamed.finding) = (overruledBy, finding)
    return renamed
  }
}

/// What all sources say about the time of one series: the one place where two of them are weighed.
package struct ClockLedger: Sendable, Equatable {
  package private(set) var statements: [ClockStatement] = []

  package init() {}

  /// What two sources say of one thing.
  package struct Disagreement: Error {
    package let used: ClockStatement
    package let other: ClockStatement
    /// Whether `--trust` or the format's rule decides.
    package let isDecided: Bool

    /// Which of them counts, as a warning.
    package func diagnostic(_ place: String) -> Diagnostic {
      Diagnostic(
        .warning, .clocksDisagree, place, reason: reason,
        remedy: "\(used.source.rawValue) counts; --trust \(other.source.trustWord) decides otherwise")
    }

    /// The same between other sources: see `ClockLedger.rename`.
    package func renamed(_ source: ClockSource, to name: ClockSource, object: String) -> Disagreement {
      Disagreement(
        used: used.renamed(source, to: name, object: object), other: other.renamed(source, to: name, object: object),
        isDecided: isDecided)
    }

    package var reason: String {
      "\(used.object) says \(used.value) \(used.unit), \(other.object) \(other.value) \(other.unit)"
    }
  }

  /// - Parameter other: who counts instead.
  package mutating func state(
    _ statement: String, _ value: Double, _ unit: String, by source: ClockSource, of object: String,
    overruledBy other: ClockSource? = nil, finding: ErrorCode? = nil
  ) {
    var entry = ClockStatement(source: source, object: object, statement: statement, value: value, unit: unit)
    (entry.overruledBy, entry.finding) = (other, finding)
    statements.append(entry)
  }

  package mutating func append(_ other: ClockLedger) { statements += other.statements }

  /// The same statements with another source: what an importer passed on by an option it was not. What that source says
  /// itself already stands once.
  package mutating func rename(_ source: ClockSource, to name: ClockSource, object: String) {
    let own = statements.filter { $0.source == name }
    statements = statements.compactMap { statement in
      let by = statement.overruledBy == source ? name : statement.overruledBy
      let isSaid = own.contains {
        ($0.statement, $0.value, $0.unit) == (statement.statement, statement.value, statement.unit)
      }
      guard statement.source != source || !isSaid else { return nil }
      var renamed = statement.renamed(source, to: name, object: object)
      renamed.overruledBy = by
      return renamed
    }
  }

  /// Which of several statements about one thing counts: that of `trust`, else the first; and whether two differ.
  ///
  /// - Parameter statements: in the order in which they are believed; all are kept, those that differ as overruled.
  package mutating func settle(
    _ said: [ClockStatement], trust: ClockSource?, within tolerance: Double
  ) -> (used: ClockStatement, disagreement: Disagreement?)? {
    guard let used = said.first(where: { $0.source == trust }) ?? said.first else { return nil }
    var disagreement: Disagreement?
    for statement in said {
      var entry = statement
      if abs(statement.value - used.value) > tolerance {
        (entry.overruledBy, entry.finding) = (used.source, .clocksDisagree)
        disagreement =
          disagreement
          ?? Disagreement(
            used: used, other: statement, isDecided: trust != nil && used.source == trust)
      }
      statements.append(entry)
    }
    return (used, disagreement)
  }
}

extension RecordEntry {
  /// Rows of table `clock_ledger`.
  package func enter(_ ledger: ClockLedger, series: String, stimulus: String?, subject: String?) throws {
    for said in ledger.statements {
      try connection.insert(
        ClockLedgerRow(
          activityID: activity, dataset: common.dataset, stimulus: stimulus, subject: subject, series: series,
          source: said.source.rawValue, object: said.object, statement: said.statement, value: said.value,
          unit: said.unit, verdict: said.overruledBy == nil ? "used" : "overruled",
          overruledBy: said.overruledBy?.rawValue, finding: said.finding?.id))
    }
  }
}
