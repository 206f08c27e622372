/* Inside db/ only: the SQL scripts, made into texts by embed.sh at build time. */
#ifndef MYTRACKS_DB_SCHEMA_H
#define MYTRACKS_DB_SCHEMA_H

#include "db.h"

extern const char db_schema_sql[];   /* schema.sql: the reference's tables and rows */
extern const char db_upgrade_0001[]; /* upgrade/NNNN.sql: our tables, one step per file */
extern const char db_upgrade_0002[];
extern const char db_upgrade_0003[];
extern const char db_upgrade_0004[];
extern const char db_upgrade_0005[];
extern const char db_upgrade_0006[];
extern const char db_upgrade_0007[];
extern const char db_upgrade_0008[];
extern const char db_upgrade_0009[];
extern const char db_upgrade_0010[];
extern const char db_upgrade_0011[];
extern const char db_upgrade_0012[];
extern const char db_upgrade_0013[];
extern const char db_upgrade_0014[];
extern const char db_upgrade_0015[];
extern const char db_upgrade_0016[];
extern const char db_upgrade_0017[];
extern const char db_upgrade_counters[]; /* upgrade/counters.sql: triggers that count locations */
extern const char db_upgrade_revoked[];
extern const char db_upgrade_rights[];   /* upgrade/revoked.sql: a trigger that remembers serials */
extern const char db_upgrade_day_stat[]; /* upgrade/day_stat.sql: forgets days of changed rows */

/* The migration of the reference that we are built for; later ones may follow it. */
#define SCHEMA_APP "my_tracks"
#define SCHEMA_MIGRATION "0024_alter_device_latest_location"

/* Makes sure that the file is the reference's and that our tables are there and up to date, all in
   one transaction. Not DB_OK: *why (heap) is a sentence for the user. */
enum db_rc schema_ready(struct db *db, char **why) DB_USED;
/* Everything into an empty database: the reference's schema, our tables, the note that it is ours.
 */
enum db_rc schema_create(struct db *db) DB_USED;

#endif
