import Comparison
import ContentIdentity
import Diagnostics
import FeatureSpaces
import Foundation
import Kinds
import Recordings
import Testing
import Vocabulary
import Warehouse
import Work

/// Parameters of steps: everything in them shapes the unit's key, and they read back as they were written.
@Suite struct ParameterTests {
  private static var steps: [any WorkStep] { Steps.all }

  @Test(arguments: steps.map { $0.name }) func everyLeafOfTheParametersGivesAnotherKey(_ name: String) throws {
    let step = try #require(Self.steps.first { $0.name == name })
    let texts = try #require(ParameterSamples.of(step), "\(name) has no sample parameters")
    var keys: Set<String> = []
    for text in texts { try check(step, try JSONValue(parsing: text), &keys) }
  }

  private func check<S: WorkStep>(_ step: S, _ json: JSONValue, _ keys: inout Set<String>) throws {
    func key(_ json: JSONValue) throws -> String {
      let parameters = try StrictCoder.decode(S.Parameters.self, from: json)
      #expect(try StrictCoder.encode(parameters) == json)
      return step.unit(parameters, inputs: [], label: "").key
    }
    #expect(keys.insert(try key(json)).inserted, "two samples of \(step.name) have one key")
    for leaf in Leaf.all(of: json) {
      let others = leaf.others.filter { (try? StrictCoder.decode(S.Parameters.self, from: $0)) != nil }
      // What may be absent and is no single value has its own sample.
      #expect(!others.isEmpty || leaf.isNull, "\(step.name): nothing else can stand at \(leaf.place)")
      for other in others.prefix(3) {
        #expect(keys.insert(try key(other)).inserted, "\(step.name): \(leaf.place) is no part of the key")
      }
    }
  }

  /// A comparison of studies knows some places by their names: each is there, and all that say whose features and recordings
  /// are known.
  @Test func placesThatSayNothingOfARecipeAreThoseOfParameters() throws {
    var behind: [String: Set<String>] = [:]
    var fitted: Set<String> = []
    for step in Self.steps {
      for text in try #require(ParameterSamples.of(step)) {
        let json = try JSONValue(parsing: text)
        if json["fit"] == nil {
          behind[step.name, default: []].formUnion(RecipePlaces.leaves(json).keys)
        } else {
          fitted.formUnion(RecipePlaces.leaves(["as": json]).keys)
        }
      }
    }
    func isThere(_ name: String, in places: some Sequence<String>) -> Bool {
      places.contains { RecipePlaces.lies($0, at: name) }
    }
    for name in RecipePlaces.data { #expect(isThere(name, in: behind.values.joined()), "\(name)") }
    for name in RecipePlaces.own + RecipePlaces.silent { #expect(isThere(name, in: fitted), "\(name)") }
    #expect(isThere(RecipePlaces.twinned, in: behind.values.joined()))
    for step in FeatureSteps.all + RecordingSteps.all {
      for place in try #require(behind[step.name]) {
        let isWhose = ["dataset", "cohort", "subject", "stimulus", "recording"].contains(
          place.split(separator: ".").last)
        #expect(!isWhose || RecipePlaces.isOfData(place), "\(step.name): \(place)")
      }
    }
  }

  @Test func whatIsMissingOrUnknownInParametersIsRefused() throws {
    for step in Self.steps { try refuse(step) }
  }

  private func refuse<S: WorkStep>(_ step: S) throws {
    for text in try #require(ParameterSamples.of(step)) {
      guard case .object(let members) = try JSONValue(parsing: text) else { continue }
      for name in members.keys {
        let fewer = JSONValue.object(members.filter { $0.key != name })
        #expect(throws: StrictCodingError.self, "\(step.name) without \(name)") {
          try StrictCoder.decode(S.Parameters.self, from: fewer)
        }
      }
      let more = JSONValue.object(members.merging(["unheard_of": 1]) { first, _ in first })
      #expect(throws: StrictCodingError.self) { try StrictCoder.decode(S.Parameters.self, from: more) }
    }
  }
}

/// Units that an older program planned.
@Suite struct OlderRecipeTests {
  @Test("parameters in the words of an older version are an older recipe, and end nothing")
  func words() throws {
    var met = 0
    for step in Steps.all {
      for text in try #require(ParameterSamples.of(step)) where text.contains(#""position": "covariate""#) {
        met += 1
        let older = text.replacing(#""position": "covariate""#, with: #""position": "cosines""#)
        let task = UnitTask(
          key: String(repeating: "0", count: 64), step: step.name, version: step.version,
          parameters: try JSONValue(parsing: older), label: "older", arrays: [], sources: [])
        let error = #expect(throws: EvokeError.self) { try step.precision(of: task) }
        #expect(error?.code == .unknownStep && error?.reason.contains("older recipe of \(step.name)") == true)
      }
    }
    #expect(met > 0)
  }
}

/// What a unit reads is there, or the unit fails.
@Suite struct InputTests {
  @Test(arguments: Steps.all.map { $0.name })
  func aUnitWithoutItsInputsFails(_ name: String) throws {
    let step = try #require(Steps.all.first { $0.name == name })
    let folder = NSTemporaryDirectory() + "evoke-inputs-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for text in try #require(ParameterSamples.of(step)) {
      let task = UnitTask(
        key: String(repeating: "0", count: 64), step: step.name, version: step.version,
        parameters: try JSONValue(parsing: text), label: "without inputs", arrays: [], sources: [])
      let writer = try ArrayFileWriter(in: folder)
      defer { writer.abandon() }
      let error = #expect(throws: EvokeError.self, "\(name)") {
        try step.compute(task, writer: writer) { _ in }
      }
      #expect(error?.code == .inputMissing, "\(name)")
    }
  }
}

/// A text, number, flag or null in a JSON, with the whole JSON as it is when something else stands there.
private struct Leaf {
  let place: String
  var isNull = false
  let others: [JSONValue]

  /// Words of every list, for leaves that take words.
  private static let words: [JSONValue] = Set(
    [
      spellings(Element.self), spellings(Aggregate.self), spellings(Precision.self), spellings(ResponseShape.self),
      spellings(RaterChoice.self), spellings(ReductionScope.self), spellings(ReductionScale.self),
      spellings(CovariateAtPrediction.self), spellings(CovariatePenalty.self), spellings(CovariateMode.self),
      spellings(RidgeKind.self), spellings(LambdaScale.self), spellings(LambdaSharing.self),
      spellings(LambdaConvention.self), spellings(LambdaSelection.self), spellings(Standardisation.self),
      spellings(DelayEdges.self), spellings(PositionSet.self), spellings(FoldUnit.self), spellings(StoredResult.self),
      spellings(NullKind.self), spellings(MapQuantity.self), spellings(Hemisphere.self), spellings(FactorRole.self),
      spellings(FamilyDimension.self), spellings(Correction.self), spellings(ContrastTake.self),
      spellings(Repeats.self), spellings(IdenticalRecordings.self), spellings(BadChannelRule.self),
      spellings(Interpolation.self), spellings(ComponentMethod.self), spellings(InverseMethod.self),
      spellings(SourceOrientation.self), spellings(RegionSummary.self), spellings(SourceNoise.self),
      spellings(SeriesScale.self), spellings(TargetKind.self), spellings(TargetLevel.self), spellings(BandName.self),
      spellings(Twin.self), spellings(WindowAnchor.self), spellings(SynchronyMethod.self),
      spellings(SynchronySignal.self), spellings(PeopleInCommon.self),
      ["zeros", "average"],
    ].flatMap { $0 }
  ).sorted().map { .string($0) }

  private static func spellings<W: Word>(_ type: W.Type) -> [String] { type.allCases.map(\.rawValue) }

  static func all(of json: JSONValue) -> [Leaf] { leaves(json, at: "") { $0 } }

  private static func leaves(_ json: JSONValue, at place: String, _ whole: @escaping (JSONValue) -> JSONValue) -> [Leaf]
  {
    switch json {
    case .object(let members):
      members.sorted { $0.key < $1.key }.flatMap { name, member in
        leaves(member, at: "\(place).\(name)") { other in
          whole(.object(members.merging([name: other]) { _, last in last }))
        }
      }
    case .array(let items):
      items.indices.flatMap { i in
        leaves(items[i], at: "\(place)[\(i)]") { other in
          whole(.array(items.enumerated().map { $0.offset == i ? other : $0.element }))
        }
      }
    case .string(let text):
      [Leaf(place: place, others: others([.string(text + "x"), .null] + words, than: json, whole))]
    case .number(let number): [Leaf(place: place, others: others([.number(number + 1), .null], than: json, whole))]
    case .bool(let flag): [Leaf(place: place, others: others([.bool(!flag)], than: json, whole))]
    case .null:
      [
        Leaf(
          place: place, isNull: true,
          others: others([.string("x"), .number(1), .bool(true)] + words, than: json, whole))
      ]
    }
  }

  private static func others(_ all: [JSONValue], than json: JSONValue, _ whole: (JSONValue) -> JSONValue) -> [JSONValue]
  {
    all.filter { $0 != json }.map(whole)
  }
}
