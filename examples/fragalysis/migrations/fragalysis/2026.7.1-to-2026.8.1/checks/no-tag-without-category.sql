SELECT id FROM viewer_tag WHERE category_id IS NULL
