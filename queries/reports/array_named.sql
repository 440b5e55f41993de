SELECT array_id FROM array WHERE name = :name
