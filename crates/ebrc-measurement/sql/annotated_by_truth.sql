-- View `annotated` of a simulated log, with the types of its truth.
SELECT * EXCEPT (type), truth_type AS type
FROM annotated_log
