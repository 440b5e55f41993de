import EncodingModels
import Vocabulary

/// Ten scenarios that nothing was tuned for: other lengths, noise, numbers of stimuli and subjects, chosen before any of
/// their results was seen.
enum FurtherGates {
  private static func course(
    _ course: CourseSimulation.Course, _ count: Int, _ seconds: Int, features: Int, featureMemory: Double = 0.9,
    targetMemory: Double = 0.9, isWindowed: Bool = false, weight: Double = 0, lag: Int = 2
  ) -> CourseSimulation {
    CourseSimulation(
      course, stimulusCount: count, seconds: seconds, featureCount: features, featureMemory: featureMemory,
      targetMemory: targetMemory, isWindowed: isWindowed, weight: weight, lagSeconds: lag)
  }

  static var gates: [Gate] {
    let layers = [Double](repeating: 0.8, count: ContrastGate.layers)
    var drifting = SynchronyScenario(subjects: 10, samples: 400, memory: 0.7)
    (drifting.drift, drifting.amplitude) = (.cubic, 3)
    let courses: [(CourseSimulation, CourseGate.Wanted, Int)] = [
      (course(.rise, 5, 200, features: 9, featureMemory: 0.95, targetMemory: 0.8), .level, 1000),
      (course(.walk, 8, 90, features: 6, targetMemory: 0.6), .level, 1000),
      (course(.sigmoid, 7, 140, features: 4, targetMemory: 0.5), .course, 1000),
      (course(.none, 1, 1500, features: 20, featureMemory: 0.97, targetMemory: 0.95), .level, 1000),
      (course(.drift, 2, 400, features: 4, isWindowed: true), .level, 1000),
      (course(.none, 3, 220, features: 8, targetMemory: 0.7, weight: 0.4, lag: 4), .power, 480),
    ]
    return courses.map { CourseGate($0.0, $0.1, tests: $0.2, table: .further).gate } + [
      ContrastGate(
        kind: "equal layers", films: Films(count: 4, rows: 180), trueR: 0.45, amplitudes: layers, noise: 0.7,
        delayColumns: nil
      ).gate(mean: ContrastGate.level(0.065), max: ContrastGate.level(0.08), truth: 0, runs: 500, in: .further),
      IntervalGate(films: Films(count: 8, rows: 200), trueR: 0.45, noise: 0.6, delayColumns: nil, isHeavy: true)
        .gate(in: .further, tests: 1000),
      SubjectIntervalGate(
        scenario: SynchronyScenario(subjects: 20, samples: 150, regions: 8, memory: 0.8, rho: 0.15)
      ).gate(in: .further),
      SynchronyNullGate(scenario: drifting, bound: .rejectedAtMost(0.07)).gate(in: .further, tests: 1000),
    ]
  }
}
