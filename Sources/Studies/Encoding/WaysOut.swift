import ContentIdentity
import EncodingModels
import Vocabulary

/// Changes of a study after which some of its rows could be reported; each was tried on the data.
struct WaysOut {
  /// As they are written in the study file, or what more data there would have to be; no more than two.
  let texts: [String]

  private struct Attempt {
    let text: String
    let design: DesignData
  }

  /// A design with changed keys of `encoding`.
  private struct Variant {
    var keys: [String] = []
    var design: DesignData

    func with(_ key: String, _ change: (inout EncodingSettings) -> Void) -> Variant {
      Variant(keys: keys + [key], design: design.with(change))
    }

    var attempt: Attempt { Attempt(text: "encoding: {\(keys.joined(separator: ", "))}", design: design) }
  }

  /// Targets that changes are tried on.
  private static let targets = 8
  /// How many times as much data is looked at, as long as that makes no more rows than these.
  private static let multiples = [2, 3, 4, 6, 8, 12, 16, 24]
  private static let mostRows = 10_000

  /// - Parameter forecasts: of the design as it is; none where there would be no fit.
  init(of design: DesignData, _ forecasts: [DesignForecast]) throws {
    let own = design.narrowed(to: Self.targets)
    // No other folds or delays make a target less slow.
    let isSlow = !forecasts.isEmpty && forecasts.allSatisfy { $0.flags.contains(.nearNonstationary) }
    let settings = isSlow ? [] : Self.settings(Variant(design: own))
    var texts: [String] = []
    for group in [settings, isSlow ? [] : Self.fewerDelays(own), Self.changes(own), Self.moreData(own)]
    where texts.count < 2 {
      if let way = try group.first(where: { try $0.design.isWorthwhile() }) { texts.append(way.text) }
    }
    self.texts = texts
  }

  /// Other folds, and a trim or gap of the study's own taken back; fewest changes first.
  private static func settings(_ base: Variant) -> [Attempt] {
    variants(base).filter { !$0.keys.isEmpty }.sorted { $0.keys.count < $1.keys.count }.map(\.attempt)
  }

  private static func variants(_ base: Variant) -> [Variant] {
    var found = [base]
    func add(_ change: (Variant) -> [Variant]) { found += found.flatMap(change) }
    let settings = base.design.settings
    add { one in
      let blocks = [5, 4, 3, 2].map { count in one.with("outer: {folds: \(count)}") { $0.outer = .blocks(count) } }
      let stimuli = Set(one.design.data.pieces.map(\.stimulus)).count
      guard stimuli > 1 else { return blocks }
      return blocks + [one.with("outer: {leave_one: stimulus}") { $0.outer = .leaveOne(.stimulus) }]
    }
    if settings.trim.start + settings.trim.end > 0 {
      add { [$0.with("trim_s: [0, 0]") { $0.trim = EdgeTrim(start: 0, end: 0) }] }
    }
    if case .seconds = settings.gap { add { [$0.with("gap_s: auto") { $0.gap = .automatic }] } }
    add { [$0.with("inner: {folds: 2}") { $0.inner = .blocks(2) }] }
    return found
  }

  /// The first half of the delays, a quarter ... one, and other folds with them.
  private static func fewerDelays(_ own: DesignData) -> [Attempt] {
    let all = Set(own.data.bands.flatMap(\.delays)).sorted()
    let counts = sequence(first: all.count / 2) { $0 / 2 }.prefix { $0 > 0 }
    let fewer = counts.map { count in
      let delays = Array(all.prefix(count))
      let seconds = delays.map { JSONValue.number(Double($0) * own.data.dt).canonical }.joined(separator: ", ")
      return Variant(keys: ["delays_s: [\(seconds)]"], design: own.withDelays(delays))
    }
    return fewer.map(\.attempt) + fewer.flatMap { settings($0) }
  }

  private static func changes(_ own: DesignData) -> [Attempt] {
    guard own.canChange else { return [] }
    return [
      Attempt(text: "transform: changes in the target: what of it changes, not its level", design: own.withChanges())
    ]
  }

  /// More stimuli like these, or longer ones.
  private static func moreData(_ own: DesignData) -> [Attempt] {
    let layout = own.layout
    let seconds = layout.lengths.map(\.seconds)
    let (count, longest) = (seconds.count, Int(seconds.reduce(0, max).rounded(.up)))
    return multiples.filter { $0 == 2 || $0 * layout.rows <= mostRows }.flatMap { times in
      [
        Attempt(
          text: "more data: \(times * count) stimuli of \(longest) s in place of \(count)",
          design: own.withStimuli(times: times)),
        Attempt(
          text: "more data: about \(times * longest) s of a stimulus in place of \(longest)",
          design: own.withLength(times: times)),
      ]
    }
  }
}
