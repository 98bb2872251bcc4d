// SPDX-License-Identifier: MIT
/* What was acknowledged is never lost, and what is no history is left alone. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/history/store.h"
#include "tests/history.h"

#define TIMEOUT .timeout = 120

static const char *path_of(const char *name)
{
    static char path[4096];
    snprintf(path, sizeof(path), "%s/%s", program_directory(), name);
    return path;
}

/* Every page in order, by SQLite's own and longest check. */
static void expect_whole(void)
{
    sqlite3 *db;
    sqlite3_stmt *ask;
    cr_assert_eq(sqlite3_open(path_of("h.db"), &db), SQLITE_OK);
    cr_assert_eq(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &ask, NULL), SQLITE_OK);
    cr_assert_eq(sqlite3_step(ask), SQLITE_ROW);
    cr_expect_str_eq((const char *)sqlite3_column_text(ask, 0), "ok");
    sqlite3_finalize(ask);
    sqlite3_close(db);
}

static void run_sql(const char *name, const char *sql)
{
    sqlite3 *db;
    cr_assert_eq(sqlite3_open(path_of(name), &db), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
}

/* ---- many writers ------------------------------------------------------------------------- */

Test(history_store, many_writers_lose_nothing, TIMEOUT)
{
    enum { WRITERS = 8, EACH = 20 };
    char name[32], version[32], started[32];
    for (int w = 0; w < WRITERS; w++)
        for (int i = 0; i < EACH; i++) {
            snprintf(name, sizeof(name), "w%d-%02d.json", w, i);
            snprintf(version, sizeof(version), "0.1.0+%d%02d", w, i);
            snprintf(started, sizeof(started), "2026-01-01T%02d:%02d:00Z", w, i);
            WRITE_MADE(name, .started = started, .version = version);
        }
    struct outcome o =
        command("for w in 0 1 2 3 4 5 6 7; do\n"
                "  $SPEEDUP history add --db h.db w$w-*.json >said-$w & all=\"$all $!\"\n"
                "done\n"
                "for pid in $all; do wait $pid || exit 1; done");
    cr_assert_eq(o.status, 0, "%s", o.err);
    json_t *points = shown_points("-f serial --last 1000");
    cr_assert_eq(json_array_size(points), WRITERS * EACH);
    size_t i;
    json_t *point;
    json_array_foreach (points, i, point) { /* by date: writer by writer */
        snprintf(version, sizeof(version), "%d%02d", (int)i / EACH, (int)i % EACH);
        cr_expect_str_eq(json_string_value(json_object_get(point, "commit")), version);
    }
    json_decref(points);
    expect_whole();
}

/* ---- killed writers ----------------------------------------------------------------------- */

enum { ROUNDS = 20, FILES = 12 };

/* A process that adds the files of a round; its lines come out of *out. */
static pid_t start_adding(int round, int *out)
{
    char names[FILES][32];
    const char *argv[FILES + 6] = {"speedup", "history", "add", "--db", "h.db"};
    int ends[2];
    for (int i = 0; i < FILES; i++) {
        snprintf(names[i], sizeof(names[i]), "r%02d-%02d.json", round, i);
        argv[5 + i] = names[i];
    }
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    pid_t pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0) {
        if (dup2(ends[1], STDOUT_FILENO) >= 0 && chdir(program_directory()) == 0)
            execv(getenv("SPEEDUP"), (char *const *)argv);
        _exit(127);
    }
    close(ends[1]);
    *out = ends[0];
    return pid;
}

/* Kills it as soon as it has acknowledged so many, and answers which were, in all its lines. */
static unsigned kill_after(int round, unsigned lines, int64_t *acknowledged)
{
    int out, status;
    unsigned count = 0;
    char *line = NULL;
    size_t room = 0;
    pid_t pid = start_adding(round, &out);
    FILE *said = fdopen(out, "r");
    while (getline(&line, &room, said) > 0) {
        acknowledged[count++] = strtoll(line + strlen("session "), NULL, 10);
        if (count == lines)
            kill(pid, SIGKILL);
    }
    free(line);
    fclose(said);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_assert(WIFSIGNALED(status) || count == FILES, "it ended by itself: %d", status);
    return count;
}

static bool is_there(const json_t *points, int64_t session)
{
    size_t i;
    const json_t *point;
    json_array_foreach (points, i, point)
        if (json_integer_value(json_object_get(point, "session")) == session)
            return true;
    return false;
}

Test(history_store, a_killed_writer_loses_nothing, TIMEOUT)
{
    int64_t acknowledged[ROUNDS * FILES];
    char name[32], started[32];
    unsigned count = 0;
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < FILES; i++) {
            snprintf(name, sizeof(name), "r%02d-%02d.json", round, i);
            snprintf(started, sizeof(started), "2026-01-01T%02d:%02d:00Z", round, i);
            WRITE_MADE(name, .started = started);
        }
    cr_assert_eq(program("--version").status, 0); /* sets $SPEEDUP */
    for (int round = 0; round < ROUNDS; round++)
        count += kill_after(round, 1 + (unsigned)round % (FILES - 1), acknowledged + count);
    json_t *points = shown_points("-f serial --last 1000");
    for (unsigned i = 0; i < count; i++)
        cr_expect(is_there(points, acknowledged[i]), "session %lld is lost",
                  (long long)acknowledged[i]);
    cr_expect_geq(json_array_size(points), count);
    json_decref(points);
    expect_whole();
    WRITE_MADE("more.json", .day = 31);
    cr_expect_eq(program("history add --db h.db more.json").status, 0, "it goes on");
}

/* ---- no room ------------------------------------------------------------------------------ */

static void write_many(int count)
{
    char name[32], started[32];
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof(name), "f%03d.json", i);
        snprintf(started, sizeof(started), "2026-01-01T%02d:%02d:00Z", i / 60, i % 60);
        WRITE_MADE(name, .started = started);
    }
}

static size_t lines_in(const char *text)
{
    size_t n = 0;
    for (; *text != '\0'; text++)
        n += *text == '\n';
    return n;
}

static void expect_acknowledged(const char *said, const char *words)
{
    json_t *points = shown_points(words);
    cr_expect_gt(lines_in(said), 0, "not even one was added");
    cr_expect_eq(json_array_size(points), lines_in(said), "%zu are there, %zu were acknowledged",
                 json_array_size(points), lines_in(said));
    json_decref(points);
}

/* A limit of file sizes is like a full disk, and every system has one. */
Test(history_store, a_file_that_may_not_grow_keeps_what_it_has, TIMEOUT)
{
    write_many(100);
    struct outcome o =
        command("trap '' XFSZ; ulimit -f 120; exec $SPEEDUP history add --db h.db f*.json");
    cr_expect_eq(o.status, 1);
    expect_said(o.err, "all that was added before is still in it");
    cr_expect_eq(lines_in(o.err), 1, "it goes on: %s", o.err);
    cr_expect_lt(lines_in(o.out), 100);
    expect_acknowledged(o.out, "-f serial --last 1000");
    expect_whole();
    WRITE_MADE("more.json", .day = 31);
    cr_expect_eq(program("history add --db h.db more.json").status, 0, "it goes on");
}

Test(history_store, a_full_disk_keeps_what_it_has, TIMEOUT)
{
    write_many(100);
    struct outcome o =
        command("unshare -rm sh -c 'mkdir full && mount -t tmpfs -o size=100k none full'");
    if (o.status != 0)
        cr_skip_test("no file system can be mounted here");
    o = command("exec unshare -rm sh -c 'mount -t tmpfs -o size=100k none full &&"
                " { $SPEEDUP history add --db full/h.db f*.json; status=$?; cp full/h.db h.db;"
                " exit $status; }'");
    cr_expect_eq(o.status, 1);
    expect_said(o.err, "full/h.db: No space left on device; all that was added before is still");
    expect_acknowledged(o.out, "-f serial --last 1000");
    expect_whole();
}

/* ---- what is no history ------------------------------------------------------------------- */

/* Neither action believes it; it is as it was. */
static void expect_untouched(const char *name, const char *sentence)
{
    char words[128];
    static const char *const actions[] = {"add --db %s a.json", "show --db %s", "check --db %s",
                                          "export --csv --db %s"};
    WRITE_MADE("a.json", .day = 1);
    cr_assert_eq(command("cp %s before", name).status, 0);
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        snprintf(words, sizeof(words), actions[i], name);
        struct outcome o = program("history %s", words);
        cr_expect_eq(o.status, 1, "%s: exit %d", words, o.status);
        expect_said(o.err, sentence);
        cr_expect_eq(lines_in(o.err), 1, "%s", o.err);
    }
    cr_expect_eq(command("cmp %s before", name).status, 0, "%s was changed", name);
}

Test(history_store, a_newer_schema_is_refused, TIMEOUT)
{
    WRITE_MADE("first.json", .day = 3);
    cr_assert_eq(program("history add --db h.db first.json").status, 0);
    run_sql("h.db", "PRAGMA user_version = 99");
    expect_untouched("h.db", "was written by a newer speedup: its schema is 99 and this one knows");
}

Test(history_store, a_schema_that_never_was_is_refused, TIMEOUT)
{
    WRITE_MADE("first.json", .day = 3);
    cr_assert_eq(program("history add --db h.db first.json").status, 0);
    run_sql("h.db", "PRAGMA user_version = -1");
    expect_untouched("h.db", "h.db is damaged (its schema is -1); put a copy in its place");
    run_sql("h.db", "PRAGMA user_version = 0");
    expect_untouched("h.db", "h.db is damaged (its schema is 0); put a copy in its place");
}

Test(history_store, the_database_of_others_is_refused, TIMEOUT)
{
    run_sql("other.db", "CREATE TABLE session (id INTEGER PRIMARY KEY)");
    expect_untouched("other.db", "other.db is no history, but the database of another program");
}

Test(history_store, another_file_is_refused, TIMEOUT)
{
    cr_assert_eq(command("cp $ROOT/Makefile text.db").status, 0);
    expect_untouched("text.db", "text.db is no history, as it is no SQLite database");
}

/* From `from` on, to its end if `to` is 0. */
static void write_junk(const char *name, off_t from, off_t to)
{
    int fd = open(path_of(name), O_RDWR);
    cr_assert_geq(fd, 0);
    if (to == 0)
        to = lseek(fd, 0, SEEK_END);
    for (off_t at = from; at < to; at++)
        cr_assert_eq(pwrite(fd, "\xA5", 1, at), 1);
    close(fd);
}

/* Some pages in the middle; its beginning is whole. */
Test(history_store, a_damaged_file_is_told, TIMEOUT)
{
    write_many(5);
    cr_assert_eq(program("history add --db h.db f*.json").status, 0);
    write_junk("h.db", 4096, 0);
    expect_untouched("h.db", "h.db is damaged");
}

/* No question would come upon what is not there. */
Test(history_store, what_is_gone_is_told, TIMEOUT)
{
    static const char *const gone[] = {"session", "series"};
    write_many(2);
    for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++) {
        char sql[64];
        cr_assert_eq(program("history add --db h.db f*.json").status, 0);
        snprintf(sql, sizeof(sql), "DELETE FROM %s WHERE id = 1", gone[i]);
        run_sql("h.db", sql);
        expect_untouched("h.db", "h.db is damaged (a session or a series is gone, its points are");
        cr_assert_eq(command("rm h.db").status, 0);
    }
}

Test(history_store, a_file_that_was_cut_off_is_told, TIMEOUT)
{
    write_many(5);
    cr_assert_eq(program("history add --db h.db f*.json").status, 0);
    cr_assert_eq(truncate(path_of("h.db"), 3 * 4096), 0);
    expect_untouched("h.db", "h.db is damaged");
}

Test(history_store, an_empty_file_is_a_history_without_sessions, TIMEOUT)
{
    WRITE_MADE("a.json", .day = 1);
    struct outcome o = command(": >h.db; exec $SPEEDUP history show --db h.db");
    cr_expect_eq(o.status, 1);
    expect_said(o.err, "h.db holds no sessions yet");
    cr_expect_eq(program("history add --db h.db a.json").status, 0);
    cr_expect_eq(program("history show --db h.db").status, 0);
}

/* SQLite gives some names a meaning. */
Test(history_store, a_name_is_a_file, TIMEOUT)
{
    WRITE_MADE("a.json", .day = 1);
    cr_expect_eq(program("history add --db :memory: a.json").status, 0);
    cr_expect_eq(program("history show --db :memory:").status, 0);
    cr_expect_eq(program("history add --db '' a.json").status, 2);
    struct outcome o = program("history add --db none/h.db a.json");
    cr_expect_eq(o.status, 1);
    expect_said(o.err, "none/h.db: cannot be opened: No such file or directory");
}
