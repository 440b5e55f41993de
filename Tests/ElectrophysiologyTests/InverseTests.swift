import Diagnostics
import Electrophysiology
import LinearAlgebra
import Testing
import Vocabulary

@Suite struct InverseTests {
  /// MNE's noise covariance is not referenced: the average reference takes one direction out of it.
  static func referencedNoise() throws -> NoiseCovariance {
    let noise = try averageReferenced(leadfield: Reference.matrix("inverse_noise"))
    return try NoiseCovariance(averageReferenced(leadfield: noise.transposed))
  }

  @Test(arguments: InverseMethod.allCases, [("flat", 0.0), ("depth", 0.8)])
  func kernelsEqualMNE(_ method: InverseMethod, _ weighting: (name: String, exponent: Double)) throws {
    let noise = try Self.referencedNoise()
    #expect(noise.rank == 31)
    for snr in [1.0, 3] {
      let parameters = InverseParameters(method: method, lambdaSquared: 1 / (snr * snr), depth: weighting.exponent)
      let kernel = try InverseKernel(
        leadfield: Reference.matrix("inverse_leadfield"), noise: noise, parameters: parameters)
      let expected = try Reference.matrix("kernel_\(method.referenceName)_\(weighting.name)_\(Int(snr))")
      // Rounding through an ill-conditioned whitener; eLORETA stops within 1e-6 of its fixed point.
      #expect(relativeDistance(kernel.matrix, expected) < (method == .eLORETA ? 1e-4 : 1e-6))
    }
  }

  @Test func flipsAndRegionMeansEqualMNE() throws {
    let region = try Reference.values("region_of_source").map { Int($0) }
    let map = try RegionMap(regionOfSource: region, regionCount: 5, normals: Reference.matrix("region_normals"))
    #expect(map.flips == (try Reference.values("region_flips")))
    #expect(map.flips.contains(-1) && map.flips.contains(1))
    let kernel = try InverseKernel(leadfield: Reference.matrix("inverse_leadfield"), noise: Self.referencedNoise())
    let collapsed = RegionKernel(kernel, regions: map)
    var numbers = TestNumbers(4)
    let x = numbers.matrix(20, 32)
    let sources = x.multiplied(by: kernel.matrix.transposed)
    let y = collapsed.applied(to: x)
    for r in 0..<5 {
      let members = region.indices.filter { region[$0] == r }
      let mean = members.reduce(0.0) { $0 + map.flips[$1] * sources[7, $1] } / Double(members.count)
      #expect(abs(y[7, r] - mean) < 1e-10 * abs(mean) + 1e-12)
    }
    let plain = try RegionMap(regionOfSource: region, regionCount: 5, normals: nil, summary: .mean)
    #expect(plain.flips.allSatisfy { $0 == 1 })
    #expect(throws: EvokeError.self) { try RegionMap(regionOfSource: region, regionCount: 6, normals: nil) }
  }

  /// A random average-referenced leadfield, its columns of strength 0.3...3, and white noise of the same rank.
  static func random(_ seed: UInt64) throws -> (leadfield: Matrix, noise: NoiseCovariance) {
    var numbers = TestNumbers(seed)
    var leadfield = averageReferenced(leadfield: numbers.matrix(32, 100))
    for j in 0..<100 {
      let strength = 1.65 + 1.35 * numbers.uniform()
      for i in 0..<32 { leadfield[i, j] *= strength }
    }
    return (leadfield, try NoiseCovariance.adHoc(channelCount: 32, variance: 1))
  }

  @Test(arguments: [0.01, 1.0 / 9, 1]) func oneNoiselessSourceIsLocalisedBySLORETAAlways(_ lambda: Double) throws {
    var plainHits = 0
    for seed in 0..<5 as Range<UInt64> {
      let (leadfield, noise) = try Self.random(seed)
      for method in [InverseMethod.sLORETA, .eLORETA, .minimumNorm] {
        let kernel = try InverseKernel(
          leadfield: leadfield, noise: noise,
          parameters: InverseParameters(method: method, lambdaSquared: lambda, depth: 0))
        let peaks = kernel.peakSources(leadfield: leadfield)
        let hits = peaks.indices.count { peaks[$0] == $0 }
        if method == .minimumNorm { plainHits += hits } else { #expect(hits == 100, "\(method) \(seed)") }
      }
    }
    // The plain minimum norm is biased towards strong columns; a kernel that always hit would not be one.
    #expect(plainHits < 490)
  }

  @Test func theWhitenerMakesTheNoiseTheIdentity() throws {
    let noise = try Self.referencedNoise()
    let whitener = try noise.whitener()
    let product = whitener.multiplied(by: noise.matrix).multiplied(by: whitener.transposed)
    #expect(product.rows == 31)
    for i in 0..<31 { for j in 0..<31 { #expect(abs(product[i, j] - (i == j ? 1 : 0)) < 1e-8) } }
  }

  @Test(arguments: [19, 32, 63, 128]) func equalVariancesInVoltsAreWhitenedAtTheirRank(_ channels: Int) throws {
    let whitener = try NoiseCovariance.adHoc(channelCount: channels).whitener()
    let gram = whitener.outerGram
    for i in 0..<(channels - 1) { #expect(abs(gram[i, i] * 4e-14 - 1) < 1e-10) }
    #expect(whitener.rows == channels - 1)
  }

  @Test func aCommonOffsetOfAllChannelsChangesNothing() throws {
    let (leadfield, noise) = try Self.random(3)
    let kernel = try InverseKernel(leadfield: leadfield, noise: noise)
    for row in 0..<100 {
      #expect(abs((0..<32).reduce(0.0) { $0 + kernel.matrix[row, $1] }) < 1e-9)
    }
  }

  @Test func dSPMOfPureNoiseHasUnitVariance() throws {
    let noise = try Self.referencedNoise()
    let kernel = try InverseKernel(
      leadfield: Reference.matrix("inverse_leadfield"), noise: noise, parameters: InverseParameters(method: .dSPM))
    let variances = kernel.matrix.multiplied(by: noise.matrix).multiplied(by: kernel.matrix.transposed)
    for j in 0..<100 { #expect(abs(variances[j, j] - 1) < 1e-8) }
  }

  @Test func leakageHasAUnitDiagonalAndRankBelowTheChannels() throws {
    let (leadfield, noise) = try Self.random(8)
    let map = try RegionMap(regionOfSource: (0..<100).map { $0 % 40 }, regionCount: 40, normals: nil)
    let regions = RegionKernel(try InverseKernel(leadfield: leadfield, noise: noise), regions: map)
    let leakage = regions.leakage(leadfield: leadfield, regions: map)
    #expect((0..<40).allSatisfy { abs(leakage[$0, $0] - 1) < 1e-12 })
    #expect(try numericalRank(leakage.gram) == 31)
    let share = regions.localisedShare(leadfield: leadfield, regions: map)
    #expect(share > 0.5 && share < 1)
  }

  @Test func ledoitWolfEqualsScikitLearnAndKeepsALostRank() throws {
    let x = try Reference.matrix("covariance_input")
    let estimate = try NoiseCovariance.ledoitWolf(x)
    #expect(relativeDistance(estimate.covariance.matrix, try Reference.matrix("covariance_ledoit_wolf")) < 1e-10)
    #expect(abs(estimate.shrinkage - (try Reference.values("covariance_amount")[0])) < 1e-10)
    let referenced = try NoiseCovariance.ledoitWolf(averageReferenced(x)).covariance
    #expect(referenced.rank == 15)
    #expect(try numericalRank(referenced.matrix) == 15)
  }

  @Test func unusableInputIsRefused() throws {
    var (leadfield, noise) = try Self.random(9)
    #expect { try InverseKernel(leadfield: leadfield, noise: noise, parameters: .init(lambdaSquared: 0)) } throws: {
      ($0 as? EvokeError)?.code == .inverseParameter
    }
    leadfield[5, 3] = .nan
    #expect { try InverseKernel(leadfield: leadfield, noise: noise) } throws: {
      ($0 as? EvokeError)?.code == .leadfieldUnusable && ($0 as? EvokeError)?.object == "channel 5"
    }
    noise = try NoiseCovariance.adHoc(channelCount: 32)
    #expect(throws: EvokeError.self) { try NoiseCovariance(noise.matrix, rank: 33) }
    #expect(throws: EvokeError.self) { try NoiseCovariance(noise.matrix, rank: 32).whitener() }
    var skew = noise.matrix
    skew[0, 1] *= 2
    #expect(throws: EvokeError.self) { try NoiseCovariance(skew) }
  }
}

@Suite struct SphereTests {
  @Test func potentialsEqualTheLegendreSeries() throws {
    let leadfield = try SphereConductor().leadfield(
      electrodes: Reference.matrix("sphere_electrodes"), positions: Reference.matrix("sphere_sources"),
      moments: Reference.matrix("sphere_moments"))
    #expect(relativeDistance(leadfield, try Reference.matrix("sphere_potentials")) < 1e-10)
  }

  @Test func aDipoleAtTheCentreIsThreeTimesItsProjection() throws {
    let electrodes = Matrix(rows: 2, columns: 3, values: [0, 0, 1, 3, 0, 4])
    let moment = Matrix(rows: 1, columns: 3, values: [0, 0, 1])
    let leadfield = try SphereConductor(radius: 0.1, conductivity: 0.3).leadfield(
      electrodes: electrodes, positions: Matrix(rows: 1, columns: 3), moments: moment)
    let expected = 3 / (4 * Double.pi * 0.3 * 0.01)
    #expect(abs(leadfield[0, 0] - expected) < 1e-9 && abs(leadfield[1, 0] - 0.8 * expected) < 1e-9)
  }

  @Test func dipolesOutsideAreRefused() throws {
    let point = Matrix(rows: 1, columns: 3, values: [0, 0, 90])
    #expect { try SphereConductor().leadfield(electrodes: point, positions: point, moments: point) } throws: {
      ($0 as? EvokeError)?.code == .dipoleOutside
    }
  }
}
