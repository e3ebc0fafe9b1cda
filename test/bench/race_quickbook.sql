CALL race_quickbook();
