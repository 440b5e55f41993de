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
  /// Mean over pairs of one subject of each group, `[window, 8]`, where asked for.
  var crossed: [Double] = []
  /// `[pairs, 8]` of the last window, where asked for; 0 where a subject was left out.
  var r: [Double] = []

  /// Adds the windows that follow.
  mutating func append(_ next: LaneResults) {
    pairwise += next.pairwise
    leaveOneOut += next.leaveOneOut
    missing += next.missing
    constant += next.constant
    subjects += next.subjects
    halves += next.halves
    crossed += next.crossed
    r = next.r
  }
}

/// What a caller wants beyond the two group values.
struct LaneRequest: Sendable {
  var subjects = false
  var pairs = false
  /// Membership per random split: true = first half, false = second half; nil = neither.
  var splits: [[Bool?]] = []
  /// Two groups whose synchrony with each other is wanted: true = first, false = second.
  var groups: [Bool] = []
}

/// Sliding sums of eight regions: takes pieces in order, emits every window as its last segment ends.
///
/// Segment sums slide: one segment enters, one leaves; every 256 windows the sums are made anew, so that
/// a run of windows that starts there gives the same bits as all windows together.
struct LaneAccumulator: Sendable {
  static let windowsPerStart = 256

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
      SubjectProducts.widen(&low, &high, &missing, low: block.low, high: block.high, missing: block.missing)
    }
  }

  private static let lanes = SubjectProducts.lanes
  private let subjects: Int
  private let laneCount: Int
  private let schedule: WindowSchedule
  private let windows: Range<Int>
  private let request: LaneRequest
  private let splitPairs: [(first: [Int32], second: [Int32])]
  private let crossingPairs: [Int32]
  /// Variances below this are constant, `[subjects, 8]`; from a first pass over the stimulus.
  private let floor: [Double]?
  /// Stretches of samples in which a subject's region did not change, `[subjects, 8]`; empty where nobody has any.
  private let flat: [[Range<Int>]]

  private var held: [Segment]
  private var block: SubjectProducts.Block
  private var blockProducts: [Double]
  private var segment: Int
  private var window: Int
  private var total: [Double]
  private var sums: [Double]
  private var offset: [Double]
  private var squares: [Double]
  private var scale: [Double]
  private var least: [Float]
  private var most: [Float]
  private var lost: [UInt8]
  private var rowSums: [Double]
  private var zSum = [Double](repeating: 0, count: SubjectProducts.lanes)
  private var leftOut = [Double](repeating: 0, count: SubjectProducts.lanes)
  private var leftOutCount = [Double](repeating: 0, count: SubjectProducts.lanes)
  private var r: [Double]
  private(set) var clip: ClipVariance
  private(set) var results = LaneResults()

  /// For a run of windows: all, or some from a multiple of `windowsPerStart` on.
  init(
    subjects: Int, laneCount: Int, schedule: WindowSchedule, windows: Range<Int>, request: LaneRequest,
    floor: [Double]?, flat: [[Range<Int>]] = []
  ) {
    let width = subjects * Self.lanes
    let pairs = SubjectProducts.pairCount(subjects) * Self.lanes
    self.subjects = subjects
    self.laneCount = laneCount
    self.schedule = schedule
    self.windows = windows
    self.request = request
    self.floor = floor
    self.flat = flat
    segment = schedule.segments(of: windows).lowerBound
    window = windows.lowerBound
    splitPairs = request.splits.map { Self.pairs(of: $0) }
    crossingPairs = Self.crossing(request.groups)
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
    least = [Float](repeating: 0, count: width)
    most = least
    lost = [UInt8](repeating: 0, count: width)
    r = request.pairs || !request.splits.isEmpty || !request.groups.isEmpty ? [Double](repeating: 0, count: pairs) : []
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

  private static func crossing(_ groups: [Bool]) -> [Int32] {
    groups.indices.flatMap { a in
      groups.indices.filter { a < $0 && groups[a] != groups[$0] }
        .map { Int32(SubjectProducts.pairIndex(a, $0, groups.count)) }
    }
  }

  /// Takes the next piece of every subject, `samples` samples at `place` of `inputs[subject]`.
  mutating func take(_ inputs: [[Float]], at place: SubjectProducts.Place, samples: Int, endsSegment: Bool) {
    for subject in 0..<subjects {
      block.pack(inputs[subject], at: place, samples: samples, lanes: laneCount, subject: subject)
    }
    let slot = segment % held.count
    if held[slot].samples == 0 {
      block.multiply(into: &held[slot].products)
      held[slot].mean = block.mean
      held[slot].low = block.low
      held[slot].high = block.high
      held[slot].missing = block.missing
    } else {
      block.multiply(into: &blockProducts)
      held[slot].join(block, blockProducts)
    }
    held[slot].samples += samples
    if endsSegment { finishSegment(slot) }
  }

  private mutating func finishSegment(_ slot: Int) {
    held[slot].anyMissing = held[slot].missing.contains(1)
    // Segments of the run before this one are counted there.
    if windows.lowerBound == 0 || segment >= schedule.windows[windows.lowerBound - 1].upperBound {
      clip.add(
        held[slot].products, means: held[slot].mean, missing: held[slot].missing, samples: held[slot].samples,
        subjects: subjects)
    }
    segment += 1
    while window < windows.upperBound, schedule.windows[window].upperBound == segment {
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
    let valid = (0..<Self.lanes).map { Double(subjects - missing[$0] - constant[$0]) }
    SubjectProducts.leaveOut(
      rowSums: rowSums, scale: scale, valid: valid, subjects: subjects, zSum: &leftOut, count: &leftOutCount)
    for lane in 0..<Self.lanes {
      results.missing.append(Int32(missing[lane]))
      results.constant.append(Int32(constant[lane]))
      emitGroup(lane, valid: subjects - missing[lane] - constant[lane])
    }
    if request.subjects { emitSubjects() }
    for split in splitPairs.indices { emitHalves(split) }
    if !request.groups.isEmpty { emitCrossed() }
    if request.pairs { results.r = r }
  }

  private mutating func slideTo(_ target: Range<Int>) {
    let previous = window == windows.lowerBound ? target : schedule.windows[window - 1]
    if window % Self.windowsPerStart == 0 || target.lowerBound >= previous.upperBound {
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
    bound(schedule.windows[window])
    for i in scale.indices {
      if lost[i] != 0 {
        missing[i % Self.lanes] += 1
        scale[i] = 0
        continue
      }
      let variance = squares[i] / Double(samples)
      let resolution = Double(max(abs(least[i]), abs(most[i]))) * 0x1p-23
      let isFlat = !flat.isEmpty && flat[i].contains { $0.contains(schedule.samples[window]) }
      if isFlat || least[i] == most[i] || variance <= resolution * resolution || variance < (floor?[i] ?? 0) {
        constant[i % Self.lanes] += 1
        scale[i] = 0
      } else {
        scale[i] = 1 / squares[i].squareRoot()
        clip.seen(variance, at: i)
      }
    }
    return (missing, constant)
  }

  /// Least and largest value of each subject in a range of segments, and who has a missing sample there.
  private mutating func bound(_ range: Range<Int>) {
    for (n, index) in range.enumerated() {
      let slot = index % held.count
      if n == 0 {
        least = held[slot].low
        most = held[slot].high
        lost = held[slot].missing
      } else {
        SubjectProducts.widen(
          &least, &most, &lost, low: held[slot].low, high: held[slot].high, missing: held[slot].missing)
      }
    }
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
    results.leaveOneOut.append(leftOutCount[lane] == 0 ? .nan : tanh(leftOut[lane] / leftOutCount[lane]))
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

  private mutating func emitCrossed() {
    SubjectProducts.sumOfZ(r, pairs: crossingPairs, into: &zSum)
    for lane in 0..<Self.lanes {
      var members = (first: 0, second: 0)
      for subject in 0..<subjects where scale[subject * Self.lanes + lane] > 0 {
        if request.groups[subject] { members.first += 1 } else { members.second += 1 }
      }
      let pairs = members.first * members.second
      results.crossed.append(pairs == 0 ? .nan : tanh(zSum[lane] / Double(pairs)))
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
}

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

  mutating func add(_ products: [Double], means: [Double], missing: [UInt8], samples: Int, subjects: Int) {
    SubjectProducts.joinVariance(
      products: products, means: means, missing: missing, samples: samples, subjects: subjects, count: &count,
      mean: &mean, squares: &squares)
  }

  /// Adds another run of windows of the same series.
  mutating func join(_ other: ClipVariance) {
    for i in count.indices {
      least[i] = min(least[i], other.least[i])
      guard other.count[i] > 0 else { continue }
      let n = count[i] + other.count[i]
      let difference = other.mean[i] - mean[i]
      squares[i] += other.squares[i] + difference * difference * count[i] * other.count[i] / n
      mean[i] += difference * other.count[i] / n
      count[i] = n
    }
  }

  mutating func seen(_ variance: Double, at i: Int) { least[i] = min(least[i], variance) }

  /// Variances under which a window counts as constant, if a window came close (1e-12 of the stimulus').
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
