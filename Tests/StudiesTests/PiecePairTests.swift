import Encoding
import Recordings
import Testing

/// Which pieces of two measures go together.
@Suite struct PiecePairTests {
  private func keys(_ names: [String]) -> Set<PieceKey> {
    Set(
      names.map { name in
        let parts = name.split(separator: "/").map(String.init)
        return PieceKey(stimulus: parts[0], run: parts.count > 1 ? parts[1] : nil)
      })
  }

  private func spelled(_ first: [String], _ second: [String]) -> [String] {
    PiecePairs(keys(first), keys(second)).pairs.map { pair in
      let sides = [pair.first, pair.second].map { $0.map(\.label) ?? "-" }
      return "\(pair.key.label): \(sides.joined(separator: ", "))"
    }
  }

  @Test func aPieceOfAllRunsGoesWithEveryRunAndNoneIsLost() {
    #expect(spelled(["a"], ["a/1", "a/2"]) == ["a run 1: a, a run 1", "a run 2: a, a run 2"])
    #expect(spelled(["a/1", "b"], ["a/2", "b"]) == ["a run 1: a run 1, -", "a run 2: -, a run 2", "b: b, b"])
    #expect(spelled(["a"], ["b"]) == ["a: a, -", "b: -, b"])
  }

  @Test func exchangingTheMeasuresExchangesThePiecesAlone() {
    let sets = [["a", "b/1", "b/2", "c"], ["a/1", "a/2", "b", "d"], ["a", "a/1", "c/1"], []]
    for first in sets {
      for second in sets {
        let turned = PiecePairs(keys(second), keys(first)).pairs
        #expect(
          PiecePairs(keys(first), keys(second)).pairs
            == turned.map { PiecePairs.Pair(key: $0.key, first: $0.second, second: $0.first) })
      }
    }
  }
}
