import StudyFiles

struct EmotionLagKind: RegisteredKind {
  let kind = StudyKind(
    "emotion_lag", summary: "correlation of features and ratings over lags", own: .free,
    standards: ["statistics.lags_s": .value("0..5") { _ in [0, 1, 2, 3, 4, 5] }])
}
