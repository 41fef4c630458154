-- Version 4: several spaces at once, and the care of templates. Times are UTC seconds since the epoch.

-- Seconds a kiosk was at work on this gallery: never more than have really passed.
ALTER TABLE gallery ADD COLUMN on_s REAL NOT NULL DEFAULT 0;

-- How a face looked (space-separated, sorted), where a template comes from ('enrolment',
-- 'adaptive', 're-encoded'), how good its pictures were (0..1, NULL: not known), and for an
-- adaptive one the enrolment it must stay near.
ALTER TABLE templates ADD COLUMN tags TEXT NOT NULL DEFAULT '';
ALTER TABLE templates ADD COLUMN origin TEXT NOT NULL DEFAULT 'enrolment';
ALTER TABLE templates ADD COLUMN quality REAL;
ALTER TABLE templates ADD COLUMN anchor INTEGER REFERENCES templates ON DELETE CASCADE;
CREATE INDEX templates_by_anchor ON templates (anchor) WHERE anchor IS NOT NULL;

-- What a person agreed to, and when they were last asked to renew their face.
CREATE TABLE consents (
    person   TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    purpose  TEXT NOT NULL,           -- 'keep-crops'
    given_s  REAL NOT NULL,
    PRIMARY KEY (person, purpose)
) STRICT, WITHOUT ROWID;
CREATE TABLE asked (
    person  TEXT PRIMARY KEY REFERENCES people ON DELETE CASCADE,
    asked_s REAL NOT NULL
) STRICT, WITHOUT ROWID;

-- Pictures of faces for the next model, only with the house's policy and the person's consent.
CREATE TABLE crops (
    id       INTEGER PRIMARY KEY,
    person   TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    picture  BLOB NOT NULL,           -- PNG
    stored_s REAL NOT NULL
) STRICT;
CREATE INDEX crops_by_person ON crops (person);

-- How far granted visits lie from a person's templates: a running level, no single visit.
CREATE TABLE trends (
    person TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    space  TEXT NOT NULL,
    visits INTEGER NOT NULL,
    level  REAL NOT NULL,             -- share of the threshold, see app/domain/ageing.py
    PRIMARY KEY (person, space)
) STRICT, WITHOUT ROWID;

-- Every adaptive update, so that it can be taken back and does not come again too soon.
CREATE TABLE updates (
    id       INTEGER PRIMARY KEY,
    person   TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
    template INTEGER NOT NULL,        -- the adaptive template that was made or changed
    anchor   INTEGER NOT NULL,        -- the enrolment it is near
    before   BLOB,                    -- what it was before; NULL: there was none
    made_s   REAL NOT NULL,
    on_s     REAL NOT NULL,           -- gallery.on_s when it was made
    undone_s REAL
) STRICT;
CREATE INDEX updates_by_person ON updates (person);

-- What the shadow pack would have said of a visit. It decided nothing.
CREATE TABLE shadows (
    id      INTEGER PRIMARY KEY,
    live    TEXT NOT NULL,            -- the space that decided
    shadow  TEXT NOT NULL,            -- the space that was only asked
    kind    TEXT NOT NULL,            -- see app/domain/shadow.py
    person  TEXT REFERENCES people ON DELETE CASCADE,  -- whom the visit was decided for
    other   TEXT REFERENCES people ON DELETE CASCADE,  -- whom the shadow took them for
    seen_s  REAL NOT NULL
) STRICT;
CREATE INDEX shadows_by_person ON shadows (person) WHERE person IS NOT NULL;
CREATE INDEX shadows_by_other ON shadows (other) WHERE other IS NOT NULL;
CREATE INDEX shadows_by_spaces ON shadows (live, shadow);
