/* Undoes in a catalog what came after the first twelve migrations. */
DROP TABLE row_validity;
DROP INDEX run_current;
DROP TABLE synchrony_gradient;
DROP TABLE fold_penalty;
DROP INDEX score_largest;
DROP TABLE synchrony_memory;
DROP TABLE static_synchrony;
DELETE FROM migration WHERE name > '0013';
PRAGMA user_version = 12;
