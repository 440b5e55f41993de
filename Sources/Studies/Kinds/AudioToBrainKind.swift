import StudyFiles

struct AudioToBrainKind: RegisteredKind {
  let kind = StudyKind(
    "audio_to_brain", summary: "recorded responses from sound, with unique contributions", own: .free)
}
