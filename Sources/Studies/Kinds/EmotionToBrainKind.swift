import StudyFiles

struct EmotionToBrainKind: RegisteredKind {
  let kind = StudyKind(
    "emotion_to_brain", summary: "recorded responses from ratings, both directions in time", own: .free)
}
