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

/// Some seconds of a sound: its voice and its soundtrack.
///
/// All samples are multiples of 2⁻²⁰ below 1/2, so that `voice + soundtrack` is exact in float32: it is the mix.
public struct SoundPiece: Sendable {
  /// One channel of the voice, to be heard alike on both.
  let speech: [Float]
  /// Left and right of the soundtrack.
  let music: (left: [Float], right: [Float])

  /// Samples of a channel.
  public var count: Int { speech.count }

  /// Left and right in turn of the mix.
  public var mix: [Float] {
    speech.indices.flatMap { [speech[$0] + music.left[$0], speech[$0] + music.right[$0]] }
  }

  /// Left and right in turn of the voice.
  public var voice: [Float] { speech.flatMap { [$0, $0] } }

  /// Left and right in turn of the soundtrack.
  public var soundtrack: [Float] { speech.indices.flatMap { [music.left[$0], music.right[$0]] } }
}

/// The sound of one stimulus, made of a voice and a soundtrack that are known: it is made anew, piece by piece, whenever
/// it is read, so that no more of it than a piece is held.
public struct SimulatedSound<G: RandomNumberGenerator & Sendable>: Sendable {
  public let rateHz: Int
  /// Samples of a channel.
  public let sampleCount: Int
  /// Where it begins.
  private let start: SoundCourse<G>
  private let voiceSize: Double
  private let soundtrackSize: Double

  fileprivate init(_ spec: SoundSpec, _ start: SoundCourse<G>) {
    (rateHz, sampleCount, self.start) = (spec.rateHz, spec.seconds * spec.rateHz, start)
    var levels = (voice: Level(), left: Level(), right: Level())
    var course = start
    for _ in 0..<sampleCount {
      let sample = course.next()
      levels.voice.add(sample.voice)
      levels.left.add(sample.left)
      levels.right.add(sample.right)
    }
    let voice = pow(10, spec.voiceDB / 20) / levels.voice.power.squareRoot()
    let soundtrack = 1 / ((levels.left.power + levels.right.power) / 2).squareRoot()
    let largest = max(levels.voice.peak * voice, max(levels.left.peak, levels.right.peak) * soundtrack)
    (voiceSize, soundtrackSize) = (voice * 0.499 / largest, soundtrack * 0.499 / largest)
  }

  /// All of it in order, in pieces of at most so many samples.
  public func read(by most: Int, _ body: (SoundPiece) throws -> Void) rethrows {
    precondition(most > 0, "a piece has samples")
    var course = start
    for first in stride(from: 0, to: sampleCount, by: most) {
      let samples = (first..<min(first + most, sampleCount)).map { _ in course.next() }
      try body(
        SoundPiece(
          speech: samples.map { Self.quantised($0.voice * voiceSize) },
          music: (
            samples.map { Self.quantised($0.left * soundtrackSize) },
            samples.map { Self.quantised($0.right * soundtrackSize) }
          )))
    }
  }

  private static func quantised(_ x: Double) -> Float { Float((x * 0x1p20).rounded() * 0x1p-20) }
}

/// Power and largest size of samples that are added one by one.
private struct Level {
  private var squares = 0.0
  private var count = 0
  private(set) var peak = 0.0
  var power: Double { squares / Double(count) }

  mutating func add(_ x: Double) {
    squares += x * x
    count += 1
    peak = max(peak, abs(x))
  }
}

/// Syllables of a voice over chords and noise, `v(t) = g_v(t) voice(t)` and `s(t) = g_s(t) soundtrack(t)`, the logarithms of
/// the gains independent Ornstein-Uhlenbeck courses with a time constant of 15 s and an SD of .5.
///
/// One seed gives the same samples. Precondition: at least a second, 16 to 192 kHz.
public func simulateSound<G: RandomNumberGenerator & Sendable>(
  _ spec: SoundSpec, numbers: SimulationNumbers<G>
) -> SimulatedSound<G> {
  precondition(spec.seconds > 0 && (16_000...192_000).contains(spec.rateHz))
  return SimulatedSound(spec, SoundCourse(spec, numbers: numbers))
}

/// Voice and soundtrack before their levels are known, sample by sample.
private struct SoundCourse<G: RandomNumberGenerator & Sendable>: Sendable {
  private let rate: Double
  private var talker: Talker<G>
  private var band: Band<G>
  private let voiceGain: [Double]
  private let soundtrackGain: [Double]
  /// Samples given so far.
  private var place = 0

  init(_ spec: SoundSpec, numbers: SimulationNumbers<G>) {
    rate = Double(spec.rateHz)
    talker = Talker(rate, numbers(.voice, 0, 0))
    band = Band(rate, numbers(.soundtrack, 0, 0))
    voiceGain = Self.slowGain(spec.seconds, numbers(.voiceGain, 0, 0))
    soundtrackGain = Self.slowGain(spec.seconds, numbers(.soundtrackGain, 0, 0))
  }

  mutating func next() -> (voice: Double, left: Double, right: Double) {
    let time = Double(place) / rate
    let second = Int(time)
    place += 1
    let (gain, music) = (Self.gain(voiceGain, second, time), Self.gain(soundtrackGain, second, time))
    let (left, right) = band.next()
    return (talker.next() * gain, left * music, right * music)
  }

  /// Gains at whole seconds, the last second's end included.
  private static func slowGain(_ seconds: Int, _ generator: G) -> [Double] {
    var numbers = generator
    return autoregressive(seconds + 1, exp(-1.0 / 15), &numbers).map { exp(0.5 * $0) }
  }

  /// Between whole seconds gains go straight.
  private static func gain(_ gain: [Double], _ second: Int, _ time: Double) -> Double {
    gain[second] + (time - Double(second)) * (gain[second + 1] - gain[second])
  }
}

private func uniform<G: RandomNumberGenerator>(_ numbers: inout G, _ low: Double, _ high: Double) -> Double {
  low + (high - low) * Double(numbers.next() >> 11) * 0x1p-53
}

/// `y(t) = b x(t) + c y(t - 1) - r² y(t - 2)`: a formant.
private struct Resonator: Sendable {
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
private struct Talker<G: RandomNumberGenerator & Sendable>: Sendable {
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
private struct Band<G: RandomNumberGenerator & Sendable>: Sendable {
  private struct Partial: Sendable {
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
