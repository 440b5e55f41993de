import Warehouse

extension Verification {
  /// Level 3: everything descends from sources, and every key is what its row hashes to.
  mutating func verifyLineage() throws {
    progress(0, "lineage")
    try runChecks(level: 3)
    let recipes = Dictionary(grouping: try warehouse.read { try Recipe.all($0) }, by: \.kind)
    try verify(recipes, [.unit], "unit keys are the hashes of step, version, parameters and inputs")
    try verifyUnitInputs()
    try verify(recipes, [.study, .run], "runs are named by their plans")
    try verify(recipes, [.activity], "import keys are the hashes of verb, options, dataset and sources")
  }

  /// Keys against what their rows say, but for those of an archive that are hashes of names it keeps back.
  private mutating func verify(_ all: [Recipe.Kind: [Recipe]], _ kinds: [Recipe.Kind], _ check: String) throws {
    let recipes = kinds.flatMap { all[$0, default: []] }
    let withheld = try warehouse.read { connection in
      try Dictionary(grouping: recipes, by: \.table).keys.reduce(into: Set<String>()) {
        $0.formUnion(try connection.withheldRecipes(of: $1))
      }
    }
    let failures = recipes.filter { !withheld.contains($0.key) }.compactMap { recipe in
      recipe.fault.map { (object: recipe.object, detail: $0) }
    }
    add(3, check, checked: recipes.count { !withheld.contains($0.key) }, failures: failures)
    let kept = recipes.count { withheld.contains($0.key) }
    if kept > 0 {
      add(3, check, .note, object: "\(kept)", detail: "kept by their hashes: they name people whom consent keeps back")
    }
  }

  /// What each unit's last attempt read against what its inputs are now.
  private mutating func verifyUnitInputs() throws {
    var failures: [(object: String, detail: String)] = []
    let changed = try ChangedInputs(in: warehouse)
    for unit in changed.units { failures.append((unit.label, unit.reason)) }
    add(3, "units rest on the bits that they read", checked: changed.checked, failures: failures)
  }
}
