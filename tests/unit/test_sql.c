/* The statement table against a database that the reference made: every statement is prepared, its
   flags and parameters are checked, and none may read my_tracks_location as a whole. */
#include "fixture.h"

#include <ctype.h>

/* Calls fn for each statement, prepared in db. */
static size_t each_statement(struct db *db, void (*fn)(const struct sql_def *, sqlite3_stmt *))
{
    size_t n = 0;
    for (size_t i = 0; i < SQL_STATEMENTS; i++) {
        sqlite3_stmt *s = NULL;
        assert_non_null(sql_table[i].text);
        if (sqlite3_prepare_v2(db->h, sql_table[i].text, -1, &s, NULL) != SQLITE_OK)
            fail_msg("%s: %s", sql_table[i].name, sqlite3_errmsg(db->h));
        fn(&sql_table[i], s);
        sqlite3_finalize(s);
        n++;
    }
    return n;
}

static void check_flags(const struct sql_def *def, sqlite3_stmt *s)
{
    bool writes = (def->flags & SQL_WRITES) != 0;
    if (writes == (sqlite3_stmt_readonly(s) != 0))
        fail_msg("%s: SQL_WRITES is wrong", def->name);
}

/* ?1 to ?N, each used; only ?1 (the device, where all are meant) may be missing. */
static void check_parameters(const struct sql_def *def, sqlite3_stmt *s)
{
    int n = sqlite3_bind_parameter_count(s);
    for (int i = 2; i <= n; i++)
        if (!sqlite3_bind_parameter_name(s, i))
            fail_msg("%s: ?%d is not used", def->name, i);
    assert_null(sqlite3_bind_parameter_name(s, n + 1));
}

static void test_statements(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    size_t n = each_statement(db, check_flags) + each_statement(db, check_parameters);
    assert_int_equal(n, 2 * SQL_STATEMENTS);
    print_message("%zu statements\n", (size_t)SQL_STATEMENTS);
}

static void test_statements_fresh(void **state)
{
    each_statement(fixture_fresh(*state), check_flags);
}

static void test_no_statement_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < SQL_STATEMENTS; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(sql_table[i].text, sql_table[j].text) == 0)
                fail_msg("%s = %s", sql_table[i].name, sql_table[j].name);
}

/* ---------------------------------------------------------------- query plans */
static bool is_word_at(const char *p, const char *word)
{
    size_t n = strlen(word);
    return strncmp(p, word, n) == 0 && !isalnum((unsigned char)p[n]) && p[n] != '_';
}

/* Is the table that a "SCAN NAME ..." line names my_tracks_location, by its name or an alias that
   the statement gives it? */
static bool is_locations(const struct sql_def *def, const char *name)
{
    if (is_word_at(name, "my_tracks_location"))
        return true;
    const char *p = def->text;
    while ((p = strstr(p, "my_tracks_location ")) != NULL) {
        p += strlen("my_tracks_location ");
        size_t n = strcspn(p, " ,)");
        if (n > 0 && strncmp(p, name, n) == 0 && (name[n] == ' ' || name[n] == '\0'))
            return true;
    }
    return false;
}

static struct db *plan_db;
static size_t plan_lines;

static void check_plan(const struct sql_def *def, sqlite3_stmt *unused)
{
    (void)unused;
    char text[8192];
    sqlite3_stmt *s = NULL;
    bool keys = strncmp(def->name, "SQL_KEYS_", 9) == 0;
    if ((def->flags & SQL_SCANS) != 0 || strncmp(def->text, "PRAGMA", 6) == 0)
        return;
    assert_true(snprintf(text, sizeof text, "EXPLAIN QUERY PLAN %s", def->text) < (int)sizeof text);
    if (sqlite3_prepare_v2(plan_db->h, text, -1, &s, NULL) != SQLITE_OK)
        fail_msg("%s: %s", def->name, sqlite3_errmsg(plan_db->h));
    while (sqlite3_step(s) == SQLITE_ROW) {
        const char *line = (const char *)sqlite3_column_text(s, 3);
        plan_lines++;
        if (strncmp(line, "SCAN ", 5) == 0 && is_locations(def, line + 5))
            fail_msg("%s: %s", def->name, line);
        /* The right part alone: rows of one fix time by their ids. */
        bool by_ids = strstr(def->name, "_FIX_ID_") && strstr(line, "FOR RIGHT PART OF ORDER BY");
        if (keys && !by_ids && strstr(line, "TEMP B-TREE"))
            fail_msg("%s: %s", def->name, line);
    }
    sqlite3_finalize(s);
}

static void test_plans(void **state)
{
    struct fixture *f = *state;
    plan_db = fixture_household(f);
    each_statement(plan_db, check_plan);
    assert_true(plan_lines > SQL_STATEMENTS);
}

/* Statistics of a large database change the planner's mind about many things, not about these. */
static void test_plans_with_statistics(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_household(f);
    sql_do(db, "ANALYZE");
    sql_do(db, "DELETE FROM sqlite_stat1 WHERE tbl LIKE 'my_tracks_location'");
    sql_do(db, "INSERT INTO sqlite_stat1 VALUES"
               " ('my_tracks_location', 'my_tracks_l_timesta_2f234e_idx', '1000000 2'),"
               " ('my_tracks_location', 'my_tracks_location_timestamp_d4acaea4', '1000000 2'),"
               " ('my_tracks_location', 'my_tracks_l_device__a6677d_idx', '1000000 20000 1'),"
               " ('my_tracks_location', 'my_tracks_location_device_id_3249104e', '1000000 20000')");
    db_close(f->db);
    plan_db = f->db = fixture_open(f->path, DB_WORKER);
    each_statement(plan_db, check_plan);
}

static void test_plan_check_can_fail(void **state)
{
    (void)state;
    struct sql_def bare = { "x", "SELECT * FROM my_tracks_location WHERE altitude = 1", 0 };
    struct sql_def alias = { "x", "SELECT 1 FROM my_tracks_location l JOIN d ON d.id = l.x", 0 };
    assert_true(is_locations(&bare, "my_tracks_location"));
    assert_true(is_locations(&alias, "l"));
    assert_true(is_locations(&alias, "l USING INDEX x"));
    assert_false(is_locations(&alias, "d"));
    assert_false(is_locations(&alias, "mytracks_location_count"));
}

/* ---------------------------------------------------------------- binding and reading */
static void test_first_failure_sticks(void **state)
{
    struct fixture *f = *state;
    struct db *db = fixture_fresh(f);
    sql_do(db, "DROP TABLE my_tracks_locationqualitysettings");
    struct query q = sql_query(db, SQL_QUALITY);
    sql_bind_int(&q, 1); /* all of these do nothing */
    sql_bind_text(&q, STR("x"));
    assert_int_equal(sql_step(&q), DB_FAIL);
    assert_int_equal(sql_exec(&q), DB_FAIL);
    sql_end(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIXTURE_TEST(test_statements),
        FIXTURE_TEST(test_statements_fresh),
        cmocka_unit_test(test_no_statement_twice),
        FIXTURE_TEST(test_plans),
        FIXTURE_TEST(test_plans_with_statistics),
        cmocka_unit_test(test_plan_check_can_fail),
        FIXTURE_TEST(test_first_failure_sticks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
