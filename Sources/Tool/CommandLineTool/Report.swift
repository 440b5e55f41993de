import Queries

/// The texts of `queries/reports`.
enum Report {
  static func text(_ name: String) -> String {
    guard let report = Queries.reports.first(where: { $0.name == name }) else {
      preconditionFailure("no report \(name)")
    }
    return report.sql
  }
}
