import Encoding
import Vocabulary
import Warehouse
import Work

/// Voice, soundtrack and original of the same features on the same target, fold by fold.
struct ElementAblationStep: WorkStep {
  struct Parameters: Codable, Sendable {
    /// Fits that differ in the element of the sound alone.
    struct Ablation: Codable, Sendable {
      /// nil: the study does not fit the original.
      let original: ComparisonStep.Parameters.Member?
      let voice: ComparisonStep.Parameters.Member
      let soundtrack: ComparisonStep.Parameters.Member
      /// Whether the fits know when voice and soundtrack sound.
      let hasLevels: Bool
    }

    let ablations: [Ablation]
  }

  let name = "element_ablation"
  let version = 4
  let summary = "voice less soundtrack of the same features and target, fold by fold"
  let tables: [any ResultRow.Type] = [ElementContrastRow.self, CheckRow.self]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let ablations = try parameters.ablations.map { try ElementAblation($0, in: task) }
    progress(0.8)
    let rows = ElementRows(ablations)
    return [ResultRows(rows.contrasts), ResultRows(rows.checks)].filter { !$0.rows.isEmpty }
  }
}

/// Plans the unit that compares the elements of a study.
package struct ElementAblationPlanner {
  private let ablations: [ElementAblationStep.Parameters.Ablation]
  private let name: String

  /// - Parameters:
  ///   - fits: of the study `name`, in its order.
  package init(_ fits: [PlannedFit], of name: String) {
    self.name = name
    var order: [FitKeys] = []
    var groups: [FitKeys: [Element: PlannedFit]] = [:]
    for fit in fits {
      let keys = fit.keys.with(element: .original)
      if groups[keys] == nil { order.append(keys) }
      groups[keys, default: [:]][fit.keys.element] = fit
    }
    ablations = order.compactMap { keys in
      guard let fits = groups[keys], let voice = fits[.voice], let soundtrack = fits[.soundtrack] else { return nil }
      return ElementAblationStep.Parameters.Ablation(
        original: fits[.original].map(Self.member), voice: Self.member(voice), soundtrack: Self.member(soundtrack),
        hasLevels: voice.hasLevels && soundtrack.hasLevels)
    }
  }

  private static func member(_ fit: PlannedFit) -> ComparisonStep.Parameters.Member {
    ComparisonStep.Parameters.Member(unit: fit.unit.key, keys: fit.keys, kind: fit.kind, twins: [])
  }

  /// nil where nothing is fitted to both voice and soundtrack.
  package var unit: WorkUnit? {
    guard !ablations.isEmpty else { return nil }
    let members = ablations.flatMap { [$0.original, $0.voice, $0.soundtrack].compactMap(\.self) }
    return ElementAblationStep().unit(
      ElementAblationStep.Parameters(ablations: ablations),
      inputs: members.map { .unit(role: "fit", key: $0.unit) }, label: "voice against soundtrack of \(name)")
  }
}
