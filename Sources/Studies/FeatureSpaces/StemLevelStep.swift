import Recordings
import Vocabulary
import Warehouse
import Work

/// The level of every second of an imported stem, as a separation leaves it beside the stems that it makes.
struct StemLevelStep: WorkStep {
  struct Parameters: Codable, Sendable, DatasetParameters {
    let dataset: String
    let stimulus: String
    let element: Element
    let sound: ElementSound
  }

  let name = "stem_level"
  let version = 1
  let summary = "level of every second of an imported stem"
  let tables: [any ResultRow.Type] = []

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let levels = try parameters.sound.stemLevels(of: task)
    let path = [parameters.dataset, parameters.stimulus, parameters.element.rawValue, "imported"]
    var description = ArrayDescription(name: "\(path.joined(separator: "/")).level@1", kind: StemLevels.kind)
    description.dataset = parameters.dataset
    description.stimulus = parameters.stimulus
    description.element = parameters.element.rawValue
    description.rateHz = 1
    try writer.add(description, group: "\(parameters.element.rawValue).level", StemLevels.array(levels))
    return []
  }

  func measure(_ parameters: Parameters) -> WorkMeasure? {
    WorkMeasure(name: "", settings: .null, soundS: parameters.sound.length?.seconds)
  }

  func cost(_ parameters: Parameters, source: SourcePlace) throws -> WorkCost {
    guard let seconds = parameters.sound.length?.seconds else { return .unknown }
    return WorkCost(time: .seconds(seconds / 500), memory: .typical(60 << 20), diskBytes: Int(seconds) * 4)
  }
}
