import Diagnostics
import EncodingModels
import Recordings
import Statistics
import Vocabulary
import Warehouse
import Work

/// One cohort's model of a target, tested on another cohort.
struct CohortTransferStep: WorkStep {
  struct Parameters: Codable, Sendable {
    let train: FitParameters
    let test: FitParameters
    /// Keys of the units that fit either cohort by itself.
    let trainUnit: String
    let testUnit: String
    /// What those units are.
    let kind: FitKind
    /// Of the check whether the tested stimuli share a course; 0: it is not looked for.
    let draws: Int
    let stimuli: CohortStimuli
    /// Behind both targets.
    let people: PeopleInCommon
  }

  let name = "cohort_transfer"
  let version = 6
  let summary = "a model trained on one cohort and tested on another: reduction, scaling and lambda of the first"
  let tables: [any ResultRow.Type] = [TransferRow.self]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let train = try DataAssembly(task.side("train"), parameters.train, covariates: []).assemble()
    let test = try DataAssembly(
      task.side("test"), parameters.test, covariates: [], columns: train.featureLabels
    ).assemble()
    progress(0.3)
    let labels = train.target.labels.filter(test.target.labels.contains)
    guard !labels.isEmpty else {
      throw EvokeError(
        .noCommonData, task.label, reason: "the cohorts' recordings have no region in common",
        remedy: "name the common ones with `filters: {regions: [...]}`")
    }
    let transfer = try CohortTransfer(
      training: train.selecting(labels, parameters.stimuli, of: parameters.train.keys.dataset),
      testing: test.selecting(labels, parameters.stimuli, of: parameters.test.keys.dataset),
      settings: parameters.train.encoding, draws: parameters.draws, seed: parameters.train.seed)
    let rows = labels.indices.compactMap { place -> TransferRow? in
      guard let own = train.target.labels.firstIndex(of: labels[place]),
        let tested = test.target.labels.firstIndex(of: labels[place])
      else { return nil }
      let missing = train.target.missing.flags(of: own).union(test.target.missing.flags(of: tested))
      return Self.row(
        parameters, transfer.scores[place], flags: transfer.flags[place].union(missing).union(parameters.people.flags),
        train: own, test: tested)
    }
    return [ResultRows(rows)].filter { !$0.rows.isEmpty }
  }

  private static func row(
    _ parameters: Parameters, _ scores: FoldwiseScores, flags: Set<EncodingFlag>, train: Int, test: Int
  ) -> TransferRow {
    let values = FoldwiseValues(meanOf: [scores])
    let (score, p) = (values.score, values.t.p())
    let isValid = !p.isNaN && Reportable.isValid(score.value, flags, stimulusCount: values.stimuliCounted)
    let few = "\(values.foldsCounted) folds count, and a p needs \(CorrectedT.minimum)"
    func key(_ unit: String, _ column: Int) -> String {
      FitRows.key(unit, mode: parameters.kind.main, column: column)
    }
    return TransferRow(
      fitKey: key(parameters.trainUnit, train),
      testFitKey: key(parameters.testUnit, test), r: score.value, low: score.low,
      high: score.high, intervalKind: score.kind.rawValue, tail: "greater", p: p,
      generalisesTo: score.generalisesTo?.rawValue, reason: p.isNaN ? few : nil, foldsCounted: values.foldsCounted,
      foldsTotal: scores.folds.count, stimuliCounted: values.stimuliCounted,
      flags: Reportable.spelled(flags), valid: isValid ? 1 : 0)
  }
}

extension UnitTask {
  /// The task of one side, as its own fit would have it.
  fileprivate func side(_ name: String) -> UnitTask {
    UnitTask(
      key: key, step: step, version: version, parameters: parameters, label: label,
      arrays: arrays.filter { $0.role.hasPrefix("\(name)/") }.map {
        TaskArray(
          role: String($0.role.dropFirst(name.count + 1)), reference: $0.reference, description: $0.description,
          unitKey: $0.unitKey)
      }, sources: [])
  }
}

extension AssembledData {
  /// The targets of these labels, in their order, with the material that stimuli of other datasets may share.
  fileprivate func selecting(_ labels: [String], _ stimuli: CohortStimuli, of dataset: String) -> EncodingData {
    var chosen = data.selecting(targets: labels.compactMap { target.labels.firstIndex(of: $0) })
    for piece in chosen.pieces.indices {
      chosen.pieces[piece].material = Set(chosen.pieces[piece].material.map { stimuli.identity($0, of: dataset) })
      chosen.pieces[piece].stimulus = stimuli.identity(chosen.pieces[piece].stimulus, of: dataset)
    }
    return chosen
  }
}

/// Plans the units that train on each cohort of a study and test on every other.
package struct CohortTransferPlanner {
  private let fits: [PlannedFit]
  private let stimuli: CohortStimuli

  /// - Parameter fits: of the study, in its order; those of single persons and of several sets together are left out.
  package init(_ fits: [PlannedFit], _ stimuli: CohortStimuli) {
    self.fits = fits.filter { $0.keys.person == nil && !$0.kind.isJoint }
    self.stimuli = stimuli
  }

  package var units: [WorkUnit] {
    fits.flatMap { train in
      fits.filter { test in
        test.keys.ofAnyCohort == train.keys.ofAnyCohort
          && [test.keys.dataset, test.keys.cohort] != [train.keys.dataset, train.keys.cohort]
      }.map { unit(train, $0) }
    }
  }

  private func unit(_ train: PlannedFit, _ test: PlannedFit) -> WorkUnit {
    let own = [train, test].map { WorkUnit.Input.unit(role: "fit", key: $0.unit.key) }
    return CohortTransferStep().unit(
      CohortTransferStep.Parameters(
        train: train.design.fit.bare, test: test.design.fit.bare, trainUnit: train.unit.key, testUnit: test.unit.key,
        kind: train.kind, draws: ScoreCheck.draws(train.design.draws), stimuli: stimuli,
        people: PeopleInCommon(train.people, of: train.keys.dataset, test.people, of: test.keys.dataset)),
      inputs: train.bareInputs.map { $0.renamed("train") } + test.bareInputs.map { $0.renamed("test") } + own,
      label: "\(train.keys.described(as: train.keys.featureSet)), tested on \(test.keys.cohort)")
  }
}

extension PlannedFit {
  /// What a fit of the features alone reads: neither covariates nor how loud elements are.
  fileprivate var bareInputs: [WorkUnit.Input] {
    let features = design.fit.features.indices.map { FitRole.feature($0) }
    let roles = Set(([.target, .peers] + features).map(\.name))
    return unit.inputs.filter { roles.contains($0.role) }
  }
}

extension FitParameters {
  /// Without what only says what is stored.
  fileprivate var bare: FitParameters {
    var copy = self
    (copy.store, copy.lagsS) = ([], [])
    return copy
  }
}

extension WorkUnit.Input {
  /// The same under the name of a side.
  fileprivate func renamed(_ side: String) -> WorkUnit.Input {
    switch self {
    case .array(let role, let reference): return .array(role: "\(side)/\(role)", reference)
    case .unit(let role, let key, let array): return .unit(role: "\(side)/\(role)", key: key, array: array)
    case .source(let role, let name, let sha256): return .source(role: "\(side)/\(role)", name: name, sha256: sha256)
    }
  }
}
