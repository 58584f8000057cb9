SELECT * FROM paper_table_6
