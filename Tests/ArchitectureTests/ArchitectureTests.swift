import Foundation
import Testing

/// The package as its manifest and sources describe it.
struct House {
  struct Target {
    let name: String
    let floor: Int
    let path: String
    let declared: Set<String>
    let isImporter: Bool
  }

  let root: URL
  let targets: [String: Target]

  init() throws {
    root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let manifest = try String(contentsOf: root.appendingPathComponent("Package.swift"), encoding: .utf8)
    var found: [String: Target] = [:]
    for block in manifest.split(separator: "\nlet ").dropFirst() {
      guard let floor = Self.floor(of: block) else { continue }
      for entry in Self.entries(in: String(block)) {
        let name = try #require(entry.firstMatch(of: /"([^"]+)"/)?.1)
        let path = entry.firstMatch(of: /path: "([^"]+)"/)?.1 ?? "Sources/\(name)"
        let list = entry.firstMatch(of: /\[((?:[^\[\]]|\n)*)\]/)?.1 ?? ""
        let quoted = list.matches(of: /"([A-Za-z0-9_.]+)"/).map { String($0.1) }
        found[String(name)] = Target(
          name: String(name), floor: floor, path: String(path), declared: Set(quoted),
          isImporter: path.hasPrefix("importers/"))
      }
    }
    targets = found
  }

  private static func floor(of block: Substring) -> Int? {
    if block.hasPrefix("importers:") { return 4 }
    return block.firstMatch(of: /^floor(\d):/).flatMap { Int($0.1) }
  }

  /// Texts that each start with a target call.
  private static func entries(in block: String) -> [String] {
    let starts = block.ranges(of: /\n *(?:noun|system|\.target|\.systemLibrary|\.executableTarget)\(/).map(\.lowerBound)
    return starts.enumerated().map { i, start in
      String(block[start..<(i + 1 < starts.count ? starts[i + 1] : block.endIndex)])
    }
  }

  /// Swift files of a target with the modules each imports.
  func imports(of target: Target) throws -> [(file: String, module: String)] {
    let folder = root.appendingPathComponent(target.path)
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects as? [URL] ?? []
    return try files.filter { $0.pathExtension == "swift" }.flatMap { file in
      let text = try String(contentsOf: file, encoding: .utf8)
      return text.matches(
        of:
          /(?m)^(?:@[A-Za-z_()]+ )?(?:public |package |internal )?import (?:struct |class |enum |func )?([A-Za-z0-9_]+)/
      )
      .map { (file.lastPathComponent, String($0.1)) }
    }
  }

  /// Swift sources that are ours.
  func sources() -> [URL] {
    targets.values.flatMap { target -> [URL] in
      let folder = root.appendingPathComponent(target.path)
      let files =
        FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.allObjects as? [URL] ?? []
      return files.filter { $0.pathExtension == "swift" }
    }.sorted { $0.path < $1.path }
  }
}

@Suite struct ArchitectureTests {
  private let house: House

  init() throws { house = try House() }

  @Test func theManifestIsUnderstood() {
    #expect(house.targets.count > 35)
    #expect(house.targets["LinearAlgebra"]?.floor == 1)
    #expect(house.targets["Warehouse"]?.declared.contains("HDF5File") == true)
    #expect(house.targets["Weights"]?.isImporter == true)
    #expect(house.targets["CommandLineTool"]?.floor == 6)
  }

  @Test func importsGoDownOnly() throws {
    for target in house.targets.values {
      for (file, module) in try house.imports(of: target) {
        guard let other = house.targets[module] else { continue }
        let isBasic = other.floor == 1 && target.floor == 1
        #expect(
          other.floor < target.floor || isBasic, "\(target.name)/\(file) imports \(module) of floor \(other.floor)")
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

  @Test func aCLibraryHasOneCaller() throws {
    var callers: [String: Set<String>] = [:]
    for target in house.targets.values {
      for (_, module) in try house.imports(of: target)
      where house.targets[module]?.floor == 0 || module.hasPrefix("GRDB") {
        callers[module, default: []].insert(target.name)
      }
    }
    for (library, names) in callers {
      #expect(names.count == 1, "\(library) is called by \(names.sorted())")
      let floors = names.compactMap { house.targets[$0]?.floor }
      #expect(floors.allSatisfy { $0 == 1 } || library.hasPrefix("GRDB"), "\(library) is called above floor 1")
    }
    #expect(callers["GRDB"] == ["Warehouse"])
  }

  @Test func theScienceColumnKnowsNoWarehouse() throws {
    let science = [
      "LinearAlgebra", "FourierTransform", "Resampling", "SignalProcessing", "Statistics", "NeuralLayers",
      "AudioModels",
      "AudioFeatures", "VisualFeatures", "IntersubjectCorrelation", "Electrophysiology", "EncodingModels", "Simulation",
    ]
    for name in science {
      let target = try #require(house.targets[name])
      let modules = Set(try house.imports(of: target).map(\.module))
      #expect(modules.isDisjoint(with: ["Warehouse", "Queries", "Schema", "Plans", "GRDB"]), "\(name)")
    }
  }

  @Test func onlyStudiesJoinsScienceAndData() throws {
    let science: Set = [
      "EncodingModels", "IntersubjectCorrelation", "Statistics", "AudioFeatures", "VisualFeatures", "Simulation",
    ]
    for target in house.targets.values where !["Studies", "CommandLineTool"].contains(target.name) {
      let modules = Set(try house.imports(of: target).map(\.module))
      #expect(
        !(modules.contains("Warehouse") && !modules.isDisjoint(with: science)), "\(target.name) joins the columns")
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
