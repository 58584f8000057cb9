SELECT * FROM paper_table_5_soft
