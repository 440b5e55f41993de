import LinearAlgebra
extension EncodingFit {
  public func interval(of table: ScoreTable, target: Int, seed: UInt64) throws -> ScoreInterval { ScoreInterval(low: .nan, high: .nan, kind: .none, unitCount: 0) }
  public func bootstrapScores(draws: Int, seed: UInt64) throws -> BootstrapScores { BootstrapScores(draws: Matrix(rows: 0, columns: full.r.count), blockLength: 1) }
}
extension EncodingModel { public func covariateControl(_ d: EncodingData) throws -> CovariateControl { preconditionFailure() } }
extension CovariateControl { public func nulls(draws: Int, seed: UInt64) throws -> CovariateNulls { preconditionFailure() } }
