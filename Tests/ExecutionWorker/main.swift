import Execution
import Foundation
import Warehouse

// `ExecutionWorker --spool DIR --threads T` is a worker with the toy steps, `--index N` computes one task;
// `ExecutionWorker --run WAREHOUSE --workers N --plan broad|slow` runs a plan with such workers;
// `ExecutionWorker --tamper PLACE [--with JSON] --spool DIR` is a worker that changes each result it has written.
func option(_ name: String) -> String? {
  CommandLine.arguments.firstIndex(of: "--" + name).map { CommandLine.arguments[$0 + 1] }
}

let libraries = ["toy": "1"]
if let directory = option("run") {
  let warehouse = try Warehouse.open(directory, .writing("run"))
  let options = RunOptions(
    workers: option("workers").flatMap { Int($0) } ?? 1,
    launch: .processes(executable: "/proc/self/exe", arguments: []),
    libraries: libraries)
  let wide = option("wide").flatMap { Int($0) }.map(ToyPlans.wide)
  let plan = wide ?? (option("plan") == "slow" ? ToyPlans.slow() : ToyPlans.broad())
  let outcome = try warehouse.run(plan, steps: ToySteps.all, options: options)
  try warehouse.close()
  exit(outcome.signal.map { 128 + $0 } ?? (outcome.isComplete ? 0 : 75))
}
let spool = Spool(option("spool") ?? "")
if let place = option("tamper") {
  try Tampering(place: place, value: option("with")).serve(spool)
} else if let index = option("index").flatMap({ Int($0) }) {
  let key = try UnitWorker.key(at: index, in: spool)
  print(try UnitWorker.serve(spool, key: key, steps: ToySteps.all, WorkerLimits(threads: 1), libraries: libraries))
} else {
  try UnitWorker.serve(spool, steps: ToySteps.all, WorkerLimits(threads: 1), libraries: libraries)
}
