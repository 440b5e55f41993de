import Diagnostics
import Testing

struct NearMissTests {
  @Test func nearMissesAreFoundByEditDistance() {
    #expect(NearMiss.of("arrival", in: ["arousal", "Arival", "valence"]) == ["Arival"])
    #expect(NearMiss.of("sub-10", in: ["sub-01", "sub-22"]) == ["sub-01"])
    #expect(NearMiss.of("sub-1", in: ["sub-3", "sub-2", "sub-1", "sub-5", "sub-4"]) == ["sub-2", "sub-3", "sub-4"])
    #expect(NearMiss.of("x", in: ["yyyy"]).isEmpty)
  }

  @Test func aSwapIsOneEditAndAPartOfANameIsNear() {
    #expect(NearMiss.likely("flim", in: ["fly", "film"]) == "film")
    #expect(NearMiss.likely("edges", in: ["wedge", "delay_edges"]) == "delay_edges")
    #expect(NearMiss.likely("edges", in: ["delays"]) == nil)
  }

  @Test func whatIsMeantIsNearAndTheNearestNeedNotBe() {
    #expect(NearMiss.likely("abc", in: ["abd"]) == "abd" && NearMiss.likely("abc", in: ["axy"]) == nil)
    let long = String(repeating: "a", count: 30)
    #expect(NearMiss.likely(long, in: [String(repeating: "a", count: 26)]) != nil)
    #expect(NearMiss.likely(long, in: [String(repeating: "a", count: 25)]) == nil)
    #expect(NearMiss.nearest(to: "abc", in: ["vwxyz", "pqrstu", "vwxyy"]) == "vwxyz")
    #expect(NearMiss.nearest(to: "abc", in: [String]()) == nil)
  }

  @Test func aSuggestionNamesTheNearOnesOrWhatHelps() {
    #expect(NearMiss.suggestion("moods", in: ["mood", "arousal"]) == "did you mean mood?")
    #expect(NearMiss.suggestion("x", in: ["mood", "arousal"]) == "there are: mood, arousal")
    #expect(NearMiss.suggestion("x", in: [String]()) == "there are none: import or make one first")
    #expect(NearMiss.suggestion("moods", in: ["mood"], otherwise: "ask") == "did you mean mood? ask")
    #expect(NearMiss.suggestion("x", in: ["mood"], otherwise: "ask") == "ask")
  }
}
