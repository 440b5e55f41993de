import ContentIdentity
import Diagnostics
import EncodingModels
import LinearAlgebra
import Recordings
import Showings
import Warehouse
import Work

/// Says what the fits of a plan rest on before anything is computed: rows, folds, effective n and columns
/// from the series that are there; units of the plan that are not computed yet are stood for by series of the same rows.
package struct DesignSurvey {
  private let warehouse: Warehouse
  private let steps: [any WorkStep]
  private let units: [String: WorkUnit]
  /// Fits that differ in nothing but the layer, in the order of the plan.
  private let spaces: [[EncodingUnit]]

  /// Columns that a stand-in has at most: more change nothing but the time it takes.
  private static let widest = 1024

  package init(_ plan: Plan, steps: [any WorkStep], in warehouse: Warehouse) throws {
    self.warehouse = warehouse
    self.steps = steps
    units = Dictionary(plan.units.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    var order: [EncodingUnit.Space] = []
    var members: [EncodingUnit.Space: [EncodingUnit]] = [:]
    for fit in try plan.units.compactMap({ try EncodingUnit($0) }) {
      if members[fit.space] == nil { order.append(fit.space) }
      members[fit.space, default: []].append(fit)
    }
    spaces = order.compactMap { members[$0] }
  }

  /// How many designs there are.
  package var count: Int { spaces.count }

  /// The keys of the units that fit.
  package var fitKeys: [String] { spaces.joined().map(\.unit.key) }

  /// One design, by its place in the plan.
  ///
  /// - Throws: what is no finding about the data, `E-WH-...` for an array that cannot be read, say.
  package func design(_ place: Int) throws -> PlannedDesign { try assembled(place).design }

  /// A design with the data it was told from; nil where these could not be put together.
  func assembled(_ place: Int) throws -> (design: PlannedDesign, data: DesignData?) {
    let members = spaces[place]
    let first = members[0]
    let task = try TaskFreezer(warehouse).task(for: first.unit)
    var pending: Set<PlannedDesign.PendingPart> = []
    func design(_ layout: DesignLayout?, _ outcome: Result<[DesignForecast], EvokeError>) -> PlannedDesign {
      PlannedDesign(
        keys: first.fit.keys, layers: members.compactMap(\.fit.keys.layerKey), units: members.count, pending: pending,
        layout: layout, outcome: outcome)
    }
    do {
      let (standIns, widths) = try self.standIns(first, task)
      for role in standIns.series.keys { pending.insert(role == .target ? .target : .features) }
      let assembly = try DataAssembly(task, first.fit, covariates: first.covariates, standIns: standIns)
      let data = DesignData(try assembly.laidOut(), first.fit, known: widths)
      do {
        return (design(data.layout, .success(try data.forecast())), data)
      } catch let error as EvokeError { return (design(data.layout, .failure(error)), data) }
    } catch let error as EvokeError { return (design(nil, .failure(error)), nil) }
  }
}

// MARK: What is not made yet

extension DesignSurvey {
  /// Series in place of inputs whose units are not computed, and how wide every feature is.
  private func standIns(_ fit: EncodingUnit, _ task: UnitTask) throws -> (StandIns, widths: [KnownWidth]) {
    let made = Set(task.arrays.compactMap(\.unitKey))
    var standIns = StandIns()
    let keys = fit.fit.keys
    var widths: [KnownWidth] = []
    for (role, feature) in fit.features {
      let open = try makers(of: role, fit.unit).filter { !made.contains($0.key) }.flatMap(series)
      let isMade = !task.arrays(role).isEmpty
      let width =
        try open.compactMap(\.columns).first
        ?? columns(of: feature, made: role == .feature(0) ? keys.model : nil)
      if !open.isEmpty {
        standIns.series[role] = try series(open, dataset: keys.dataset) { _, series, times in
          StandIns.zeros(times, stepS: series.stepS, columns: min(Self.widest, width ?? 1))
        }
      }
      widths.append(isMade || open.isEmpty ? .ofArrays : .told(feature.transform.columns(ofEmbedding: width)))
    }
    // One open unit leaves the whole target open: stand-ins of all its stimuli are alike.
    let target = makers(of: .target, fit.unit)
    if target.contains(where: { !made.contains($0.key) }) {
      standIns.series[.target] = try self.target(fit, task, target.flatMap(series))
    }
    return (standIns, widths)
  }

  /// The units of the plan that make the inputs of a role.
  private func makers(of role: FitRole, _ unit: WorkUnit) -> [WorkUnit] {
    unit.inputs.filter { $0.role == role.name }.compactMap { input in
      if case .unit(_, let key, _) = input { units[key] } else { nil }
    }
  }

  private func step(of unit: WorkUnit) -> any WorkStep {
    guard let step = steps.first(where: { $0.name == unit.step }) else { preconditionFailure("no step \(unit.step)") }
    return step
  }

  /// What a unit of the plan will make.
  private func series(_ unit: WorkUnit) throws -> [PlannedSeries] { try series(unit, by: step(of: unit)) }

  private func series<S: WorkStep>(_ unit: WorkUnit, by step: S) throws -> [PlannedSeries] {
    step.series(try StrictCoder.decode(S.Parameters.self, from: unit.parameters))
  }

  /// The columns of a layer of a model; nil for other features. `made`: the model that made them where it has another
  /// name, as a twin with permuted weights has.
  private func columns(of feature: FitFeature, made model: String?) throws -> Int? {
    guard case .layer(let key) = feature.source else { return nil }
    return try warehouse.read { try $0.modelLayers(name: model ?? feature.name) }.first { $0.layerKey == key }?
      .dimension
  }

  private func series(
    _ planned: [PlannedSeries], dataset: String, make: (String, PlannedSeries, [Double]) -> ClockSeries
  ) throws -> [PieceKey: ClockSeries] {
    let lengths = try lengths(dataset)
    var result: [PieceKey: ClockSeries] = [:]
    for one in planned {
      guard let length = lengths[one.stimulus] ?? one.toS else { continue }
      let times = one.times(lengthS: length)
      if !times.isEmpty { result[PieceKey(stimulus: one.stimulus, run: nil)] = make(one.stimulus, one, times) }
    }
    return result
  }

  private func lengths(_ dataset: String) throws -> [String: Double] {
    let rows = try warehouse.read { try $0.knownStimuli(dataset: dataset) }
    return Dictionary(rows.compactMap { row in row.durationS.map { (row.name, $0) } }, uniquingKeysWith: max)
  }

  /// The clocks of recordings, by the names of their arrays: of those that are there, and of those that units will make.
  private func clocks(_ makers: [WorkUnit], _ task: UnitTask) throws -> [String: SampleClock] {
    var clocks: [String: SampleClock] = [:]
    for array in task.arrays(.target) { clocks[array.reference.name] = try clock(array.reference) }
    for unit in makers {
      if let (name, clock) = try recording(unit), clocks[name] == nil { clocks[name] = clock }
    }
    return clocks
  }

  /// The recording that a unit will make: by its parameters and the clock of the one it reads. nil for units of other steps.
  private func recording(_ unit: WorkUnit) throws -> (name: String, clock: SampleClock)? {
    guard let step = step(of: unit) as? any RecordingStep,
      let given = unit.inputs.first(where: { $0.role == "recording" })
    else { return nil }
    let own: SampleClock? =
      switch given {
      case .array(_, let reference): try clock(reference)
      case .unit(_, let key, _): try units[key].flatMap { try recording($0)?.clock }
      case .source: nil
      }
    let planned = try step.recording(unit)
    return own.map { (planned.arrayName, planned.clock(of: $0)) }
  }

  /// - Throws: `E-REC-024` for a recording that is sampled unevenly.
  private func clock(_ reference: ArrayReference) throws -> SampleClock? {
    guard let times = try ArrayRows(reference).axes.first?.numbers else { return nil }
    return try SampleClock(stamps: times, of: reference.name)
  }

  /// A target that is not made yet: what its units tell of it, or the seconds that were shown.
  private func target(
    _ fit: EncodingUnit, _ task: UnitTask, _ planned: [PlannedSeries]
  ) throws -> [PieceKey: ClockSeries] {
    let dataset = fit.fit.keys.dataset
    guard case .response(_, let placements, let separatesRuns) = fit.fit.target.source else {
      return try series(planned, dataset: dataset) { stimulus, series, times in
        StandIns.noise(times, stepS: series.stepS, of: stimulus)
      }
    }
    let cut = PieceCut(
      ofFeatures: task.pieces(of: fit.features.map(\.role)), fit.fit.encoding, separatesRuns: separatesRuns)
    let clocks = try clocks(makers(of: .target, fit.unit), task)
    return StandIns.response(placements, clocks, cut)
  }
}
