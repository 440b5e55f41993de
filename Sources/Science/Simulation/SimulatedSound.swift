import Foundation

/// How the sound of one stimulus is made up.
public struct SoundSpec: Sendable {
  public var seconds: Int
  public var rateHz: Int
  /// Level of the voice above the soundtrack in dB, both over the whole stimulus.
  public var voiceDB: Double

  public init(seconds: Int, rateHz: Int, voiceDB: Double) {
    (self.seconds, self.rateHz, self.voiceDB) = (seconds, rateHz, voiceDB)
  }
}

/// The sound of one stimulus, made of a voice and a soundtrack that are known.
///
/// All samples are multiples of 2⁻²⁰ below 1/2, so that `voice + soundtrack` is exact in float32: it is the mix.
public struct SimulatedSound: Sendable {
  public let rateHz: Int
  /// One channel of the voice, to be heard alike on both.
  public let speech: [Float]
  /// Left and right of the soundtrack.
  public let music: (left: [Float], right: [Float])

  public var sampleCount: Int { speech.count }

  /// Left and right in turn of samples of the mix.
  public func mix(_ range: Range<Int>) -> [Float] {
    range.flatMap { [speech[$0] + music.left[$0], speech[$0] + music.right[$0]] }
  }

  /// Left and right in turn of the voice.
  public func voice(_ range: Range<Int>) -> [Float] { range.flatMap { [speech[$0], speech[$0]] } }

  /// Left and right in turn of the soundtrack.
  public func soundtrack(_ range: Range<Int>) -> [Float] { range.flatMap { [music.left[$0], music.right[$0]] } }
}

/// Syllables of a voice over chords and noise, `v(t) = g_v(t) voice(t)` and `s(t) = g_s(t) soundtrack(t)`, the logarithms of
/// the gains independent Ornstein-Uhlenbeck courses with a time constant of 15 s and an SD of .5.
///
/// One seed gives the same samples. Precondition: at least a second, 16 to 192 kHz.
public func simulateSound<G: RandomNumberGenerator>(
  _ spec: SoundSpec, numbers: SimulationNumbers<G>
) -> SimulatedSound {
  precondition(spec.seconds > 0 && (16_000...192_000).contains(spec.rateHz))
  let (rate, count) = (Double(spec.rateHz), spec.seconds * spec.rateHz)
  var talker = Talker(rate, numbers(.voice, 0, 0))
  var voice = (0..<count).map { _ in talker.next() }
  var band = Band(rate, numbers(.soundtrack, 0, 0))
  var (left, right) = (voice, voice)
  for t in 0..<count { (left[t], right[t]) = band.next() }
  apply(slowGain(spec.seconds, numbers(.voiceGain, 0, 0)), rate, &voice)
  let gain = slowGain(spec.seconds, numbers(.soundtrackGain, 0, 0))
  apply(gain, rate, &left)
  apply(gain, rate, &right)
  let voiceSize = pow(10, spec.voiceDB / 20) / power(voice).squareRoot()
  let soundtrackSize = 1 / ((power(left) + power(right)) / 2).squareRoot()
  let largest = max(peak(voice) * voiceSize, max(peak(left), peak(right)) * soundtrackSize)
  return SimulatedSound(
    rateHz: spec.rateHz, speech: quantised(voice, voiceSize * 0.499 / largest),
    music: (
      quantised(left, soundtrackSize * 0.499 / largest), quantised(right, soundtrackSize * 0.499 / largest)
    ))
}

private func power(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 } / Double(x.count) }
private func peak(_ x: [Double]) -> Double { x.reduce(0) { max($0, abs($1)) } }
private func quantised(_ x: [Double], _ size: Double) -> [Float] {
  x.map { Float(($0 * size * 0x1p20).rounded() * 0x1p-20) }
}

/// Gains at whole seconds, the last second's end included.
private func slowGain<G: RandomNumberGenerator>(_ seconds: Int, _ generator: G) -> [Double] {
  var numbers = generator
  return autoregressive(seconds + 1, exp(-1.0 / 15), &numbers).map { exp(0.5 * $0) }
}

/// Between whole seconds gains go straight.
private func apply(_ gain: [Double], _ rate: Double, _ x: inout [Double]) {
  for t in x.indices {
    let time = Double(t) / rate
    let second = Int(time)
    x[t] *= gain[second] + (time - Double(second)) * (gain[second + 1] - gain[second])
  }
}

private func uniform<G: RandomNumberGenerator>(_ numbers: inout G, _ low: Double, _ high: Double) -> Double {
  low + (high - low) * Double(numbers.next() >> 11) * 0x1p-53
}

/// `y(t) = b x(t) + c y(t - 1) - r² y(t - 2)`: a formant.
private struct Resonator {
  private var b = 1.0
  private var c = 0.0
  private var d = 0.0
  private var last = 0.0
  private var secondLast = 0.0

  mutating func tune(_ hertz: Double, width: Double, _ rate: Double) {
    let radius = exp(-Double.pi * width / rate)
    (c, d) = (2 * radius * cos(2 * .pi * hertz / rate), -radius * radius)
    b = 1 - c - d
  }

  mutating func next(_ x: Double) -> Double {
    let y = b * x + c * last + d * secondLast
    (last, secondLast) = (y, last)
    return y
  }
}

/// Vowels in a row: pulses at a fundamental that wanders between 90 and 300 Hz, through three formants that change three to
/// five times a second; one syllable in six is followed by a pause of 0.2 to 0.8 s.
private struct Talker<G: RandomNumberGenerator> {
  /// First to third formant of eight vowels (Peterson and Barney 1952, men).
  private static var vowels: [[Double]] {
    [
      [270, 2290, 3010], [390, 1990, 2550], [530, 1840, 2480], [660, 1720, 2410],
      [730, 1090, 2440], [570, 840, 2410], [440, 1020, 2240], [300, 870, 2240],
    ]
  }
  private let rate: Double
  private var numbers: G
  private var formants = [Resonator(), Resonator(), Resonator()]
  private var logPitch = log(150.0)
  private var phase = 0.0
  private var tilted = 0.0
  /// Samples of the syllable.
  private var syllable = 0
  /// Samples of the pause behind it.
  private var pause = 0
  /// Samples since the syllable began.
  private var place = 0

  init(_ rate: Double, _ numbers: G) { (self.rate, self.numbers) = (rate, numbers) }

  mutating func next() -> Double {
    if place == syllable + pause { beginSyllable() }
    if place % max(1, Int(rate / 100)) == 0 { wander() }
    phase += exp(logPitch) / rate
    var pulse = 0.0
    if phase >= 1 { (phase, pulse) = (phase - 1, 1) }
    // Twelve dB an octave less above some 100 Hz is nearer to a glottis than a pulse is.
    tilted += (pulse - tilted) * 0.1
    let level = place < syllable ? sin(.pi * (Double(place) + 0.5) / Double(syllable)) : 0
    place += 1
    return formants.indices.reduce(tilted * level) { formants[$1].next($0) }
  }

  private mutating func beginSyllable() {
    syllable = Int(rate / uniform(&numbers, 3, 5))
    pause = uniform(&numbers, 0, 6) < 1 ? Int(rate * uniform(&numbers, 0.2, 0.8)) : 0
    place = 0
    let vowel = Self.vowels[Int(uniform(&numbers, 0, Double(Self.vowels.count)))]
    for (i, width) in [60.0, 90, 150].enumerated() { formants[i].tune(vowel[i], width: width, rate) }
  }

  private mutating func wander() {
    logPitch += 0.03 * normal(&numbers)
    let (low, high) = (log(90.0), log(300.0))
    if logPitch < low { logPitch = 2 * low - logPitch }
    if logPitch > high { logPitch = 2 * high - logPitch }
  }
}

/// Chords of four voices with six partials each, on a root that walks, in pulses of 60 to 140 a minute, above coloured noise.
private struct Band<G: RandomNumberGenerator> {
  private struct Partial {
    var real: Double
    var imaginary: Double
    let turnReal: Double
    let turnImaginary: Double
    let left: Double
    let right: Double
  }
  private let rate: Double
  private var numbers: G
  private var partials: [Partial] = []
  /// Semitones above 110 Hz.
  private var root = 0
  /// Samples of a beat.
  private let beat: Int
  private var place = 0
  private var noise = (left: 0.0, right: 0.0)

  init(_ rate: Double, _ generator: G) {
    (self.rate, numbers) = (rate, generator)
    beat = Int(rate * 60 / uniform(&numbers, 60, 140))
  }

  mutating func next() -> (Double, Double) {
    // Four beats a chord.
    if place % (4 * beat) == 0 { beginChord() }
    let level = 0.4 + 0.6 * exp(-Double(place % beat) / (0.25 * rate))
    place += 1
    var (left, right) = (0.0, 0.0)
    for i in partials.indices {
      let partial = partials[i]
      left += partial.left * partial.imaginary
      right += partial.right * partial.imaginary
      partials[i].real = partial.real * partial.turnReal - partial.imaginary * partial.turnImaginary
      partials[i].imaginary = partial.real * partial.turnImaginary + partial.imaginary * partial.turnReal
    }
    noise.left += (uniform(&numbers, -1, 1) - noise.left) * 0.3
    noise.right += (uniform(&numbers, -1, 1) - noise.right) * 0.3
    return (level * left + 0.3 * noise.left, level * right + 0.3 * noise.right)
  }

  private mutating func beginChord() {
    let steps = [-5, -2, 0, 2, 5, 7]
    root = (root + steps[Int(uniform(&numbers, 0, Double(steps.count)))] + 24) % 12
    let third = uniform(&numbers, 0, 1) < 0.5 ? 3 : 4
    partials = []
    for (voice, semitones) in [0, third, 7, 12].enumerated() {
      for order in 1...6 {
        let angle = 2 * .pi * 110 * pow(2, Double(root + semitones) / 12) * Double(order) / rate
        let start = uniform(&numbers, 0, 2 * .pi)
        let share = (0.2 + 0.2 * Double(voice)) / Double(order)
        partials.append(
          Partial(
            real: cos(start), imaginary: sin(start), turnReal: cos(angle), turnImaginary: sin(angle),
            left: share, right: 1 / Double(order) - share))
      }
    }
  }
}
