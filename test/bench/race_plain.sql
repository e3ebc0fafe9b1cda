CALL race_plain();
