"""Steps that lead an older database to schema.sql: `NNNN_words.sql`, forward only, one transaction each."""
