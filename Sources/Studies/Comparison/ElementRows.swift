import ContentIdentity
import Encoding
import EncodingModels
import Statistics
import Vocabulary
import Warehouse
import Work

/// The fits of one feature space to one target that differ in the element of the sound.
struct ElementAblation {
  /// A fit and, where it knows when the elements sound, r of its folds over the rows in which both do.
  struct Side {
    let member: ComparisonMember
    let active: [FoldwiseScores]?

    init(_ member: ComparisonStep.Parameters.Member, hasLevels: Bool, in task: UnitTask) throws {
      self.member = try ComparisonMember(member, hasDraws: false, in: task)
      active = hasLevels ? try FitArrays(member.unit, task).activeFolds(of: member.kind.main).folds : nil
    }
  }

  let original: Side?
  let voice: Side
  let soundtrack: Side
  let shares: ElementShares?

  /// - Throws: `E-EXE-007` where one of the fits' arrays is missing.
  init(_ parameters: ElementAblationStep.Parameters.Ablation, in task: UnitTask) throws {
    original = try parameters.original.map { try Side($0, hasLevels: false, in: task) }
    voice = try Side(parameters.voice, hasLevels: parameters.hasLevels, in: task)
    soundtrack = try Side(parameters.soundtrack, hasLevels: parameters.hasLevels, in: task)
    shares =
      parameters.hasLevels
      ? try FitArrays(parameters.voice.unit, task).activeFolds(of: parameters.voice.kind.main).shares : nil
  }

  /// A cell for each column of the target that both elements have.
  var cells: [ElementCell] {
    voice.member.mainCells.compactMap { cell in
      guard let other = soundtrack.member.mainCells.first(where: { $0.name == cell.name }) else { return nil }
      return ElementCell(
        voice: cell, soundtrack: other, original: original?.member.mainCells.first { $0.name == cell.name },
        active: active(cell.column, other.column), shares: shares)
    }
  }

  private func active(_ ofVoice: Int, _ ofSoundtrack: Int) -> ModelContrast? {
    guard let voice = voice.active, let soundtrack = soundtrack.active else { return nil }
    return ModelContrast(ModelContrast.Side([voice[ofVoice]]), ModelContrast.Side([soundtrack[ofSoundtrack]]))
  }
}

/// One target cell under ablation.
struct ElementCell {
  static let name = "voice_minus_soundtrack"

  let soundtrack: ComparisonCell
  let original: ComparisonCell?
  let contrast: CellContrast
  /// The original less both, which is asked for its r over the folds that count in all three.
  let whole: ModelContrast?
  /// Over the rows in which both elements sound.
  let active: ModelContrast?
  let shares: ElementShares?

  init(
    voice: ComparisonCell, soundtrack: ComparisonCell, original: ComparisonCell?, active: ModelContrast?,
    shares: ElementShares?
  ) {
    (self.soundtrack, self.original, self.active, self.shares) = (soundtrack, original, active, shares)
    contrast = CellContrast(Self.name, voice, soundtrack)
    whole = original.map {
      ModelContrast(ModelContrast.Side([$0.folds]), ModelContrast.Side([voice.folds, soundtrack.folds]))
    }
  }
}

/// Rows of `element_contrast`: one for each target cell, and of subjects of the same stimuli two more, as of `contrast`;
/// checks of every feature space and target.
struct ElementRows {
  private let ablations: [[ElementCell]]

  init(_ ablations: [ElementAblation]) { self.ablations = ablations.map(\.cells) }

  var contrasts: [ElementContrastRow] {
    let cells = ablations.flatMap(\.self)
    let byFit = Dictionary(cells.map { ($0.contrast.first.fitKey, $0) }, uniquingKeysWith: { first, _ in first })
    return ContrastRows(cells.map(\.contrast)).findings.map { found in
      Self.row(found.row, found.interval.kind, found.cells.compactMap { byFit[$0.first.fitKey] })
    }
  }

  private static func row(_ found: ContrastRow, _ kind: IntervalKind, _ cells: [ElementCell]) -> ElementContrastRow {
    let active = ContrastMean(cells.compactMap(\.active))
    let shares = cells.compactMap(\.shares)
    func mean(_ value: (ElementShares) -> Double?) -> Double? {
      let known = shares.compactMap(value)
      return known.isEmpty ? nil : Moments.mean(known)
    }
    return ElementContrastRow(
      fitKey: found.fitKey, soundtrackFitKey: cells[0].soundtrack.fitKey, originalFitKey: cells[0].original?.fitKey,
      subjectCount: found.subjectCount, rOriginal: ContrastMean(cells.compactMap(\.whole))?.a, rVoice: found.rA,
      rSoundtrack: found.rB, rVoiceActive: active?.a, rSoundtrackActive: active?.b, difference: found.difference,
      low: found.low, high: found.high, intervalKind: kind.rawValue, tail: found.tail, unit: found.unit,
      unitCount: found.unitCount, test: found.test, p: found.p, qBh: found.qBh, family: found.family,
      generalisesTo: found.generalisesTo, reason: found.reason, differenceActive: active?.interval.value,
      lowActive: active?.interval.low, highActive: active?.interval.high, pActive: active?.t.p(twoSided: true),
      activeFoldsCounted: active?.t.count, voiceEnergyShare: mean(\.voiceEnergyShare),
      silentFractionVoice: mean(\.silentVoice), silentFractionSoundtrack: mean(\.silentSoundtrack),
      foldsCounted: found.foldsCounted, foldsTotal: found.foldsTotal, stimuliCounted: found.stimuliCounted,
      flags: found.flags, valid: found.valid)
  }

  /// Of every feature space and target whose levels are known: whether the element with more energy predicts more, and
  /// whether separation kept the elements apart.
  var checks: [CheckRow] { ablations.flatMap(Self.checks) }

  private static func checks(_ cells: [ElementCell]) -> [CheckRow] {
    guard let first = cells.first, let shares = first.shares else { return [] }
    var rows: [CheckRow] = []
    let differences = cells.compactMap(\.active?.t.mean).filter { !$0.isNaN }
    if let share = shares.voiceEnergyShare, !differences.isEmpty {
      let difference = Moments.mean(differences)
      let observed: JSONValue = [
        "voice_minus_soundtrack": .number(difference), "voice_energy_share": .number(share),
        "cells": .int(differences.count),
      ]
      rows.append(
        CheckRow(
          fitKey: first.contrast.first.fitKey, name: "the element with more energy predicts more",
          expected: "voice_minus_soundtrack, where both sound, of the sign of voice_energy_share - 0.5",
          observed: observed.canonical, pass: (difference > 0) == (share > 0.5) ? 1 : 0))
    }
    if let r = shares.levelR {
      let observed: JSONValue = ["r": .number(r)]
      rows.append(
        CheckRow(
          fitKey: first.contrast.first.fitKey, name: "levels of voice and soundtrack are apart",
          expected: "r of their levels, where both sound, below 0.5", observed: observed.canonical,
          pass: r < 0.5 ? 1 : 0))
    }
    return rows
  }
}

/// A difference of one target, or of several subjects averaged fold by fold.
private struct ContrastMean {
  let a: Double
  let b: Double
  let t: CorrectedT
  let interval: ScoreInterval

  /// nil without a contrast.
  init?(_ contrasts: [ModelContrast]) {
    guard let first = contrasts.first else { return nil }
    guard contrasts.count > 1 else {
      (a, b, t, interval) = (first.a, first.b, first.t, first.interval)
      return
    }
    let group = GroupContrast(contrasts)
    (a, b, t, interval) = (group.a, group.b, group.t, group.interval)
  }
}
