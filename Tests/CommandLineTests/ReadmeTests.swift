import CommandLineTool
import Foundation
import Testing

/// README's way from nothing to a published archive, as it stands there, and the commands of its page about real data.
@Suite struct ReadmeTests {
  private static let rateHz = 16_000

  /// A tone whose loudness is given second by second.
  private func song(_ loudness: [Double], hz: Double) -> [Double] {
    (0..<loudness.count * Self.rateHz).map { sample in
      0.37 * loudness[sample / Self.rateHz] * sin(2 * .pi * hz * Double(sample) / Double(Self.rateHz))
    }
  }

  private func page(_ name: String) throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)
  }

  /// A shell divides the words, and `evoke` is a function that prints them; the data are not there.
  @Test func `the commands shown for real data are commands of this program`() throws {
    let blocks = try page("docs/real-data.md").matches(of: /(?s)```sh\n(.*?)```/).map { String($0.1) }
    let words = #"evoke() { printf '%s\037' "$@"; printf '\036'; }"#
    let ending = try Program().run(["-c", ([words] + blocks).joined(separator: "\n")], launch: "/bin/bash")
    let commands = ending.output.split(separator: "\u{1e}").map { command in
      command.split(separator: "\u{1f}", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
    for verb in ["init", "import", "run", "query", "simulate", "grade"] {
      #expect(commands.contains { $0.first == verb }, "\(verb) is not shown")
    }
    for command in commands {
      #expect(throws: Never.self, "evoke \(command.joined(separator: " "))") { _ = try Evoke.parseAsRoot(command) }
    }
  }

  @Test func `three songs and a ratings table become a published archive`() throws {
    let text = try page("README.md")
    let section = try #require(
      text.split(separator: "\n## Your first own study\n").last?.split(separator: "\n## ").first)
    let commands = try #require(section.firstMatch(of: /(?s)```sh\n(.*?)```/)?.1)
    #expect(commands.contains("archive verify"))

    let program = try Program()
    let folder = ToyFolder(path: program.folder)
    var numbers = UniformNumbers(state: 88_172_645_463_325_252)
    var ratings = "time,song,rater,joy\n"
    for (place, name) in ["dawn", "noon", "dusk"].enumerated() {
      let loudness = (0..<90).map { second in
        0.5 + 0.4 * sin(2 * .pi * Double(second) / Double(17 + 3 * place) + Double(place)) + 0.03 * numbers.next()
      }
      try folder.sound(song(loudness, hz: Double(220 + 110 * place)), rateHz: Self.rateHz, "songs/\(name).wav")
      for rater in ["anna", "zoe"] {
        for second in 0..<90 {
          ratings += "\(second),\(name),\(rater),\(0.3 + 0.4 * loudness[max(0, second - 2)] + 0.03 * numbers.next())\n"
        }
      }
    }
    try program.write(ratings, "ratings.csv")
    let place = (Program.path as NSString).deletingLastPathComponent
    let path = [place, ProcessInfo.processInfo.environment["PATH"]].compactMap(\.self).joined(separator: ":")
    let ending = try program.run(["-euo", "pipefail", "-c", String(commands)], ["PATH": path], launch: "/bin/bash")
    #expect(ending.status == 0, "\(ending.output)\n\(ending.error)")
    #expect(ending.error.contains("paper.zip verifies at level 5"), "\(ending.error)")
    #expect(FileManager.default.fileExists(atPath: program.folder + "/methods.bib"))
  }
}
