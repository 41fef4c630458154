-- Version 3: the evidence of face sessions, kept for some days. Times are UTC seconds since the epoch.

CREATE TABLE evidence (
    sequence  INTEGER PRIMARY KEY,    -- the journal row whose text holds the tape's SHA-256
    person    TEXT REFERENCES people ON DELETE CASCADE,  -- who was recognised, if anybody
    stored_s  REAL NOT NULL,
    tape      BLOB NOT NULL           -- see app/domain/tape.py
) STRICT;
CREATE INDEX evidence_by_person ON evidence (person) WHERE person IS NOT NULL;
CREATE INDEX evidence_by_age ON evidence (stored_s);
