-- Version 1: everything one kiosk knows. Times are UTC seconds since the epoch.

CREATE TABLE gallery (
    one            INTEGER PRIMARY KEY CHECK (one = 1),
    changes        INTEGER NOT NULL,  -- grows when people, templates or credentials change
    writes         INTEGER NOT NULL,  -- grows with every committed change of any kind
    admin_pin_hash TEXT NOT NULL,
    replaces       TEXT NOT NULL      -- "rows:head" of a lost gallery this one stands in for
) STRICT;
INSERT INTO gallery VALUES (1, 0, 0, '', '');

CREATE TABLE people (
    id            TEXT PRIMARY KEY,
    number        TEXT NOT NULL,
    name          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    status        TEXT NOT NULL,
    valid_from_s  REAL,
    valid_until_s REAL,
    needs         TEXT NOT NULL,      -- space-separated, sorted
    version       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX people_by_number ON people (number) WHERE number <> '';

-- Ids of erased people: random, so they say nothing, and nobody may be put back under one.
CREATE TABLE erased (person TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TABLE templates (
    id        INTEGER PRIMARY KEY,
    person    TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    space     TEXT NOT NULL,
    embedding BLOB NOT NULL,          -- float32, little-endian
    created_s REAL NOT NULL
) STRICT;
CREATE INDEX templates_by_person ON templates (person);
CREATE INDEX templates_by_space ON templates (space);

CREATE TABLE badges (
    hash   BLOB PRIMARY KEY,          -- HMAC-SHA256 with the badge key
    person TEXT NOT NULL UNIQUE REFERENCES people ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE pins (
    person TEXT PRIMARY KEY REFERENCES people ON DELETE CASCADE,
    hash   TEXT NOT NULL              -- Argon2id over the peppered PIN
) STRICT, WITHOUT ROWID;

CREATE TABLE lockouts (
    subject  BLOB PRIMARY KEY,        -- HMAC-SHA256 of a person, an unknown claim or the face path
    person   TEXT REFERENCES people ON DELETE CASCADE,
    unknown  INTEGER NOT NULL,        -- 1: a claim of nobody, may be evicted
    failures INTEGER NOT NULL,
    until_s  REAL NOT NULL,
    failed_s REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX lockouts_by_person ON lockouts (person) WHERE person IS NOT NULL;

CREATE TABLE journal (
    sequence INTEGER PRIMARY KEY,
    text     TEXT NOT NULL,
    hash     TEXT NOT NULL
) STRICT;
CREATE TRIGGER journal_is_never_altered BEFORE UPDATE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;
CREATE TRIGGER journal_is_never_shortened BEFORE DELETE ON journal
BEGIN
    SELECT RAISE(ABORT, 'the journal is append-only');
END;
