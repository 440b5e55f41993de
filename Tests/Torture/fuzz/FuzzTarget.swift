import Diagnostics
import Foundation
import Glibc

// What libFuzzer calls. make_fuzz.py compiles this with `ReaderCase` and `FuzzSeed` of Tests/ReaderTests, so that a reader
// listed there is fuzzed here; FUZZ_READER names the one that a process fuzzes.

protocol CustomTestStringConvertible {}

/// The reader of this process and the place its mutants are written to.
private struct Target {
  static let chosen: Target = {
    let variables = ProcessInfo.processInfo.environment
    guard let name = variables["FUZZ_READER"], let place = variables["FUZZ_FOLDER"],
      let seed = FuzzSeed.all.first(where: { $0.name == name })
    else { preconditionFailure("FUZZ_READER is one of \(FuzzSeed.all.map(\.name)), FUZZ_FOLDER a folder") }
    return Target(seed: seed, path: place + "/" + seed.fileName)
  }()

  let seed: FuzzSeed
  let path: String
}

/// `FUZZ_LIST=1` prints the readers; `FUZZ_SEEDS=FOLDER` writes what each starts from and ends.
@_cdecl("LLVMFuzzerInitialize")
public func initialise(_ count: UnsafeMutablePointer<Int32>, _ words: UnsafeMutableRawPointer) -> Int32 {
  let variables = ProcessInfo.processInfo.environment
  if variables["FUZZ_LIST"] != nil {
    for seed in FuzzSeed.all { print(seed.name) }
    exit(0)
  }
  let target = Target.chosen
  let folder = (target.path as NSString).deletingLastPathComponent
  for companion in target.seed.companions {
    let place = folder + "/" + (companion as NSString).lastPathComponent
    guard !FileManager.default.fileExists(atPath: place) else { continue }
    do { try FileManager.default.copyItem(atPath: ReaderCase.path(companion), toPath: place) } catch {
      preconditionFailure("\(companion): \(error)")
    }
  }
  if let seeds = variables["FUZZ_SEEDS"] {
    do { try Data(target.seed.bytes()).write(to: URL(fileURLWithPath: seeds + "/seed")) } catch {
      preconditionFailure("\(target.seed.name): \(error)")
    }
    exit(0)
  }
  return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
  let target = Target.chosen
  let file = open(target.path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
  guard file >= 0, write(file, bytes, count) == count, close(file) == 0 else { preconditionFailure(target.path) }
  do { try target.seed.read(target.path) } catch let error as EvokeError {
    precondition(!error.object.isEmpty && !error.reason.isEmpty && !error.remedy.isEmpty, "\(error)")
  } catch { preconditionFailure("no EvokeError: \(error)") }
  return 0
}
