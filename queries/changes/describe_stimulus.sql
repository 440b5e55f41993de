-- What an import of a stimulus' media says of it; what it does not say stays.
-- parameter activity: integer
-- parameter source: integer or NULL
-- parameter duration_s: real or NULL
-- parameter genre: text or NULL
-- parameter language: text or NULL
-- parameter culture: text or NULL
-- parameter audio_start_offset_s: real or NULL
-- parameter stimulus: integer
UPDATE stimulus SET activity_id = :activity, source_file_id = :source, duration_s = coalesce(:duration_s, duration_s),
  genre = coalesce(:genre, genre), language = coalesce(:language, language), culture = coalesce(:culture, culture),
  audio_start_offset_s = :audio_start_offset_s
WHERE stimulus_id = :stimulus
