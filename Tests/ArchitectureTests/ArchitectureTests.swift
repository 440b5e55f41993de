import Foundation
import Testing

/// The package as its manifest and sources describe it.
struct House {
  struct Target {
    let name: String
    /// The room's `let` in the manifest: system, base, numbers ...
    let room: String
    /// Place in the manifest, from the ground up.
    let rank: Int
    let path: String
    let declared: Set<String>
  }

  let root: URL
  let targets: [String: Target]

  init() throws {
    root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let manifest = try String(contentsOf: root.appendingPathComponent("Package.swift"), encoding: .utf8)
    var found: [String: Target] = [:]
    for block in manifest.split(separator: "\nlet ").dropFirst() {
      guard let room = block.firstMatch(of: /^([a-z]+)Room:/)?.1 else { continue }
      for entry in Self.entries(in: String(block)) {
        let name = String(try #require(entry.firstMatch(of: /"([^"]+)"/)?.1))
        let list = entry.firstMatch(of: /\[((?:[^\[\]]|\n)*)\]/)?.1 ?? ""
        found[name] = Target(
          name: name, room: String(room), rank: found.count, path: Self.path(of: name, in: entry, room: room),
          declared: Set(list.matches(of: /"([A-Za-z0-9_.]+)"/).map { String($0.1) }))
      }
    }
    targets = found
  }

  private static func path(of name: String, in entry: String, room: Substring) -> String {
    if let path = entry.firstMatch(of: /path: "([^"]+)"/)?.1 { return String(path) }
    if let folder = entry.firstMatch(of: /in: "([^"]+)"/)?.1 { return "\(folder)/\(name)" }
    return "Sources/System/\(name)"
  }

  /// Texts that each start with a target call.
  private static func entries(in block: String) -> [String] {
    let starts = block.ranges(of: /\n *(?:noun|system|\.target|\.systemLibrary|\.executableTarget)\(/).map(\.lowerBound)
    return starts.enumerated().map { i, start in
      String(block[start..<(i + 1 < starts.count ? starts[i + 1] : block.endIndex)])
    }
  }

  func files(of target: Target) -> [URL] {
    let folder = root.appendingPathComponent(target.path)
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects as? [URL] ?? []
    return files.filter { $0.pathExtension == "swift" }.sorted { $0.path < $1.path }
  }

  /// Swift files of a target with the modules each imports.
  func imports(of target: Target) throws -> [(file: String, module: String)] {
    try files(of: target).flatMap { file in
      let text = try String(contentsOf: file, encoding: .utf8)
      return text.matches(
        of:
          /(?m)^(?:@[A-Za-z_()]+ )?(?:public |package |internal )?import (?:struct |class |enum |func )?([A-Za-z0-9_]+)/
      )
      .map { (file.lastPathComponent, String($0.1)) }
    }
  }

  /// Swift sources that are ours.
  func sources() -> [URL] { targets.values.flatMap(files).sorted { $0.path < $1.path } }
}

@Suite struct ArchitectureTests {
  private let house: House
  /// Rooms whose targets may hold pointers and C handles.
  private static let floorOne: Set = ["base", "numbers", "files"]
  /// Rooms of programs that run while the package is built and are no part of what is installed.
  private static let workshop: Set = ["build"]

  init() throws { house = try House() }

  @Test func theManifestIsUnderstood() {
    #expect(house.targets.count > 50)
    #expect(house.targets["LinearAlgebra"]?.room == "numbers")
    #expect(house.targets["Warehouse"]?.declared.contains("HDF5File") == true)
    #expect(house.targets["Weights"]?.path == "importers/Weights")
    #expect(house.targets["CommandLineTool"]?.room == "tool")
    #expect(house.targets["embedsql"]?.declared == ["CSQLite"])
    #expect(house.targets.values.allSatisfy { !house.files(of: $0).isEmpty || $0.room == "system" })
  }

  @Test func importsGoDownOnly() throws {
    for target in house.targets.values {
      for (file, module) in try house.imports(of: target) {
        guard let other = house.targets[module] else { continue }
        #expect(other.rank < target.rank, "\(target.name)/\(file) imports \(module), which stands above it")
      }
    }
  }

  @Test func everyImportOfOurModulesIsDeclared() throws {
    for target in house.targets.values {
      for (file, module) in try house.imports(of: target) where house.targets[module] != nil {
        #expect(target.declared.contains(module), "\(target.name)/\(file) imports \(module) undeclared")
      }
    }
  }

  @Test func everyDeclaredImportIsUsed() throws {
    // A C target includes headers.
    for target in house.targets.values where target.name != "evoke" && target.room != "system" {
      let used = Set(try house.imports(of: target).map(\.module))
      for module in target.declared where house.targets[module] != nil {
        #expect(used.contains(module), "\(target.name) declares \(module) and does not import it")
      }
    }
  }

  @Test func aCLibraryHasOneCaller() throws {
    var callers: [String: Set<String>] = [:]
    for target in house.targets.values {
      for (_, module) in try house.imports(of: target)
      where house.targets[module]?.room == "system" || module.hasPrefix("GRDB") {
        callers[module, default: []].insert(target.name)
      }
    }
    for (library, names) in callers {
      #expect(names.count == 1, "\(library) is called by \(names.sorted())")
      let rooms = names.compactMap { house.targets[$0]?.room }
      #expect(
        rooms.allSatisfy(Self.floorOne.union(Self.workshop).contains) || library.hasPrefix("GRDB"),
        "\(library) is called above floor 1")
    }
    #expect(callers["GRDB"] == ["Warehouse"])
    // The program has its SQLite through GRDB; the build's tool asks the library itself.
    #expect(callers["CSQLite"] == ["embedsql"])
  }

  /// Files above floor 1 that hold a pointer or a C handle, with the reason. The list may only shrink.
  private static let pointers = [
    "Warehouse/Warehouse+Attach.swift":
      "SQLite's limit of attached catalogs and its end of a statement, which GRDB does not offer",
    "Warehouse/Warehouse.swift": "SQLite's version and functions in C, which GRDB does not offer",
    "Warehouse/Warehouse+UserQuery.swift": "SQLite's limits of the user's statements, which GRDB does not offer",
  ]

  @Test func pointersStayOnFloorOne() throws {
    var holders: Set<String> = []
    for target in house.targets.values where !Self.floorOne.union(Self.workshop).contains(target.room) {
      for file in house.files(of: target) {
        let text = try String(contentsOf: file, encoding: .utf8)
        guard text.contains(/(?m)^(?! *\/\/).*\b(unsafe|Unsafe\w*Pointer)\b/) else { continue }
        let name = "\(target.name)/\(file.lastPathComponent)"
        holders.insert(name)
        #expect(Self.pointers[name] != nil, "\(name) is unsafe")
      }
    }
    #expect(Set(Self.pointers.keys).subtracting(holders) == [], "the list names files that are safe")
  }

  @Test func nothingOfTheProgramImportsTheWorkshop() {
    let workshop = Set(house.targets.values.filter { Self.workshop.contains($0.room) }.map(\.name))
    for target in house.targets.values where !Self.workshop.contains(target.room) {
      #expect(target.declared.isDisjoint(with: workshop), "\(target.name)")
    }
  }

  @Test func theProcessThatDecodesLoadsNoFoundation() throws {
    var (open, met) = (["evoke-decode"], Set<String>())
    while let name = open.popLast() {
      guard met.insert(name).inserted, let target = house.targets[name] else { continue }
      open += target.declared
      #expect(!(try house.imports(of: target).contains { $0.module.hasPrefix("Foundation") }), "\(name)")
    }
    #expect(met.contains("FileSystem") && met.contains("HDF5File"))
  }

  @Test func theScienceColumnKnowsNoWarehouse() throws {
    for target in house.targets.values where ["numbers", "science"].contains(target.room) {
      let modules = Set(try house.imports(of: target).map(\.module))
      #expect(modules.isDisjoint(with: ["Warehouse", "Queries", "Schema", "Work", "GRDB"]), "\(target.name)")
    }
  }

  @Test func theLanguageOfStudyFilesKnowsNoWarehouse() throws {
    let language = try #require(house.targets["StudyFiles"])
    let modules = Set(try house.imports(of: language).map(\.module))
    #expect(modules.isDisjoint(with: ["Warehouse", "Queries", "Schema", "Work", "Execution", "GRDB", "FileSystem"]))
  }

  @Test func scienceOpensNoFile() throws {
    for target in house.targets.values where ["numbers", "science"].contains(target.room) {
      for (file, module) in try house.imports(of: target) {
        #expect(house.targets[module]?.room != "files", "\(target.name)/\(file) imports \(module)")
      }
      for file in house.files(of: target) {
        let text = try String(contentsOf: file, encoding: .utf8)
        for word in ["FileManager", "FileHandle", "contentsOfFile", "Data(contentsOf", "String(contentsOf"] {
          #expect(!text.contains(word), "\(target.name)/\(file.lastPathComponent) holds \(word)")
        }
      }
    }
  }

  @Test func onlyStudiesJoinsScienceAndData() throws {
    let science: Set = [
      "EncodingModels", "IntersubjectCorrelation", "Statistics", "AudioFeatures", "VisualFeatures", "Simulation",
    ]
    for target in house.targets.values where !["studies", "tool"].contains(target.room) {
      let modules = Set(try house.imports(of: target).map(\.module))
      #expect(
        !(modules.contains("Warehouse") && !modules.isDisjoint(with: science)), "\(target.name) joins the columns")
    }
  }

  /// A kind of study is one file: the language of study files, work and runs know none by name.
  @Test func noKindOfStudyIsNamedBelowStudies() throws {
    let declared = try house.targets.values.filter { $0.room == "studies" }.flatMap(house.files).flatMap { file in
      try String(contentsOf: file, encoding: .utf8).matches(of: /StudyKind\(\s*"([a-z_]+)"/).map { String($0.1) }
    }
    #expect(declared.count > 10 && Set(declared).count == declared.count)
    for file in ["StudyFiles", "Work", "Execution"].compactMap({ house.targets[$0] }).flatMap(house.files) {
      let text = try String(contentsOf: file, encoding: .utf8)
      for name in declared {
        #expect(!text.contains("\"\(name)\""), "\(file.lastPathComponent) names \(name)")
      }
    }
  }

  @Test func sourcesTrapForProgrammersOnlyAndPromiseNothingForLater() throws {
    for file in house.sources() {
      let text = try String(contentsOf: file, encoding: .utf8)
      for word in ["try!", "fatalError(", " as! ", "TODO", "FIXME", "XXX"] {
        #expect(!text.contains(word), "\(file.lastPathComponent) holds \(word)")
      }
    }
  }

  @Test func filesStayReadable() throws {
    for file in house.sources() {
      let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count <= 501, "\(file.lastPathComponent) has \(lines.count) lines")
    }
  }
}
