SELECT * FROM paper_table_4
