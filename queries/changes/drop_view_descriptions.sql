-- The descriptions of views go with the views.
DELETE FROM schema_doc WHERE tier = 'view'
