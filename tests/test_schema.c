// SPDX-License-Identifier: MIT
/* Our files keep to their schemas, which say no less and no more than the documents. */
#include <criterion/criterion.h>
#include <ctype.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fake_build.h"
#include "tests/program.h"

#define VALIDATE "exec $ROOT/tests/data/validate-json $ROOT/docs/%s.schema.json "

static void need_validator(void)
{
    if (command("/usr/bin/python3 -c 'import jsonschema'").status != 0)
        cr_skip_test("the schemas are checked by the package python3-jsonschema");
}

static void expect_valid(const char *schema, const char *files)
{
    struct outcome o = command(VALIDATE "%s", schema, files);
    cr_expect_eq(o.status, 0, "%s%s", o.out, o.err);
}

Test(schema, results_of_all_kinds_are_valid)
{
    need_validator();
    cr_assert_eq(program("run primes -p limit=1000 -R thread-pool,process-pool -n 2 -r 1 --gil new "
                         "-o lock.json")
                     .status,
                 0);
    cr_assert_eq(program("run sleep -p time=1ms -R threads,async -n 2 -r 1 -o io.json").status, 0);
    cr_assert_eq(program("run fault -p fault=fail -R thread-pool -n 2 -r 1 -o failed.json").status,
                 1);
    cr_assert_eq(program("run fault -p fault=prepare -R thread-pool -r 1 -o none.json").status, 1);
    cr_assert_eq(
        program("run serve -R async -n 2 -r 1 -o serve.json -p connections=2 -p requests=20")
            .status,
        0);
    expect_valid("result", "lock.json io.json failed.json none.json serve.json");
}

/* One that is complete, one that broke, one of commands, one of result files, two of nothing, one
 * of this very program, and one that was interrupted. */
Test(schema, comparisons_of_all_kinds_are_valid)
{
    static const struct {
        int status;
        const char *words;
    } all[] = {{4, "--seed 1 --pairs 8 ./a ./slow -o slow.json"},
               {4, "--seed 1 --pairs 8 ./a ./wrong -o wrong.json"},
               {4, "--run true false -o commands.json"},
               {0, "own.json own.json -o results.json"},
               {3, "/bin/false /bin/false -o none.json"},
               {1, "--run false true -o failed.json"},
               {0,
                "--max-time 20s --pairs 8 --fail-on broken -o real.json $SPEEDUP $SPEEDUP primes "
                "-p limit=5k -R serial,threads -n 2"}};
    need_validator();
    cr_assert_eq(program("run primes -p limit=5k -R serial -r 8 -o own.json").status, 0);
    make_build("a", QUIET);
    make_build("slow", "FAKE_NS=11220000 FAKE_NOISE=0.002");
    make_build("wrong", QUIET " FAKE_FAIL=wrong");
    make_build("lazy", QUIET " FAKE_DELAY=0.05");
    cr_assert_eq(program_signal(SIGINT, "] screen", "compare -o cut.json ./lazy ./lazy").status,
                 130);
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        struct outcome o = program("compare %s", all[i].words);
        cr_expect_eq(o.status, all[i].status, "%s: %d: %s", all[i].words, o.status, o.err);
    }
    expect_valid("comparison",
                 "slow.json wrong.json commands.json results.json none.json failed.json real.json "
                 "cut.json");
}

Test(schema, files_that_are_kept_are_valid)
{
    need_validator();
    expect_valid("result", "$ROOT/tests/data/result-*.json $ROOT/tests/data/map-*.json "
                           "$ROOT/results/reference/quick.json");
    expect_valid("comparison", "$ROOT/tests/data/comparison-*.json");
}

/* The result with another value at one place is found out, and the place is told. */
static void expect_invalid(const char *schema, const char *file, const char *change,
                           const char *place)
{
    struct outcome o =
        command("/usr/bin/python3 -c 'import json, sys; d = json.load(open(sys.argv[1])); %s; "
                "json.dump(d, open(\"bad.json\", \"w\"))' $ROOT/%s && " VALIDATE "bad.json",
                change, file, schema);
    cr_expect_eq(o.status, 1, "%s: %s%s", change, o.out, o.err);
    cr_expect_not_null(strstr(o.out, place), "%s: %s%s", change, o.out, o.err);
}

Test(schema, mistakes_are_found)
{
    static const char *const mistakes[][2] = {
        {"d[\"speedup\"][\"schema\"] = 2", "/speedup/schema: "},
        {"d[\"speedup\"][\"jobs\"][0][\"odd\"] = 1", "/speedup/jobs/0: "},
        {"del d[\"speedup\"][\"jobs\"][0][\"cases\"][1][\"runner\"]", "/speedup/jobs/0/cases/1: "},
        {"d[\"speedup\"][\"jobs\"][0][\"cases\"][0][\"runs\"][2][\"run_ns\"] = -1",
         "/speedup/jobs/0/cases/0/runs/2/run_ns: "},
        {"d[\"speedup\"][\"jobs\"][0][\"bound\"][\"claim\"] = \"GPU\"",
         "/speedup/jobs/0/bound/claim: "},
        {"d[\"speedup\"][\"started\"] = \"yesterday\"", "/speedup/started: "},
        {"d[\"speedup\"][\"machine\"][\"hostname\"] = 7", "/speedup/machine/hostname: "},
        {"del d[\"benchmarks\"]", "/: "}};
    static const char *const others[][2] = {
        {"d[\"comparison\"][\"cases\"][0][\"verdict\"] = \"SLOW\"",
         "/comparison/cases/0/verdict: "},
        {"d[\"comparison\"][\"pairs\"][1][\"base\"][\"pid\"] = 0",
         "/comparison/pairs/1/base/pid: "},
        {"d[\"comparison\"][\"machine\"][\"odd\"] = 0", "/comparison/machine: "}};
    need_validator();
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        expect_invalid("comparison", "tests/data/comparison-small.json", others[i][0],
                       others[i][1]);
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++)
        expect_invalid("result", "tests/data/result-small.json", mistakes[i][0], mistakes[i][1]);
}

/* ---- the documents ------------------------------------------------------------------------ */

/* Is it there as a word? */
static bool has_word(const char *text, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = text; (at = strstr(at, word)) != NULL; at += n) {
        bool begins = at == text || (!isalnum((unsigned char)at[-1]) && at[-1] != '_');
        if (begins && !isalnum((unsigned char)at[n]) && at[n] != '_')
            return true;
    }
    return false;
}

static void expect_documented(const json_t *schema, const char *document, const char *path)
{
    const char *key;
    json_t *value;
    json_object_foreach (json_object_get(schema, "properties"), key, value)
        cr_expect(has_word(document, key), "%s does not say what '%s' is", path, key);
    json_object_foreach ((json_t *)schema, key, value)
        expect_documented(value, document, path);
    for (size_t i = 0; i < json_array_size(schema); i++)
        expect_documented(json_array_get(schema, i), document, path);
}

static void expect_in_step(const char *name)
{
    char path[64], schema_path[64];
    json_error_t error;
    char *root = NULL;
    snprintf(path, sizeof(path), "docs/%s-file.md", name);
    snprintf(schema_path, sizeof(schema_path), "docs/%s.schema.json", name);
    json_t *schema = json_load_file(schema_path, JSON_REJECT_DUPLICATES, &error);
    cr_assert_not_null(schema, "%s: line %d: %s", schema_path, error.line, error.text);
    cr_assert_geq(asprintf(&root, "%s/%s", program_root(), path), 0);
    char *document = program_file(root);
    cr_assert_not_null(document, "%s cannot be read", root);
    json_t *ours = json_object_get(json_object_get(schema, "properties"),
                                   strcmp(name, "result") == 0 ? "speedup" : name);
    cr_assert_not_null(ours, "%s knows nothing of ours", schema_path);
    expect_documented(ours, document, path);
    expect_documented(json_object_get(schema, "definitions"), document, path);
    cr_expect_not_null(strstr(document, strrchr(schema_path, '/') + 1),
                       "%s does not name its schema", path);
    json_decref(schema);
    free(document);
    free(root);
}

Test(schema, documents_name_every_member)
{
    expect_in_step("result");
    expect_in_step("comparison");
}
