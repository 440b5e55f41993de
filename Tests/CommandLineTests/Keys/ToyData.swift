import Foundation

/// The toy warehouse: every kind of data that some key of a study file speaks of, as small as the key allows.
///
/// `film`: three stimuli with spaces (net: three layers at 2 Hz; low, pic), ratings of four raters (driven, felt at 2
/// Hz) and of four subjects (mood, hunch), region series that synchronise (source, 32 Hz) and that respond (bold, 1
/// Hz, with confounds; s1 twice; holes lacks volumes), exclusions, bad segments, an age, a cohort, a network. `runs`:
/// one stimulus in three runs. `head`: EEG at 256 Hz with blinks, mains and a noisy channel. `caps`: EEG of electrodes
/// whose places nobody knows. `brain`: EEG with rest before the film, and leadfields. `twins`: two subjects with one
/// recording. `sound`: two sounds with stems, ratings, models and three listeners.
struct ToyData {
  static let seconds = 80
  static let stimuli = ["s1", "s2", "s3"]
  static let subjects = ["ada", "bob", "cyd", "dan"]
  static let regions = ["r1", "r2", "r3"]
  static let sensors = "Fp1 Fp2 F7 F3 Fz F4 F8 T7 C3 Cz C4 T8 P7 P3 Pz P4 P8 O1 O2".split(separator: " ").map(
    String.init)

  let folder: ToyFolder
  private var numbers = ToyNumbers(20)

  init(_ path: String) { folder = ToyFolder(path: path) }

  /// Writes every file.
  mutating func write() throws {
    for stimulus in Self.stimuli { try film(stimulus) }
    try people()
    try runs()
    try head()
    try brain()
    try twins()
    try sounds()
    try listeners()
  }

  private func seconds(_ series: [Double]) -> [Double] {
    stride(from: 0, to: series.count - 1, by: 2).map { at -> Double in (series[at] + series[at + 1]) / 2 }
  }

  private func shifted(_ series: [Double], by seconds: Int) -> [Double] {
    series.indices.map { series[max(0, $0 - seconds)] }
  }

  /// Linear between the values of seconds.
  private func stretched(_ series: [Double], rate: Int) -> [Double] {
    (0..<series.count * rate).map { sample -> Double in
      let (at, part) = (sample / rate, Double(sample % rate) / Double(rate))
      return series[at] * (1 - part) + series[min(series.count - 1, at + 1)] * part
    }
  }

  private func sum(_ parts: [(Double, [Double])]) -> [Double] {
    var total = [Double](repeating: 0, count: parts[0].1.count)
    for (weight, series) in parts { for i in total.indices { total[i] += weight * series[i] } }
    return total
  }

  private mutating func film(_ stimulus: String) throws {
    let count = 2 * Self.seconds
    let times = (0..<count).map { Double($0) / 2 }
    let net = (0..<9).map { _ in numbers.slow(count) }
    try folder.array(
      (0..<count).flatMap { t in net.map { $0[t] } }, shape: [count, 3, 3], "net/\(stimulus).npy")
    let pic = (0..<2).map { _ in numbers.slow(count) }
    let low = (0..<3).map { i in sum([(1, numbers.slow(count)), (0.5, pic[i % 2])]) }
    try folder.table(
      [("time", times), ("x", low[0]), ("y", low[1]), ("z", low[2]), ("p", pic[0]), ("q", pic[1])],
      "low/\(stimulus).csv")
    let now = sum([
      (0.5, seconds(net[3])), (0.5, seconds(net[4])), (0.5, seconds(net[5])), (0.3, seconds(net[0])),
      (0.4, seconds(pic[0])), (0.5, seconds(low[0])),
    ])
    let drive = shifted(now, by: 1)
    try ratings(stimulus, drive)
    try recordings(stimulus, drive)
  }

  private mutating func ratings(_ stimulus: String, _ drive: [Double]) throws {
    let times = drive.indices.map(Double.init)
    var driven = Self.subjects.indices.map { i in sum([(1, drive), (0.8 + 0.4 * Double(i), numbers.slow(drive.count))])
    }
    // One second that nobody rated, and some that few did.
    for second in 20..<24 { driven[0][second] = .nan }
    for i in driven.indices { driven[i][21] = .nan }
    let columns = zip(Self.subjects, driven).map { (name: $0, values: $1) }
    try folder.table([("time", times)] + columns, "driven/\(stimulus).csv")
    let double = stretched(drive, rate: 2)
    let felt = Self.subjects.indices.map { i in
      sum([(0.5, double), (0.5 + 0.5 * Double(i), numbers.slow(double.count, memory: 0.5))])
    }
    try folder.table(
      [("time", double.indices.map { Double($0) / 2 })] + zip(Self.subjects, felt).map { (name: $0, values: $1) },
      "felt/\(stimulus).csv")
    var lines = ["time,subject,mood,hunch"]
    for (i, subject) in Self.subjects.enumerated() {
      let own = (0..<2).map { _ in sum([(0.5, drive), (0.5 + 0.3 * Double(i), numbers.slow(drive.count))]) }
      for second in drive.indices {
        lines.append("\(second),\(subject)," + own.map { ToyFolder.shown($0[second]) }.joined(separator: ","))
      }
    }
    try folder.text(lines.joined(separator: "\n") + "\n", "mood/\(stimulus).csv")
  }

  /// `source`: regions that are more alike while the film drives them; `bold`: regions that follow it 3 s later.
  private mutating func recordings(_ stimulus: String, _ drive: [Double]) throws {
    let (rate, gains) = (32, [1.0, -1, 0.5])
    let common = gains.map { _ in numbers.white(drive.count * rate) }
    let shared = zip(common, gains).map { noise, gain -> [Double] in
      let strength = stretched(drive.map { 1 / (1 + exp(-gain * $0)) }, rate: rate)
      return noise.indices.map { noise[$0] * strength[$0] }
    }
    let responses = [1.0, 0.5, -0.7].map { gain in sum([(gain, shifted(drive, by: 3)), (1, numbers.slow(drive.count))])
    }
    let runs = stimulus == "s1" ? ["1", "4"] : [String(stimulus.dropFirst())]
    for subject in Self.subjects {
      let own = shared.map { sum([(1, $0), (0.8, numbers.white($0.count))]) }
      try folder.recording(own, names: Self.regions, rateHz: Double(rate), "source/\(stimulus)_\(subject)")
      for run in runs {
        let motion = (0..<6).map { _ in numbers.slow(drive.count) }
        let drift = drive.indices.map { 100 + 0.02 * Double($0) }
        var bold: [[Double]] = []
        for (i, series) in responses.enumerated() {
          bold.append(sum([(1, series), (0.9, numbers.slow(series.count)), (0.5, motion[i]), (1, drift)]))
        }
        for i in bold.indices { for volume in 0..<3 { bold[i][volume] += 4 } }
        let names = ["trans_x", "trans_y", "trans_z", "rot_x", "rot_y", "rot_z"]
        try folder.table(
          zip(Self.regions, bold).map { (name: $0, values: $1) }, "bold/\(stimulus)_\(subject)_\(run).tsv")
        // Some volumes of one region of one subject are missing.
        if stimulus != "s1" {
          if subject == "ada" { for volume in 60..<64 { bold[1][volume] = .nan } }
          try folder.table(zip(Self.regions, bold).map { (name: $0, values: $1) }, "holes/\(stimulus)_\(subject).tsv")
        }
        try folder.table(zip(names, motion).map { (name: $0, values: $1) }, "motion/\(stimulus)_\(subject)_\(run).tsv")
      }
    }
  }

  private func people() throws {
    try folder.text(
      "subject,stimulus,channel,onset_s,offset_s,reason\ndan,s3,,,,moved\ncyd,s2,r2,,,loose\nbob,s2,,20,30,cough\n",
      "exclusions.csv")
    let end = ToyData.seconds - 1
    try folder.table([("time", [0, 40, 50, Double(end)]), ("artefact", [0, 1, 0, 0])], "bad.csv")
    try folder.text("subject,age\nada,old\nbob,old\ncyd,young\ndan,young\n", "participants.csv")
    try folder.text("region,hemisphere,network\nr1,left,aud\nr2,right,aud\nr3,left,vis\n", "regions.csv")
    try folder.text(
      "region,hemisphere,wave,slope,x,y,z,u,v,w\nr1,left,1,3,-30,40,10,-30,1,10\nr2,right,2,1,30,-10,-20,30,-60,-20\n"
        + "r3,left,4,2,-30,-60,20,-30,5,12\n", "sphere.csv")
  }

  private mutating func runs() throws {
    var lines = ["time,run,a,b,p,y"]
    for run in 1...3 {
      let (a, b, p) = (numbers.slow(60), numbers.slow(60), numbers.slow(60))
      let y = sum([(1, shifted(a, by: 1)), (0.5, b), (0.5, p), (0.5, numbers.slow(60))])
      for t in 0..<60 {
        lines.append("\(t),r\(run)," + [a, b, p, y].map { ToyFolder.shown($0[t]) }.joined(separator: ","))
      }
    }
    try folder.text(lines.joined(separator: "\n") + "\n", "runs.csv")
  }

  /// Sensors that mix common and own slow sources.
  private mutating func scalp(_ count: Int, mix: [[Double]], common: [[Double]]) -> [[Double]] {
    mix.map { weights in
      sum(zip(weights, common).map { (4 * $0, $1) } + [(6, numbers.slow(count, memory: 0.5))])
    }
  }

  private mutating func head() throws {
    let (rate, seconds) = (256, 24)
    let count = rate * seconds
    let common = (0..<4).map { _ in numbers.slow(count, memory: 0.9) }
    let mix = Self.sensors.map { _ in numbers.white(4) }
    for (i, subject) in Self.subjects.dropLast().enumerated() {
      var channels = scalp(count, mix: mix, common: common)
      let noisy = numbers.slow(count, memory: 0.2)
      for t in 0..<count {
        let time = Double(t) / Double(rate)
        let since = (time + Double(i)).truncatingRemainder(dividingBy: 5)
        let blink = abs(since - 2) < 0.15 ? 1.0 : 0
        let mains = 5 * sin(2 * Double.pi * 50 * time)
        let drift = 20 * sin(2 * Double.pi * 0.3 * time)
        for c in channels.indices { channels[c][t] += mains + drift }
        for (c, gain) in [(0, 90.0), (1, 80), (4, 15)] { channels[c][t] += gain * blink }
        channels[8][t] += 150 * noisy[t]
      }
      try folder.recording(channels, names: Self.sensors, rateHz: Double(rate), "head/\(subject)")
      let unknown = Self.sensors.indices.map { "E\($0 + 1)" }
      try folder.recording(channels, names: unknown, rateHz: Double(rate), "caps/\(subject)")
    }
  }

  private mutating func brain() throws {
    let (rate, seconds) = (50, 52)
    let count = rate * seconds
    let common = (0..<6).map { _ in numbers.slow(count, memory: 0.8) }
    let mix = Self.sensors.map { _ in numbers.white(6) }
    for subject in Self.subjects.dropLast() {
      let channels = scalp(count, mix: mix, common: common)
      try folder.recording(channels, names: Self.sensors, rateHz: Double(rate), "brain/\(subject)")
    }
  }

  private mutating func twins() throws {
    let own = (0..<3).map { _ in numbers.slow(50 * 10) }
    let shared = numbers.slow(50 * 10)
    for (i, subject) in ["una", "vic", "wes"].enumerated() {
      // Vic's recording is Una's, amplified.
      let series = sum([(1, shared), (1, own[i == 1 ? 0 : i])]).map { i == 1 ? 2 * $0 + 1 : $0 }
      try folder.recording([series, series.reversed()], names: ["r1", "r2"], rateHz: 10, "twins/\(subject)")
    }
    let x = numbers.slow(50)
    try folder.table([("time", (0..<50).map(Double.init)), ("x", x), ("y", x.reversed())], "twins/clip.csv")
  }

  private mutating func sounds() throws {
    let (rate, seconds) = (16_000, 16)
    for name in ["u1", "u2"] {
      let course = numbers.slow(seconds)
      let level = stretched(course.map { 1 / (1 + exp(-1.5 * $0)) }, rate: rate)
      let pitch = stretched(numbers.slow(seconds).map { 200 + 60 * $0 }, rate: rate)
      var phase = 0.0
      let voice = pitch.indices.map { i -> Double in
        phase += 2 * .pi * pitch[i] / Double(rate)
        return 0.3 * level[i] * sin(phase)
      }
      var music: [Double] = []
      for i in level.indices {
        let noise = 0.1 * (1 - level[i]) * numbers.next()
        music.append(noise + 0.1 * sin(0.2 * Double(i)))
      }
      try folder.sound(sum([(1, voice), (1, music)]), rateHz: rate, "\(name).wav")
      try folder.sound(voice, rateHz: rate, "stems/\(name).voice.wav")
      try folder.sound(music, rateHz: rate, "stems/\(name).soundtrack.wav")
      let raters = ["ann", "ben"].map { (name: $0, values: sum([(1, course), (0.5, numbers.slow(seconds))])) }
      try folder.table([("time", course.indices.map(Double.init))] + raters, "loud/\(name).csv")
    }
  }

  /// Recordings of two regions that three listeners have in common.
  private mutating func listeners() throws {
    for name in ["u1", "u2"] {
      let common = (0..<2).map { _ in numbers.white(16 * 32) }
      for listener in ["eva", "fay", "gus"] {
        let own = common.map { sum([(1, $0), (0.8, numbers.white($0.count))]) }
        try folder.recording(own, names: ["r1", "r2"], rateHz: 32, "heard/\(name)_\(listener)")
      }
    }
  }
}
