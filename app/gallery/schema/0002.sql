-- Version 2: the cameras an administrator named. Times are UTC seconds since the epoch.

CREATE TABLE cameras (
    fingerprint TEXT PRIMARY KEY,     -- SHA-256 of the camera's text, 64 hexadecimal digits
    camera      TEXT NOT NULL,        -- canonical JSON, see app/domain/source.py
    enrolled_s  REAL NOT NULL
) STRICT, WITHOUT ROWID;

-- What a self-test of a camera showed; the newest takes the place of the one before it.
CREATE TABLE trials (
    camera    TEXT PRIMARY KEY,       -- its fingerprint
    result    TEXT NOT NULL,          -- canonical JSON, see app/domain/assurance.py
    signature BLOB NOT NULL           -- HMAC-SHA256 with a key made from the badge key
) STRICT, WITHOUT ROWID;
