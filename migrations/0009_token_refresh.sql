-- Reading all tokens anew, a few at a time: one run, or none. Whoever takes the lease makes the next step,
-- so that a step that dies only delays the run.
CREATE TABLE token_refresh (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  run TEXT NOT NULL,
  is_running INTEGER NOT NULL CHECK (is_running IN (0, 1)),
  -- The pool's mark behind which the next step goes on.
  after TEXT NOT NULL,
  total INTEGER NOT NULL,
  done INTEGER NOT NULL,
  succeeded INTEGER NOT NULL,
  lease_until INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
