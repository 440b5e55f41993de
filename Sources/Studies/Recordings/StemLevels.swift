import LabelledArrays

/// The array that has the level of every second of voice or soundtrack, `[second, 1]`, dB re full scale.
package enum StemLevels {
  package static let kind = "stem_level"

  package static func array(_ decibels: [Double]) -> LabelledArray {
    LabelledArray(
      axes: [.time(decibels.indices.map(Double.init)), .labels("feature", ["rms_dbfs"])],
      values: decibels.map(Float.init), units: "dB")
  }
}
