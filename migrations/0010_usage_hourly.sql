-- Calls by hour of UTC, for the charts of the last day: the call log keeps too few rows for it. Changes only
-- in the batch that inserts the rows it sums, one row a batch.
CREATE TABLE usage_hourly (
  -- Unix ms of the hour's start.
  hour INTEGER PRIMARY KEY,
  calls INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  duration_ms INTEGER NOT NULL
) STRICT;

INSERT INTO usage_hourly (hour, calls, failed, input_tokens, output_tokens, duration_ms)
SELECT at - at % 3600000, count(*), sum(outcome NOT IN ('done', 'aborted')),
       sum(coalesce(input_tokens, 0)), sum(coalesce(output_tokens, 0)), sum(duration_ms)
  FROM calls
 GROUP BY 1;
