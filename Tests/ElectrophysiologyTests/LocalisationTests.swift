import Diagnostics
import Electrophysiology
import Foundation
import LinearAlgebra
import Testing
import Vocabulary

/// Arrays that MNE-Python computed, beside the script that made them.
private func reference(_ name: String) throws -> Matrix {
  let folder = Reference.folder.deletingLastPathComponent().appending(path: "source")
  let text = try String(contentsOf: folder.appending(path: "shapes.txt"), encoding: .utf8)
  let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name + " ") })
  let shape = line.split(separator: " ").dropFirst().compactMap { Int($0) }
  let data = try Data(contentsOf: folder.appending(path: name + ".f64"))
  let values = data.withUnsafeBytes { Array($0.bindMemory(to: Double.self)) }
  return Matrix(rows: shape[0], columns: values.count / shape[0], values: values)
}

@Suite struct LocalisationTests {
  static func free() throws -> (leadfield: LeadfieldMatrix, noise: NoiseCovariance) {
    let cartesian = LeadfieldMatrix(
      try reference("free_leadfield"), directionCount: 3, normals: try reference("free_normals"))
    // MNE's noise covariance is not referenced: the average reference takes one direction out of it.
    let noise = averageReferenced(leadfield: try reference("free_noise"))
    return (
      cartesian.referenced(channels: Array(0..<32)), try NoiseCovariance(averageReferenced(leadfield: noise.transposed))
    )
  }

  @Test(arguments: InverseMethod.allCases, [SourceOrientation.loose, .free])
  func kernelsOfLooseAndFreeSourcesEqualMNE(_ method: InverseMethod, _ orientation: SourceOrientation) throws {
    let (leadfield, noise) = try Self.free()
    let kernel = try InverseKernel(
      leadfield, orientation: orientation, noise: noise, parameters: InverseParameters(method: method))
    let expected = try reference("kernel_\(method.referenceName)_\(orientation.rawValue)")
    // Rounding through an ill-conditioned whitener; eLORETA stops within 1e-6 of its fixed point.
    #expect(relativeDistance(kernel.matrix, expected) < (method == .eLORETA ? 1e-4 : 1e-6))
  }

  @Test(arguments: RegionSummary.allCases) func labelTimeCoursesEqualMNE(_ summary: RegionSummary) throws {
    let (leadfield, noise) = try Self.free()
    let kernel = try InverseKernel(
      leadfield, orientation: .fixed, noise: noise, parameters: InverseParameters(method: .sLORETA, depth: 0))
    let eeg = averageReferenced(leadfield: try reference("label_eeg").transposed).transposed
    let map = try RegionMap(
      regionOfSource: reference("label_region").values.map { Int($0) }, regionCount: 6,
      normals: reference("free_normals"), summary: summary)
    let regions =
      summary == .principalFlip
      ? try RegionKernel(principal: kernel, regions: map, moment: eeg.gram) : RegionKernel(kernel, regions: map)
    // MNE keeps parts of its operator in float32.
    let expected = try reference("label_\(summary.rawValue)")
    #expect(relativeDistance(regions.applied(to: eeg), expected) < 1e-6)
  }

  @Test func aFreeSourceFixedAlongItsNormalIsTheFixedLeadfield() throws {
    let (leadfield, _) = try Self.free()
    let oriented = try leadfield.surfaceOriented()
    let fixed = try leadfield.fixed()
    let normal = oriented.selecting(columns: (0..<leadfield.sourceCount).map { 3 * $0 + 2 })
    #expect(relativeDistance(normal, fixed) < 1e-14)
    // Turning the axes of a source changes no length.
    for s in 0..<leadfield.sourceCount {
      func power(_ x: Matrix) -> Double {
        x.selecting(columns: [3 * s, 3 * s + 1, 3 * s + 2]).values.reduce(0) { $0 + $1 * $1 }
      }
      #expect(abs(power(oriented) / power(leadfield.matrix) - 1) < 1e-12)
    }
    let single = LeadfieldMatrix(fixed, directionCount: 1, normals: nil)
    #expect { _ = try single.surfaceOriented() } throws: { ($0 as? EvokeError)?.code == .leadfieldOrientation }
    let bare = LeadfieldMatrix(leadfield.matrix, directionCount: 3, normals: nil)
    #expect { _ = try bare.fixed() } throws: { ($0 as? EvokeError)?.code == .leadfieldOrientation }
  }

  /// Thirty electrodes spread over the upper head, and the built-in sources below them.
  static func sphere(channels: Int = 64) throws -> (leadfield: Matrix, sources: SphereSources) {
    let golden = Double.pi * (3 - 5.0.squareRoot())
    var places: [Double] = []
    for i in 0..<channels {
      let z = 1 - 1.3 * (Double(i) + 0.5) / Double(channels)
      let ring = (1 - z * z).squareRoot()
      places += [ring * cos(golden * Double(i)), ring * sin(golden * Double(i)), z].map { $0 * 0.09 }
    }
    let sources = SphereSources()
    let field = try SphereConductor().leadfield(
      electrodes: Matrix(rows: channels, columns: 3, values: places), positions: sources.positions,
      moments: sources.normals)
    return (averageReferenced(leadfield: field), sources)
  }

  @Test func everyDipoleOfTheSphereIsLocalisedInItsRegionBySLORETA() throws {
    let (leadfield, sources) = try Self.sphere()
    let map = try RegionMap(
      regionOfSource: sources.regionOfSource, regionCount: 68, normals: sources.normals)
    let noise = try NoiseCovariance.adHoc(channelCount: 64)
    func shares(_ method: InverseMethod) throws -> (source: Double, region: Double, error: Double) {
      let kernel = try InverseKernel(
        leadfield: leadfield, noise: noise, parameters: InverseParameters(method: method, depth: 0))
      let found = RegionResolution(kernel: kernel, leadfield: leadfield, regions: map, positions: sources.positions)
      return (
        found.sourceHitShare.reduce(0, +) / 68, found.regionHitShare.reduce(0, +) / 68,
        found.pointSpreadError.reduce(0, +) / 68
      )
    }
    // By the Cauchy-Schwarz inequality sLORETA's estimate of a single source is largest at that source.
    let exact = try shares(.sLORETA)
    #expect(exact.source == 1 && exact.error == 0)
    // Regions blur: 68 of them from 63 dimensions.
    #expect(exact.region > 0.6 && exact.region < 1)
    let plain = try shares(.minimumNorm)
    #expect(plain.source < 0.9 && plain.error > 0.005)
  }

  @Test func resolutionSharesAddUpAndTellDeepFromShallow() throws {
    let (leadfield, sources) = try Self.sphere()
    let map = try RegionMap(regionOfSource: sources.regionOfSource, regionCount: 68, normals: sources.normals)
    let kernel = try InverseKernel(leadfield: leadfield, noise: NoiseCovariance.adHoc(channelCount: 64))
    let found = RegionResolution(kernel: kernel, leadfield: leadfield, regions: map, positions: nil)
    #expect(!found.pointSpreadError.contains { !$0.isNaN })
    for r in 0..<68 {
      #expect(found.leakage[r, r] == 1 && found.ownShare[r] > 0 && found.ownShare[r] < 1)
      #expect(found.strongestLeak[r].region != r && found.ownShare[r] + found.strongestLeak[r].share <= 1)
    }
    func mean(_ names: [String]) -> Double {
      let all = names.compactMap { DesikanKilliany.names.firstIndex(of: $0) }
      return all.reduce(0) { $0 + found.ownShare[$1] } / Double(all.count)
    }
    let shallow = mean(["precentral-lh", "superiorparietal-rh", "lateraloccipital-lh", "frontalpole-rh"])
    let deep = mean(["insula-lh", "isthmuscingulate-rh", "parahippocampal-lh", "posteriorcingulate-rh"])
    #expect(shallow > 2 * deep)
  }

  @Test func theAtlasHasSixtyEightRegionsOnTheirOwnSides() {
    #expect(DesikanKilliany.names.count == 68 && Set(DesikanKilliany.names).count == 68)
    #expect(DesikanKilliany.names[0] == "bankssts-lh" && DesikanKilliany.names[67] == "transversetemporal-rh")
    #expect(DesikanKilliany.names.prefix(34).elementsEqual(DesikanKilliany.names.prefix(34).sorted()))
    for region in 0..<68 { #expect((DesikanKilliany.centre(region).x < 0) == (region < 34)) }
    let sources = SphereSources()
    #expect(sources.regionOfSource.count == 476)
    for s in 0..<476 {
      let length = (0..<3).reduce(0.0) { $0 + sources.positions[s, $1] * sources.positions[s, $1] }.squareRoot()
      #expect(length < 0.08)
    }
  }
}
