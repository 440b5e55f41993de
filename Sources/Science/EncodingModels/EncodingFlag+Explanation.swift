import Vocabulary

extension EncodingFlag {
  /// The flag of a spelling; nil where it is none.
  public static func named(_ spelling: some StringProtocol) -> EncodingFlag? {
    allCases.first { $0.rawValue == spelling }
  }

  /// What it says of a row.
  public var meaning: String {
    switch self {
    case .lambdaAtEdge: "The chosen penalty stands at the end of the grid in some fold: a better one may lie beyond it."
    case .constantPrediction: "The prediction is constant in some fold, whose r counts as 0."
    case .constantTarget: "The target is constant in the test rows of some fold, which therefore has no r."
    case .nearNonstationary:
      "Neighbours of the target, or of one of two series that are correlated (then no row is to be reported), correlate above .98 without position: drifting series agree by chance."
    case .sharedCourse:
      "Features and target of the stimuli share a course faster than position takes out: other stimuli's features do as well."
    case .slowLeftIn:
      "The target shows neither a course nor a drift and is not slow: r also speaks of effects slower than 40 s."
    case .courseNotChecked:
      "Whether the stimuli share a course could not be looked for: they have too few seconds in common, or several pieces."
    case .pcaUnstable: "Components were fitted to fewer than ten effective rows each: other rows would give others."
    case .confoundedNull:
      "The null certifies whatever the covariates share with the features: the p says nothing of the features alone."
    case .transductive: "Components were fitted to all rows, the tested ones among them."
    case .lowEffectiveCount:
      "Prediction and target of some fold, or the two series that are correlated, hold fewer than ten independent values."
    case .gapBelowDelays: "The gap is shorter than delays and window: samples of test rows stand in training rows."
    case .covariatesExceedRows: "There are as many columns of covariates as training rows, or more."
    case .unstableR2: "R2 of the covariates alone or of all bands is below -1: the difference of both says nothing."
    case .columnsExceedRows:
      "There are as many delayed columns as training rows, or more: a true model scores far below its ceiling."
    case .smallFoldsLeftOut:
      "Some folds do not count: the target holds fewer than ten independent values there, or features lack half of them."
    case .foldsTooSmall: "Fewer than two folds hold ten independent values of the target each: all were kept."
    case .mostFoldsLeftOut: "More than half of the folds do not count: what is left is no picture of the data."
    case .fewFolds: "Fewer than four folds or stimuli count: there is no interval, and no test of a difference."
    case .trainedOnTest:
      "Seconds that are tested are trained on in another showing of them: the score is of memory, not of prediction."
    case .neighboursTrainedOn:
      "Most rows that some fold tests have training rows within the time in which the target's autocorrelation falls below 1/e: neighbours are predicted from each other."
    case .membersMissing:
      "Some rows of the target are means over fewer than all raters or subjects, at their common level (partial_count)."
    case .tooFewMembers:
      "Rows of the target are missing because too few raters or subjects are there (thin_count)."
    case .memberUnconnected:
      "A rater or subject shares no row with the others in some stimulus: its level is unknown, it is left out there."
    case .membersBetweenSamples:
      "The stimulus begins between samples, and not alike in all showings: these are averaged at their nearest samples, of which some lie apart by a quarter of a sample or more, and by a tenth of a second."
    case .levelsCorrelated:
      "Levels of feature and rating are correlated, and with them all that both do slowly: ramps agree by chance."
    case .peopleShared: PeopleInCommon.shared.meaning
    case .namesShared: PeopleInCommon.namesakes.meaning
    }
  }

  /// What helps.
  public var remedy: String {
    switch self {
    case .lambdaAtEdge: "Widen encoding: {lambdas: {log10: [low, high, step]}}."
    case .constantPrediction: "Look at fold_score_detail; a wider grid of lambdas, or features that vary, may help."
    case .constantTarget: "Use fewer folds or longer stimuli, or leave that target or stimulus out with filters."
    case .nearNonstationary: "More stimuli; transform: changes asks about changes instead of levels."
    case .sharedCourse:
      "Four stimuli or more of like length, so that p_mismatch can tell; r_position shows how much a course does."
    case .slowLeftIn: "Nothing needs mending; position: covariate takes slow variation out of every target."
    case .courseNotChecked:
      "mismatch_reason says why; stimuli of like length with the same seconds (filters: {repeats: average}) allow it."
    case .pcaUnstable: "Use fewer components (reduce: {pca: N}) or more data."
    case .confoundedNull: "Read r_zeroed_banded and unique_r2 of covariate_control."
    case .transductive: "Use reduce: {fit: train_fold}."
    case .lowEffectiveCount, .smallFoldsLeftOut: "Use fewer folds (outer: {folds: N}), or longer stimuli."
    case .gapBelowDelays: "Use gap_s: auto, or a longer gap_s."
    case .covariatesExceedRows: "Reduce the covariates (reduce: {pca: N}), or use more data."
    case .unstableR2: "Use fewer covariates or delays, fewer folds, or more data; product_r beside it is stable."
    case .columnsExceedRows: "Use fewer components or delays, or more data."
    case .foldsTooSmall: "Use fewer folds (outer: {folds: N}), or more and longer stimuli."
    case .mostFoldsLeftOut: "Use fewer folds, or longer stimuli; fold_score_detail tells which count (is_counted)."
    case .fewFolds: "Use four stimuli or more, or outer: {folds: 5}, contiguous blocks of every stimulus."
    case .trainedOnTest:
      "Use leave_one: stimulus, or outer: {folds: 5}; repeats: average averages showings before folds."
    case .neighboursTrainedOn: "Use gap_s: auto, or longer test parts: outer: {folds: 5}, or chunks of a minute."
    case .membersMissing:
      "Nothing needs mending; filters: {missing: listwise} keeps the rows that all raters or subjects have. Of a region that somebody lacks it keeps none: leave the region out with filters: {regions: [...]}, or that subject with filters: {subjects: [...]}."
    case .tooFewMembers: "Set the largest share that may be missing: filters: {missing: {max_share: 0.75}}."
    case .memberUnconnected: "Leave that rater or subject out with an exclusion, or use rater: each."
    case .membersBetweenSamples:
      "Nothing needs mending where responses are slow; level: subject at the target places every subject by its own onset."
    case .levelsCorrelated: "Write transform: changes at feature and target."
    case .peopleShared: PeopleInCommon.shared.remedy
    case .namesShared: PeopleInCommon.namesakes.remedy
    }
  }

  /// Whether rows that carry it may be unfit to report, for some number of stimuli.
  public var canInvalidate: Bool { invalidates(stimulusCount: 1) || invalidates(stimulusCount: 2) }

  /// Why a row that carries these flags is not to be reported.
  ///
  /// - Parameter flags: as tables hold them, separated by spaces; nil: none.
  /// - Returns: flags that can make a row unfit; where none does, it has no score or no p.
  public static func reasons(in flags: String?) -> [String] {
    let words = flags?.split(separator: " ") ?? []
    let telling = words.compactMap { named($0) }.filter { $0.canInvalidate || $0 == .fewFolds }
    return telling.isEmpty ? ["no score or no p"] : telling.map(\.rawValue)
  }

  /// All of it, for people.
  public var explanation: String {
    let report =
      if invalidates(stimulusCount: 1) && invalidates(stimulusCount: 2) {
        "A row that carries it is not to be reported (valid = 0)."
      } else if canInvalidate {
        "A row of a single stimulus that carries it is not to be reported (valid = 0)."
      } else {
        "A row that carries it may be reported."
      }
    return "Flag \(rawValue): \(meaning)\nWhat helps: \(remedy)\n\(report)\n"
  }
}
