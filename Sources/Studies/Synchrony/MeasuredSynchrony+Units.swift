import ContentIdentity
import Recordings
import Work

extension MeasuredSynchrony {
  /// What units of a plan measure, in their order. Components are no regions, and are left out.
  package static func all(in units: [WorkUnit]) throws -> [MeasuredSynchrony] {
    let step = SynchronyStep()
    var found: [MeasuredSynchrony] = []
    for unit in units where unit.step == step.name && unit.notApplicable == nil {
      let parameters = try step.parameters(from: unit.parameters, of: unit.label)
      let (cohort, settings) = (parameters.cohort, parameters.settings)
      func measured(_ units: [String]) -> MeasuredSynchrony {
        MeasuredSynchrony(
          dataset: cohort.dataset, cohort: cohort.cohort, signal: settings.choice.signal.rawValue,
          target: settings.asInStudy, keepsDrift: settings.keepsDrift, units: units)
      }
      // Stimuli of one target and cohort differ in nothing else.
      if let place = found.firstIndex(where: { $0 == measured($0.units) }) {
        found[place] = measured(found[place].units + [unit.key])
      } else {
        found.append(measured([unit.key]))
      }
    }
    return found
  }
}
