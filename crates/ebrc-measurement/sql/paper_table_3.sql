SELECT * FROM paper_table_3
