import EncodingModels
import Statistics
import Testing

/// What is said of a row over several subjects.
@Suite struct SubjectFlagsTests {
  private func scores(_ count: Int, sharing: Int, others: Set<EncodingFlag> = []) -> [SubjectFlags.Score] {
    (0..<count).map {
      SubjectFlags.Score(value: 0.2, flags: $0 < sharing ? others.union([.sharedCourse]) : others, stimulusCount: 4)
    }
  }

  @Test("a shared course holds of the row where more subjects carry it than chance gives", arguments: [6, 12, 37])
  func course(_ subjects: Int) {
    // scipy.stats.binom.sf(k - 1, n, .1): .11 and .016 of 6, .11 and .026 of 12, .071 and .027 of 37.
    let least = [6: 3, 12: 4, 37: 8][subjects] ?? 0
    let few = SubjectFlags([scores(subjects, sharing: least - 1)])
    #expect(few.isValid && few.flags.isEmpty)
    let many = SubjectFlags([scores(subjects, sharing: least)])
    #expect(!many.isValid && many.flags == [.sharedCourse])
  }

  @Test("every other flag of a subject holds of the row, and one of several models is enough")
  func others() {
    let edge = SubjectFlags([scores(6, sharing: 0, others: [.lambdaAtEdge])])
    #expect(edge.isValid && edge.flags == [.lambdaAtEdge])
    let constant = SubjectFlags([scores(5, sharing: 0) + scores(1, sharing: 0, others: [.constantTarget])])
    #expect(!constant.isValid && constant.flags == [.constantTarget])
    #expect(!SubjectFlags([scores(6, sharing: 0), scores(6, sharing: 5)]).isValid)
    // Of two models three of six are no more than chance.
    #expect(SubjectFlags([scores(6, sharing: 0), scores(6, sharing: 2)]).isValid)
    let missing = SubjectFlags.Score(value: .nan, flags: [], stimulusCount: 4)
    #expect(!SubjectFlags([[missing] + scores(5, sharing: 0)]).isValid)
  }

  @Test("tails of the binomial distribution are SciPy's")
  func tails() {
    // scipy.stats.binom.sf(k - 1, n, p)
    #expect(abs(Distributions.binomialTail(3, of: 6, probability: 0.1) - 0.01585) < 1e-12)
    #expect(abs(Distributions.binomialTail(8, of: 37, probability: 0.1) - 0.027441359964751583) < 1e-12)
    #expect(Distributions.binomialTail(0, of: 5, probability: 0.1) == 1)
    #expect(abs(Distributions.binomialTail(5, of: 5, probability: 0.1) - 1e-5) < 1e-15)
  }
}
