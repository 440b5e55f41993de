import ContentIdentity
import LabelledArrays
import Warehouse

/// A stretch of stimulus time in which data do not count, from an annotation imported with `--kind bad_segment`.
struct BadSegment: Equatable {
  let stimulus: String
  let run: String?
  /// nil: everybody's data.
  let subject: String?
  let from: Double
  let to: Double

  /// The stretches in which a series is neither 0 nor missing; a value holds until the next stamp.
  static func found(times: [Double], values: [Float], stimulus: String, run: String?, subject: String?) -> [BadSegment]
  {
    let step = ClockSeries.spacing(times) ?? 1
    var result: [BadSegment] = []
    for (i, time) in times.enumerated() where values[i] != 0 && !values[i].isNaN {
      let end = i + 1 < times.count ? times[i + 1] : time + step
      if let last = result.last, last.to >= time {
        result[result.count - 1] = BadSegment(
          stimulus: stimulus, run: run, subject: subject, from: last.from, to: end)
      } else {
        result.append(BadSegment(stimulus: stimulus, run: run, subject: subject, from: time, to: end))
      }
    }
    return result
  }

  /// `[stimulus, run, subject, from, to]`, as it enters a unit's parameters.
  var json: JSONValue {
    [
      .string(stimulus), run.map { .string($0) } ?? .null, subject.map { .string($0) } ?? .null, .number(from),
      .number(to),
    ]
  }

  init(stimulus: String, run: String?, subject: String?, from: Double, to: Double) {
    self.stimulus = stimulus
    self.run = run
    self.subject = subject
    self.from = from
    self.to = to
  }

  init?(_ json: JSONValue) {
    guard let parts = json.arrayValue, parts.count == 5, let stimulus = parts[0].stringValue,
      let from = parts[3].doubleValue, let to = parts[4].doubleValue
    else { return nil }
    self.init(stimulus: stimulus, run: parts[1].stringValue, subject: parts[2].stringValue, from: from, to: to)
  }

  /// Whether it speaks of this showing to this subject; a mean over subjects has none.
  func concerns(stimulus: String, run: String?, subject: String?) -> Bool {
    self.stimulus == stimulus && (self.run == nil || self.run == run)
      && (self.subject == nil || self.subject == subject)
  }
}

extension StudyContext {
  /// The bad segments that apply: all of the dataset's, none with `exclude: none`, those of one series with its name.
  func badSegments(_ dataset: String) throws -> [BadSegment] {
    let rows = try report("study_bad_segments", ["dataset": .text(dataset)])
    return try rows.flatMap { row -> [BadSegment] in
      switch definition.filters.exclude {
      case .none: return []
      case .all: break
      case .named(let name): if row.text("list") != name { return [] }
      }
      let array = try ArrayReader.read(warehouse.reference(row))
      return BadSegment.found(
        times: array.axis("time")?.numbers ?? [], values: array.values, stimulus: row.text("stimulus"),
        run: row.optionalText("run"), subject: row.optionalText("subject"))
    }
  }
}

extension ClockSeries {
  /// Rows that a bad segment touches as missing; a row stands for `[t, t + step)`.
  func masked(_ segments: [BadSegment]) -> ClockSeries {
    guard !segments.isEmpty else { return self }
    var result = self
    for (row, time) in times.enumerated() {
      let end = time + (step ?? 0)
      let isBad = segments.contains { $0.from < max(end, time + 1e-9) && time < $0.to }
      if isBad { for column in 0..<values.columns { result.values[row, column] = .nan } }
    }
    return result
  }
}
