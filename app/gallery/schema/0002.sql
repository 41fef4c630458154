-- Version 2: the cameras an administrator named. Times are UTC seconds since the epoch.

CREATE TABLE cameras (
    fingerprint TEXT PRIMARY KEY,     -- SHA-256 of the camera's text, 64 hexadecimal digits
    camera      TEXT NOT NULL,        -- canonical JSON, see app/domain/source.py
    enrolled_s  REAL NOT NULL
) STRICT, WITHOUT ROWID;
