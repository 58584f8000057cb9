SELECT * FROM paper_span
