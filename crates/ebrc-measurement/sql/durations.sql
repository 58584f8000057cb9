-- Cumulative distributions of durations: of ended episodes alone, and with
-- those that have no end in the log (Kaplan and Meier).
SELECT kind, days, share, with_open_share
FROM durations
ORDER BY kind, days
