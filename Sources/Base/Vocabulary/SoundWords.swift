/// What is out of the ordinary in a sound: flags of its passport, and of every result that is made of it.
public enum SoundRemark: String, CaseIterable, Codable, Sendable {
  case cancels = "sound_cancels"
  case clipped = "sound_clipped"
  case offset = "sound_offset"
  case silent = "sound_silent"
}
