-- viewer.0061: every tag has a category; those without one are "Other".
CREATE TABLE viewer_tagcategory (
    id serial PRIMARY KEY,
    category text NOT NULL UNIQUE
);
INSERT INTO viewer_tagcategory (category) VALUES ('Other'), ('ConformerSites'), ('CrystalformSites');
ALTER TABLE viewer_tag ADD COLUMN category_id integer REFERENCES viewer_tagcategory (id);
UPDATE viewer_tag SET category_id = (SELECT id FROM viewer_tagcategory WHERE category = 'Other');
ALTER TABLE viewer_tag ALTER COLUMN category_id SET NOT NULL;
INSERT INTO django_migrations (app, name) VALUES ('viewer', '0061_tag_category');
