import Foundation
import LinearAlgebra

/// What the windows of eight regions gave.
struct LaneResults: Sendable {
  var pairwise: [Double] = []
  var leaveOneOut: [Double] = []
  var missing: [Int32] = []
  var constant: [Int32] = []
  /// `[window, subject, 8]`, where asked for.
  var subjects: [Double] = []
  /// `[window, split, half, 8]`, where asked for.
  var halves: [Double] = []
  /// `[pairs, 8]` of the last window, where asked for; 0 where a subject was left out.
  var r: [Double] = []
}

/// What a caller wants beyond the two group values.
struct LaneRequest: Sendable {
  var subjects = false
  var pairs = false
  /// Membership per random split: true = first half, false = second half; nil = neither.
  var splits: [[Bool?]] = []
}

/// Sliding sums of eight regions: takes pieces in order, emits every window as its last segment ends.
///
/// Segment sums slide (SCIENCE 18.5): one segment enters, one leaves; every 256 windows the sums are made anew.
struct LaneAccumulator: Sendable {
  private struct Segment: Sendable {
    var products: [Double]
    var mean: [Double]
    var low: [Float]
    var high: [Float]
    var missing: [UInt8]
    var anyMissing = false
    var samples = 0

    mutating func join(_ block: SubjectProducts.Block, _ blockProducts: [Double]) {
      SubjectProducts.join(
        &products, &mean, n0: samples, block: blockProducts, blockMean: block.mean, n1: block.samples,
        subjects: block.subjects)
      for i in low.indices {
        low[i] = min(low[i], block.low[i])
        high[i] = max(high[i], block.high[i])
        missing[i] |= block.missing[i]
      }
    }
  }

  private static let lanes = SubjectProducts.lanes
  private let subjects: Int
  private let laneCount: Int
  private let schedule: WindowSchedule
  private let request: LaneRequest
  private let splitPairs: [(first: [Int32], second: [Int32])]
  /// Variances below this are constant, `[subjects, 8]`; from a first pass over the stimulus.
  private let floor: [Double]?

  private var held: [Segment]
  private var block: SubjectProducts.Block
  private var blockProducts: [Double]
  private var segment = 0
  private var window = 0
  private var total: [Double]
  private var sums: [Double]
  private var offset: [Double]
  private var squares: [Double]
  private var scale: [Double]
  private var rowSums: [Double]
  private var zSum = [Double](repeating: 0, count: SubjectProducts.lanes)
  private var r: [Double]
  private var clip: ClipVariance
  private(set) var results = LaneResults()

  init(subjects: Int, laneCount: Int, schedule: WindowSchedule, request: LaneRequest, floor: [Double]?) {
    let width = subjects * Self.lanes
    let pairs = SubjectProducts.pairCount(subjects) * Self.lanes
    self.subjects = subjects
    self.laneCount = laneCount
    self.schedule = schedule
    self.request = request
    self.floor = floor
    splitPairs = request.splits.map { Self.pairs(of: $0) }
    held = [Segment](
      repeating: Segment(
        products: [Double](repeating: 0, count: pairs), mean: [Double](repeating: 0, count: width),
        low: [Float](repeating: 0, count: width), high: [Float](repeating: 0, count: width),
        missing: [UInt8](repeating: 0, count: width)),
      count: schedule.segmentsHeld)
    block = SubjectProducts.Block(samplesAtMost: WindowSchedule.pieceLength, subjects: subjects)
    blockProducts = [Double](repeating: 0, count: pairs)
    total = [Double](repeating: 0, count: pairs)
    sums = [Double](repeating: 0, count: width)
    offset = sums
    squares = sums
    scale = sums
    rowSums = sums
    r = request.pairs || !request.splits.isEmpty ? [Double](repeating: 0, count: pairs) : []
    clip = ClipVariance(width: width)
  }

  private static func pairs(of split: [Bool?]) -> (first: [Int32], second: [Int32]) {
    var lists: (first: [Int32], second: [Int32]) = ([], [])
    for a in 0..<split.count {
      for b in (a + 1)..<max(a + 1, split.count) where split[a] != nil && split[a] == split[b] {
        let place = Int32(SubjectProducts.pairIndex(a, b, split.count))
        if split[a] == true { lists.first.append(place) } else { lists.second.append(place) }
      }
    }
    return lists
  }

  /// Takes the next piece of every subject: rows `rows` of `inputs[subject]`, columns from `column`.
  mutating func take(_ inputs: [[Float]], rows: Range<Int>, stride: Int, column: Int, endsSegment: Bool) {
    for subject in 0..<subjects {
      block.pack(
        inputs[subject], rows: rows, stride: stride, column: column, lanes: laneCount, subject: subject)
    }
    let place = segment % held.count
    if held[place].samples == 0 {
      for i in held[place].products.indices { held[place].products[i] = 0 }
      SubjectProducts.accumulate(
        panel: block.panel, samples: block.samples, subjects: subjects, into: &held[place].products)
      held[place].mean = block.mean
      held[place].low = block.low
      held[place].high = block.high
      held[place].missing = block.missing
    } else {
      join(place)
    }
    held[place].samples += block.samples
    if endsSegment { finishSegment(place) }
  }

  private mutating func join(_ place: Int) {
    for i in blockProducts.indices { blockProducts[i] = 0 }
    SubjectProducts.accumulate(panel: block.panel, samples: block.samples, subjects: subjects, into: &blockProducts)
    held[place].join(block, blockProducts)
  }

  private mutating func finishSegment(_ place: Int) {
    held[place].anyMissing = held[place].missing.contains(1)
    clip.add(held[place].products, held[place].mean, held[place].missing, held[place].samples, subjects)
    segment += 1
    while window < schedule.windows.count, schedule.windows[window].upperBound == segment {
      emit()
      window += 1
    }
    held[segment % held.count].samples = 0
  }

  // MARK: - One window

  private mutating func emit() {
    slideTo(schedule.windows[window])
    let samples = schedule.sampleCounts[window]
    SubjectProducts.squares(total: total, sums: sums, samples: samples, subjects: subjects, into: &squares)
    let (missing, constant) = leaveOut(samples)
    SubjectProducts.correlate(
      total: total, sums: sums, samples: samples, scale: scale, subjects: subjects, rowSums: &rowSums, zSum: &zSum,
      r: &r)
    for lane in 0..<Self.lanes {
      results.missing.append(Int32(missing[lane]))
      results.constant.append(Int32(constant[lane]))
      emitGroup(lane, valid: subjects - missing[lane] - constant[lane])
    }
    if request.subjects { emitSubjects() }
    for split in splitPairs.indices { emitHalves(split) }
    if request.pairs { results.r = r }
  }

  private mutating func slideTo(_ target: Range<Int>) {
    let previous = window == 0 ? target : schedule.windows[window - 1]
    if window % 256 == 0 || target.lowerBound >= previous.upperBound {
      for i in total.indices { total[i] = 0 }
      for i in sums.indices { sums[i] = 0 }
      setOffset(target)
      for index in target { slide(index, 1) }
    } else {
      for index in previous.lowerBound..<target.lowerBound { slide(index, -1) }
      for index in previous.upperBound..<target.upperBound { slide(index, 1) }
    }
  }

  /// Sums are taken about the mean of the window's first complete segment, so that an offset costs no digits.
  private mutating func setOffset(_ target: Range<Int>) {
    for i in offset.indices {
      let first = target.first { held[$0 % held.count].missing[i] == 0 }
      offset[i] = first.map { held[$0 % held.count].mean[i] } ?? 0
    }
  }

  private mutating func slide(_ index: Int, _ sign: Double) {
    let place = index % held.count
    if held[place].anyMissing {
      for i in offset.indices where held[place].missing[i] != 0 { held[place].mean[i] = offset[i] }
    }
    SubjectProducts.slide(
      &total, &sums, products: held[place].products, mean: held[place].mean, offset: offset,
      samples: held[place].samples, sign: sign, subjects: subjects)
  }

  /// Sets `scale` and counts, per lane, who is left out: a missing sample, or a series without variance.
  private mutating func leaveOut(_ samples: Int) -> (missing: [Int], constant: [Int]) {
    var missing = [Int](repeating: 0, count: Self.lanes)
    var constant = missing
    let range = schedule.windows[window]
    let anyMissing = range.contains { held[$0 % held.count].anyMissing }
    for i in scale.indices {
      let lane = i % Self.lanes
      if anyMissing && range.contains(where: { held[$0 % held.count].missing[i] != 0 }) {
        missing[lane] += 1
        scale[i] = 0
        continue
      }
      var low = Float.infinity
      var high = -Float.infinity
      for index in range {
        low = min(low, held[index % held.count].low[i])
        high = max(high, held[index % held.count].high[i])
      }
      let variance = squares[i] / Double(samples)
      let resolution = Double(max(abs(low), abs(high))) * 0x1p-23
      if low == high || variance <= resolution * resolution || variance < (floor?[i] ?? 0) {
        constant[lane] += 1
        scale[i] = 0
      } else {
        scale[i] = 1 / squares[i].squareRoot()
        clip.seen(variance, at: i)
      }
    }
    return (missing, constant)
  }

  /// A window counts from three subjects on, or from two where there are only two in all.
  private var fewest: Int { min(3, subjects) }

  private mutating func emitGroup(_ lane: Int, valid: Int) {
    guard valid >= fewest else {
      results.pairwise.append(.nan)
      results.leaveOneOut.append(.nan)
      return
    }
    results.pairwise.append(tanh(zSum[lane] / Double(valid * (valid - 1) / 2)))
    var count = 0
    var sum = 0.0
    let all = sumOfRows(lane) + Double(valid)
    for subject in 0..<subjects {
      let value = leaveOneOut(subject * Self.lanes + lane, all, valid)
      if value.isNaN { continue }
      sum += atanh(clipped(value))
      count += 1
    }
    results.leaveOneOut.append(count == 0 ? .nan : tanh(sum / Double(count)))
  }

  private func sumOfRows(_ lane: Int) -> Double {
    var sum = 0.0
    for subject in 0..<subjects { sum += rowSums[subject * Self.lanes + lane] }
    return sum
  }

  /// corr(z_a, sum of the others' z) = q / sqrt(T - 2q - 1), q the row sum of r, T the sum of the whole matrix.
  private func leaveOneOut(_ i: Int, _ all: Double, _ valid: Int) -> Double {
    guard scale[i] > 0, valid >= fewest else { return .nan }
    let others = all - 2 * rowSums[i] - 1
    return others > 1e-10 * Double(valid) ? rowSums[i] / others.squareRoot() : .nan
  }

  private mutating func emitSubjects() {
    var all = [Double](repeating: 0, count: Self.lanes)
    var valid = [Int](repeating: 0, count: Self.lanes)
    for i in scale.indices where scale[i] > 0 { valid[i % Self.lanes] += 1 }
    for lane in 0..<Self.lanes { all[lane] = sumOfRows(lane) + Double(valid[lane]) }
    for i in scale.indices {
      results.subjects.append(leaveOneOut(i, all[i % Self.lanes], valid[i % Self.lanes]))
    }
  }

  private mutating func emitHalves(_ split: Int) {
    for (half, pairs) in [(true, splitPairs[split].first), (false, splitPairs[split].second)] {
      SubjectProducts.sumOfZ(r, pairs: pairs, into: &zSum)
      for lane in 0..<Self.lanes {
        var members = 0
        for subject in 0..<subjects where request.splits[split][subject] == half {
          if scale[subject * Self.lanes + lane] > 0 { members += 1 }
        }
        results.halves.append(members < 2 ? .nan : tanh(zSum[lane] / Double(members * (members - 1) / 2)))
      }
    }
  }

  /// Variances under which a window counts as constant, if a window came close (SCIENCE 18.5: 1e-12 of the stimulus').
  var suspectFloor: [Double]? { clip.floor }
}

/// r clipped to ±(1 - 1e-7), so that identical series have a finite Fisher z.
func clipped(_ r: Double) -> Double { min(max(r, -(1 - 1e-7)), 1 - 1e-7) }

/// Each subject's variance over the whole stimulus and the smallest seen in a window.
struct ClipVariance: Sendable {
  private var count: [Double]
  private var mean: [Double]
  private var squares: [Double]
  private var least: [Double]

  init(width: Int) {
    count = [Double](repeating: 0, count: width)
    mean = count
    squares = count
    least = [Double](repeating: .infinity, count: width)
  }

  mutating func add(_ products: [Double], _ means: [Double], _ missing: [UInt8], _ samples: Int, _ subjects: Int) {
    let lanes = SubjectProducts.lanes
    for i in count.indices where missing[i] == 0 {
      let own = products[SubjectProducts.pairIndex(i / lanes, i / lanes, subjects) * lanes + i % lanes]
      let n = count[i] + Double(samples)
      let difference = means[i] - mean[i]
      squares[i] += own + difference * difference * count[i] * Double(samples) / n
      mean[i] += difference * Double(samples) / n
      count[i] = n
    }
  }

  mutating func seen(_ variance: Double, at i: Int) { least[i] = min(least[i], variance) }

  var floor: [Double]? {
    var floor = [Double](repeating: 0, count: count.count)
    var any = false
    for i in floor.indices where count[i] > 0 {
      floor[i] = 1e-12 * squares[i] / count[i]
      any = any || least[i] < floor[i]
    }
    return any ? floor : nil
  }
}
