import Importing
import Testing

@Suite struct KnownNamesTests {
  @Test func nearMissesAreFoundByEditDistance() {
    #expect(NearMiss.of("arrival", in: ["arousal", "Arival", "valence"]) == ["Arival"])
    #expect(NearMiss.of("sub-10", in: ["sub-01", "sub-22"]) == ["sub-01"])
    #expect(NearMiss.of("x", in: ["yyyy"]).isEmpty)
  }
}
