import Execution
import FileSystem
import Warehouse

extension Verification {
  /// Level 5: every unit whose inputs are there, computed again from them.
  mutating func verifyUnits(_ work: Recomputation) throws {
    let outcomes = try work.outcomes(in: warehouse, progress: progress)
    var (counts, failures) = ([String: Int](), [(object: String, detail: String)]())
    var (absent, withheld, recipes) = (0, [String](), [OtherRecipe: Int]())
    for outcome in outcomes {
      switch outcome.verdict {
      case .bitwise: counts["bitwise", default: 0] += 1
      case .tolerance: counts["within tolerance", default: 0] += 1
      case .conclusion: counts["in their conclusions", default: 0] += 1
      case .absent: absent += 1
      case .withheld: withheld.append(outcome.label)
      case .recipe(let recipe): recipes[recipe, default: 0] += 1
      case .different(let detail), .failed(let detail): failures.append((outcome.label, detail))
      }
    }
    let check = "units compute what is stored"
    let found = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    let computed = outcomes.count - absent - withheld.count - recipes.values.reduce(0, +)
    if failures.isEmpty, computed > 0 || recipes.isEmpty { add(5, check, .ok, object: "\(computed)", detail: found) }
    for failure in failures { add(5, check, .failed, object: failure.object, detail: failure.detail) }
    if absent > 0 { add(5, check, .note, object: "\(absent)", detail: "not computed again: their inputs are absent") }
    for label in withheld {
      add(5, check, .note, object: label, detail: "not computed again: it names people whom consent keeps back")
    }
    add(recipes)
    revisions = outcomes.flatMap(\.revisions)
    if !revisions.isEmpty { try verifyPeaks() }
  }

  package static let recipeCheck = "units are of recipes that this program has"

  /// A program that is older than a unit fails at it; one that is newer leaves undecided what only the older recipe can show.
  private mutating func add(_ recipes: [OtherRecipe: Int]) {
    let told = recipes.map { recipe, count in
      let here =
        switch recipe.known {
        case nil: "this program has no such step"
        case recipe.version: "this program writes its parameters in other words"
        case let known?: "this program has version \(known)"
        }
      let program = recipe.program.map { $0 == Warehouse.version ? "another build of Evoke \($0)" : "Evoke \($0)" }
      let maker = program ?? "the Evoke that computed them"
      let units = count == 1 ? "1 unit" : "\(count) units"
      return (
        object: "\(recipe.step) version \(recipe.version)", state: recipe.isNewer ? State.failed : .undecided,
        detail: recipe.isNewer
          ? "\(units): \(here), which is older than they are; \(maker) computes them again"
          : "\(units) not computed again: \(here); \(maker) gives their bits. Nothing found speaks against them"
      )
    }
    for finding in told.sorted(by: { ($0.object, $0.detail) < ($1.object, $1.detail) }) {
      add(5, Self.recipeCheck, finding.state, object: finding.object, detail: finding.detail)
    }
  }

  private typealias State = VerificationFinding.State

  /// Each unit is computed from what is stored: whether a peak among several units moves shows where all their numbers are put
  /// in the place of the stored ones.
  private mutating func verifyPeaks() throws {
    let scratch = try PrivateFolder("verify")
    defer { scratch.remove() }
    _ = try warehouse.copyCatalog(to: scratch.path + "/catalog.sqlite")
    try Warehouse.seal(copy: scratch.path, of: warehouse.directory)
    let before = try warehouse.read { try $0.peaks() }
    let copy = try Warehouse.open(scratch.path, .writing("verify"))
    let after = try copy.write { connection in
      for revision in revisions { try connection.revise(revision) }
      return Dictionary(try connection.peaks().map { ($0.curve, $0.peak) }, uniquingKeysWith: { first, _ in first })
    }
    try copy.close()
    add(
      5, "peaks are where they were", checked: before.count,
      failures: before.filter { after[$0.curve] != $0.peak }.map {
        ($0.curve, "of what was computed again it is \(after[$0.curve] ?? "nowhere"), stored is \($0.peak)")
      })
  }
}
