SELECT * FROM paper_latency
