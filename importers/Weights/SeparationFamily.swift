import AudioModels
import ContentIdentity
import Diagnostics
import SourceSeparation
import Tensors

/// Weights of a two-stem separation, which makes the elements voice and soundtrack.
struct SeparationFamily: WeightsFamily {
  let name = "separation"
  let summary = "Spleeter's 2stems: a TensorFlow checkpoint folder, or its PyTorch port in safetensors or .pth files"

  func recognises(_ place: any ModelPlace) -> Bool { SeparationWeights.isSeparation(place) }

  func inspect(_ place: any ModelPlace) throws -> ModelInspection {
    let weights = try SeparationWeights(place)
    var found = ModelInspection(
      architecture: "spleeter-2stems",
      configuration: [
        "format": .string(weights.format.rawValue), "filters": .array(weights.filters.map { .int($0) }),
      ], files: weights.files, tensors: weights.tensors, layers: [])
    if !weights.hasInitialStatistics {
      found.notes.append(
        Diagnostic(
          .note, .separationWeightsBad, place.path,
          reason: "its moving statistics are not the 0 and 1 of the published model",
          remedy: "nothing if you trained it yourself; else compare the file with the published one"))
    }
    return found
  }
}
