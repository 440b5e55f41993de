import ContentIdentity
import Work

/// Plans of toy units.
public enum ToyPlans {
  public static func series(
    _ label: String, _ behaviour: ToyBehaviour = ToyBehaviour(), inputs: [WorkUnit.Input] = []
  ) -> WorkUnit {
    Series().unit(Series.Parameters(label: label, behaviour: behaviour), inputs: inputs, label: label)
  }

  public static func sum(_ label: String, of units: [WorkUnit]) -> WorkUnit {
    Sum().unit(Sum.Parameters(), inputs: units.map { .unit(role: "part", key: $0.key) }, label: label)
  }

  public static func plan(_ units: [WorkUnit], study: String = "toy", draws: Int = 1) -> Plan {
    Plan(
      studyName: study, kind: "toy", definition: ["study": .string(study), "draws": .int(draws)], seed: 7, units: units,
      notes: [])
  }

  /// Twelve series of different length and speed, their sum, and one unit that does not apply.
  public static func broad() -> Plan {
    let parts = (0..<12).map { i in
      series("part \(i)", ToyBehaviour(count: 3 + i % 4, value: Double(i), sleepS: i % 3 == 0 ? 0.05 : nil))
    }
    let absent = WorkUnit(
      step: "toy_series", version: 1, parameters: [:], inputs: [], label: "absent", notApplicable: "no such target")
    return plan(parts + [absent, sum("total", of: parts)])
  }

  /// Many small independent series.
  public static func wide(_ count: Int) -> Plan { plan((0..<count).map { series("wide \($0)") }) }

  /// Twelve series of 0.3 s each.
  public static func slow() -> Plan { plan((0..<12).map { series("slow \($0)", ToyBehaviour(sleepS: 0.3)) }) }
}
