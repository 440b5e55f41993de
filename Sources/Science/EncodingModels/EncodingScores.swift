import LinearAlgebra

/// What a score should be read with.
public enum EncodingFlag: String, Sendable, CaseIterable, Comparable, Codable {
  case lambdaAtEdge = "lambda_at_edge"
  case constantPrediction = "constant_prediction"
  case constantTarget = "constant_target"
  /// Neighbours of the target, without position, correlate above .98: a single film's score cannot be certified.
  case nearNonstationary = "near_nonstationary"
  /// Features and target of several stimuli share a course faster than position takes out, and the features of other
  /// stimuli are not known to do worse.
  case sharedCourse = "shared_course"
  /// Neither a course nor a drift is seen in the target: its slow variation, and that of the features, was not taken out.
  case slowLeftIn = "slow_left_in"
  /// Whether several stimuli share a course could not be looked for.
  case courseNotChecked = "course_not_checked"
  case pcaUnstable = "pca_unstable"
  case confoundedNull = "confounded_null"
  case transductive
  case lowEffectiveCount = "low_effective_n"
  case gapBelowDelays = "gap_below_delays"
  case covariatesExceedRows = "covariates_exceed_rows"
  /// R² of the covariates alone or of all bands is below -1: their difference says nothing.
  case unstableR2 = "unstable_r2"
  /// As many delayed columns as training rows, or more: the score of a true model is far below its ceiling.
  case columnsExceedRows = "columns_exceed_rows"
  /// Folds of effective n below 10 do not count.
  case smallFoldsLeftOut = "small_folds_left_out"
  /// Fewer than two folds have an effective n of 10: the score is not to be reported.
  case foldsTooSmall = "folds_too_small"
  /// More than half of the folds do not count: what is left is no picture of the data, the score is not to be reported.
  case mostFoldsLeftOut = "most_folds_left_out"
  /// Fewer than four folds count: there is no interval and no test of a difference.
  case fewFolds = "few_folds"
  /// Seconds that are tested are trained on in another showing of them: the score is not to be reported.
  case trainedOnTest = "trained_on_test"
  /// Most tested rows of some fold have training rows within the target's own memory: the score is not to be reported.
  case neighboursTrainedOn = "neighbours_trained_on"
  /// Some rows of the target are means over fewer than all raters or subjects.
  case membersMissing = "members_missing"
  /// Rows of the target are missing because fewer than half of the raters or subjects are there (or what the study asks).
  case tooFewMembers = "too_few_members"
  /// A rater or subject shares no row with the others: its level is unknown, and it is left out.
  case memberUnconnected = "member_unconnected"
  /// Samples of subjects that are averaged lie a quarter of a sample or more apart.
  case membersBetweenSamples = "members_between_samples"
  /// Levels of feature and target are correlated, neither as changes: slow courses agree by chance, nothing is to be reported.
  case levelsCorrelated = "levels_correlated"
  /// Cohorts that are compared or pooled have people in common.
  case peopleShared = "people_shared"
  /// Cohorts of different datasets have names of people in common: whether these are the same people is not known.
  case namesShared = "names_shared"

  /// Whether a score that carries it is not to be reported.
  public func invalidates(stimulusCount: Int) -> Bool {
    switch self {
    case .constantTarget, .foldsTooSmall, .mostFoldsLeftOut, .sharedCourse, .trainedOnTest, .neighboursTrainedOn,
      .levelsCorrelated:
      true
    case .nearNonstationary: stimulusCount == 1
    default: false
    }
  }

  public static func < (a: EncodingFlag, b: EncodingFlag) -> Bool { a.rawValue < b.rawValue }
}

/// The scores of one outer fold; every array is per target, NaN where the target has no test rows there.
public struct FoldScore: Sendable, Equatable {
  public let fold: Int
  /// The stimuli (with runs) tested.
  public let testStimuli: [String]
  /// The stimuli tested.
  public let stimuli: [String]
  /// What is tested, the same in every model of the same target: folds of two models compare where their keys are equal.
  public let key: String
  public var trainCount: [Int]
  public var testCount: [Int]
  /// The delay that the training rows choose, in rows; nil where there is no choice.
  public var delay: [Int?]
  /// The lambda of the loss (grid value times its scale), and its index in the grid.
  public var lambda: [Double]
  public var lambdaIndex: [Int]
  /// Pearson r over the fold's test rows; 0 where the prediction is constant.
  public var r: [Double]
  /// The Fisher mean over inner folds of r inside the training part: what chooses a layer without the tested part; NaN
  /// where the model has no lambda to choose.
  public var innerR: [Double]
  /// 1 - SSE / Σ(y - mean of the training rows)².
  public var r2: [Double]
  /// 1 - SSE / Σ(y - mean of the test rows)², as sklearn's `r2_score`.
  public var r2Test: [Double]
  public var predictionSD: [Double]
  /// Bartlett effective n of target and prediction over the test rows; NaN where one of them does not vary.
  public var effectiveCount: [Double]
  /// Effective n of the target's test rows alone, n / (1 + 2 Σ ρ²): what decides whether the fold counts; NaN where the
  /// target does not vary.
  public var targetEffectiveCount: [Double]
  /// Whether the fold is one of the target's: targets with and without a large effective n are cut into different folds.
  public var isPlanned: [Bool]
  /// Whether the fold counts in the means over folds.
  public var isCounted: [Bool]
  /// Seconds purged on both sides of the test blocks.
  public var gap: [Double]
}

/// The scores of one prediction (the full model's, or one with the covariates zeroed) over all outer folds.
public struct ScoreTable: Sendable {
  public var folds: [FoldScore]
  /// tanh of the mean over counted folds of atanh r, per target.
  public var r: [Double]
  /// Mean over counted folds of R² against the training mean, per target.
  public var r2: [Double]
  /// r of the concatenated out-of-fold predictions; negatively biased under the null.
  public var pooledR: [Double]
  /// Out-of-fold predictions per piece, `[rows, targets]`, NaN where there is none (mean over repeats).
  public var predictions: [Matrix]
  /// Test rows over training rows, where folds draw their test parts anew (chunks); nil where they divide the rows.
  public var overlap: Double?
}

/// A fitted nested cross-validation.
public struct EncodingFit: Sendable {
  /// The prediction from all bands.
  public let full: ScoreTable
  /// The prediction with the (train-centred) covariate columns at zero; nil without covariates or without tested bands.
  public let zeroed: ScoreTable?
  /// The prediction from the covariates alone at their fixed lambda; nil unless every covariate has a fixed penalty.
  public let covariatesAlone: ScoreTable?
  /// Per target.
  public let flags: [Set<EncodingFlag>]
  /// Rows that entered at least one test fold, and Bartlett's effective n over all of them, per target; NaN where no fold
  /// has one.
  public let sampleCount: [Int]
  public let effectiveCount: [Double]
  /// Rows that count and that do not, and why, per target.
  public let rowCounts: [RowCounts]
  /// Lag-1 autocorrelation of the target, without position, within pieces.
  public let lag1: [Double]
  /// Of every outer fold and target group: a hash of the training rows, of the fitted transforms and of the weights.
  public let evidence: [FoldEvidence]

  let problem: EncodingProblem
  let fits: [FittedFold]

  /// Rows that do not count, per target.
  public var droppedCount: [Int] { rowCounts.map(\.dropped) }

  /// Stimuli with rows that count.
  public var stimulusCount: Int {
    Set(problem.pieces.indices.filter { !problem.usable[$0].isEmpty }.map { problem.stimuli[$0] }).count
  }
}

/// What shows that an outer fold's fit did not depend on its test rows.
public struct FoldEvidence: Sendable, Equatable {
  public let fold: Int
  /// The targets that share these training rows (targets of equal missingness are fitted together).
  public let targets: [Int]
  public let trainRowsHash: UInt64
  public let transformHash: UInt64
  public let weightHash: UInt64
  /// The stimuli with test rows and with training rows, in order of appearance.
  public let testStimuli: [String]
  public let trainStimuli: [String]
  /// Training rows of seconds that are tested, in this or another showing of them; 0 in every fold unless
  /// runs are left out although they share stimuli.
  public let overlap: Int
}
