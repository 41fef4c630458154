-- Version 6: a seal on every template, so that one that changed by itself is noticed and put aside.

-- The start of a SHA-256 over whose it is, its space and its numbers; see app/gallery/seals.py,
-- which lends this script the function.
ALTER TABLE templates ADD COLUMN seal BLOB;
UPDATE templates SET seal = template_seal(person, space, embedding);
DELETE FROM moves WHERE position < (SELECT max(position) FROM moves);

-- Templates that cannot be used and that the journal tells of.
CREATE TABLE asides (
    template INTEGER PRIMARY KEY REFERENCES templates ON DELETE CASCADE,
    noted_s  REAL NOT NULL
) STRICT;
