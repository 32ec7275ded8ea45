-- Bytes that a key has uploaded in a day of its zone: what it may send is bounded, kept or not.
CREATE TABLE upload_days (
  key_id TEXT NOT NULL,
  day TEXT NOT NULL,
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  PRIMARY KEY (key_id, day)
) STRICT, WITHOUT ROWID;
