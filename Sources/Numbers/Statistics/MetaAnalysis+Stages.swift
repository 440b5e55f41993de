#if canImport(Glibc)
  import Glibc
#endif

extension MetaAnalysis {
  /// Cohorts of which the values of every member are there, in one stage: `y_ij ~ N(μ + u_i, σ²)`, `u_i ~ N(0, τ²)`.
  ///
  /// σ² and τ² by restricted maximum likelihood of all values together: with θ = τ²/σ² and `w_i = 1 / (1/n_i + θ)` the σ² of
  /// a θ is `(within + Σ w_i (ȳ_i - μ)²) / (N - 1)`, within being the sum of squares about the cohorts' means, so that θ
  /// alone is searched. The variance of a cohort's mean is σ²/n_i: cohorts of few members borrow σ² from the others. The rest is
  /// as of known variances. τ² is NaN where no value differs from its cohort's mean.
  ///
  /// - Parameter samples: the values of every cohort; NaN is left out, and so is a cohort of none.
  public init(samples: [[Double]], level: Double = 0.95) {
    let values = samples.map { $0.filter { !$0.isNaN } }
    let means = values.map(Moments.mean)
    let counts = values.map { Double($0.count) }
    let within = zip(values, means).reduce(0) { sum, cohort in
      sum + cohort.0.reduce(0) { $0 + ($1 - cohort.1) * ($1 - cohort.1) }
    }
    let kept = counts.indices.filter { counts[$0] > 0 }
    let stage = OneStage(means: kept.map { means[$0] }, counts: kept.map { counts[$0] }, within: within)
    let theta = stage.ratio
    let sigma2 = stage.sigma2(theta)
    self.init(
      means, counts.map { $0 > 0 && sigma2 > 0 ? sigma2 / $0 : .nan }, tau2: theta * sigma2, level: level)
  }
}

/// The restricted likelihood of one-way random effects as a function of θ = τ²/σ².
private struct OneStage {
  let means: [Double]
  let counts: [Double]
  let within: Double

  /// Σ w, Σ w², and the sums of w e² and w² e², e being ȳ - μ.
  private func sums(_ theta: Double) -> (w: Double, w2: Double, q: Double, q2: Double) {
    let w = counts.map { 1 / (1 / $0 + theta) }
    let total = w.reduce(0, +)
    let mean = zip(w, means).reduce(0) { $0 + $1.0 * $1.1 } / total
    var sums = (w: total, w2: 0.0, q: 0.0, q2: 0.0)
    for (weight, value) in zip(w, means) {
      let square = weight * (value - mean) * (value - mean)
      (sums.w2, sums.q, sums.q2) = (sums.w2 + weight * weight, sums.q + square, sums.q2 + weight * square)
    }
    return sums
  }

  private var degrees: Double { counts.reduce(0, +) - 1 }

  func sigma2(_ theta: Double) -> Double { (within + sums(theta).q) / degrees }

  /// Of minus twice the restricted log-likelihood.
  private func slope(_ theta: Double) -> Double {
    let sums = sums(theta)
    return sums.w - sums.w2 / sums.w - degrees * sums.q2 / (within + sums.q)
  }

  /// θ: 0 where the likelihood falls from there on; NaN where it rises for ever or cohorts are too few.
  var ratio: Double {
    guard means.count > 1, within > 0 else { return .nan }
    guard slope(0) < 0 else { return 0 }
    var (low, high) = (0.0, 1.0)
    while slope(high) < 0, high.isFinite { high *= 2 }
    for _ in 0..<300 where high - low > 1e-15 * high {
      let middle = 0.5 * (low + high)
      if slope(middle) < 0 { low = middle } else { high = middle }
    }
    return 0.5 * (low + high)
  }
}
