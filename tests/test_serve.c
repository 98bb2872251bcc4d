// SPDX-License-Identifier: MIT
/* The web server under every runner: as the load generator sees it, and clients from outside. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <errno.h>
#include <jansson.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/registry.h"
#include "tests/program.h"
#include "workloads/helpers/hello.h"

/* ---- greetings ---------------------------------------------------------------------------- */

static const char *answer_to(const char *request)
{
    static char out[HELLO_OUT_MAX + 1];
    struct hello hello;
    hello_begin(&hello);
    out[hello_feed(&hello, request, strlen(request), out)] = '\0';
    return out;
}

static void expect_answer(const char *request, const char *status, const char *body)
{
    const char *answer = answer_to(request), *end = strstr(answer, "\r\n\r\n");
    cr_assert_not_null(end, "no answer to %s", request);
    cr_expect_eq(strncmp(answer, status, strlen(status)), 0, "%s: %s", request, answer);
    cr_expect_str_eq(end + 4, body, "%s: %s", request, answer);
}

Test(hello, greets)
{
    expect_answer("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK", "Hello, Anonymous!");
    expect_answer("GET /Ada HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK", "Hello, Ada!");
    expect_answer("GET /Ada?x=/1 HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK", "Hello, Ada!");
    expect_answer("GET /J%C3%B6rg%20M HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK", "Hello, Jörg M!");
    expect_answer("GET /100% HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK", "Hello, 100%!");
    expect_answer("HEAD /Ada HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK", "");
}

Test(hello, refuses)
{
    char request[400];
    expect_answer("GET /a/b HTTP/1.1\r\n\r\n", "HTTP/1.1 404 ", "Not Found\n");
    expect_answer("PUT /a HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 405 ",
                  "Method Not Allowed\n");
    expect_answer("nonsense\r\n\r\n", "HTTP/1.1 400 ", "Bad Request\n");
    snprintf(request, sizeof(request), "GET /%0256d HTTP/1.1\r\n\r\n", 0);
    expect_answer(request, "HTTP/1.1 414 ", "URI Too Long\n");
    snprintf(request, sizeof(request), "GET /%0255d HTTP/1.1\r\n\r\n", 0);
    cr_expect_not_null(strstr(answer_to(request), "200 OK"));
}

Test(hello, takes_requests_in_any_pieces)
{
    const char text[] = "GET /Ada HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n\r\n";
    static char out[HELLO_OUT_MAX], all[HELLO_OUT_MAX];
    for (size_t step = 1; step < sizeof(text); step++) {
        struct hello hello;
        size_t total = 0;
        hello_begin(&hello);
        for (size_t at = 0; at < sizeof(text) - 1; at += step) {
            size_t left = sizeof(text) - 1 - at;
            size_t n = hello_feed(&hello, text + at, left < step ? left : step, out);
            memcpy(all + total, out, n);
            total += n;
        }
        all[total] = '\0';
        cr_expect_eq(hello.answered, 2);
        cr_expect_not_null(strstr(all, "Hello, Ada!HTTP/1.1 200 OK"), "%s", all);
        cr_expect_str_eq(hello.last, "Hello, Anonymous!");
        cr_expect_not(hello.closing);
    }
}

Test(hello, ends_where_http_ends)
{
    struct hello hello;
    static char out[HELLO_OUT_MAX];
    hello_begin(&hello);
    const char text[] = "GET /a HTTP/1.0\r\n\r\nGET /b HTTP/1.0\r\n\r\n";
    hello_feed(&hello, text, strlen(text), out);
    cr_expect(hello.closing);
    cr_expect_eq(hello.answered, 1);
    cr_expect_eq(hello_feed(&hello, text, strlen(text), out), 0);
}

/* ---- the workload ------------------------------------------------------------------------- */

static json_t *result_job(const char *path)
{
    json_error_t error;
    json_t *result = json_loads(program_file(path), 0, &error);
    return json_array_get(json_object_get(json_object_get(result, "speedup"), "jobs"), 0);
}

static double measure_of(const json_t *job, size_t in_case, const char *name)
{
    const json_t *c = json_array_get(json_object_get(job, "cases"), in_case);
    const json_t *run = json_array_get(json_object_get(c, "runs"), 1);
    return json_number_value(json_object_get(json_object_get(run, "measures"), name));
}

/* One second in which a loop does not answer: with an open loop every request that was due in it
 * shows, with a closed one almost none was sent. */
Test(serve, stall_shows_where_requests_are_due)
{
    struct outcome o = program("run serve -R async -n 4 -r 1 -o x.json -p connections=4 "
                               "-p requests=200 -p rate=400 -p stall=1s");
    cr_assert_eq(o.status, 0, "%s", o.err);
    json_t *job = result_job("x.json");
    cr_expect_geq(measure_of(job, 1, "p99"), 0.5e9);
    cr_expect_geq(measure_of(job, 1, "slowest"), 0.9e9);
    o = program("run serve -R async -n 4 -r 1 -o y.json -p connections=4 -p requests=200 "
                "-p stall=1s");
    cr_assert_eq(o.status, 0, "%s", o.err);
    job = result_job("y.json");
    cr_expect_geq(measure_of(job, 1, "slowest"), 1e9);
    cr_expect_lt(measure_of(job, 1, "p99"), 1e9);
}

Test(serve, measures_are_in_the_table)
{
    struct outcome o = program("run serve -R async -n 4 -r 1 -o x.json -p connections=4");
    cr_assert_eq(o.status, 0, "%s", o.err);
    static const char *const words[] = {"p99.9", "CPU/req.", "load", "requests/s"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        cr_expect_not_null(strstr(o.out, words[i]), "%s is not in:\n%s", words[i], o.out);
}

Test(serve, port_that_is_taken)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&address, size), 0);
    cr_assert_eq(listen(fd, 1), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    struct outcome o =
        program("run serve -p port=%u -R async -n 1 -r 1 -o x.json", ntohs(address.sin_port));
    cr_expect_eq(o.status, 1);
    cr_expect_not_null(strstr(o.err, "Address already in use; choose another"), "%s", o.err);
    o = program("serve --port %u", ntohs(address.sin_port));
    cr_expect_eq(o.status, 1);
    cr_expect_not_null(strstr(o.err, "Address already in use; choose another"), "%s", o.err);
    close(fd);
}

Test(serve, too_many_connections_for_the_limit)
{
    struct outcome o = command("ulimit -n 64; exec $SPEEDUP run serve -p connections=100 -R async "
                               "-n 100 -r 1 -o x.json");
    cr_expect_eq(o.status, 1, "exit %d\n%s", o.status, o.err);
    cr_expect_not_null(strstr(o.err, "100 connections need 164 open files and the limit is 64"),
                       "%s", o.err);
}

/* ---- clients from outside ----------------------------------------------------------------- */

struct name {
    char text[64];
};

ParameterizedTestParameters(serve, by_hand)
{
    static struct name names[64];
    size_t n = 0;
    for (int i = 0; runners[i] != NULL; i++) {
        if (strncmp(runners[i]->name, "bad-", 4) != 0)
            snprintf(names[n++].text, sizeof(names[0].text), "%s", runners[i]->name);
    }
    return cr_make_param_array(struct name, names, n);
}

/* The client is the workload that downloads; the address is printed when it can be used. */
ParameterizedTest(struct name *name, serve, by_hand)
{
    if (strstr(program("list %s", name->text).out, "not here:") != NULL)
        return;
    struct outcome o = command(
        "$SPEEDUP serve --runner %s --port 0 -n 3 > out & server=$!\n"
        "until grep -q listens out; do kill -0 $server || exit 9; done\n"
        "url=$(sed 's/.*\\(http[^;]*\\);.*/\\1/' out)\n"
        "printf '%%sAda 11\\n%%sBob 11\\n' $url $url > urls\n"
        "$SPEEDUP run download -R threads -n 2 -p urls=urls -p save=memory --answers -o x.json\n"
        "kill -INT $server; wait $server; echo ended with $?",
        name->text);
    cr_expect_not_null(strstr(o.out, "Hello, Ada!"), "%s: %s %s", name->text, o.out, o.err);
    cr_expect_not_null(strstr(o.out, "Hello, Bob!"), "%s: %s %s", name->text, o.out, o.err);
    cr_expect_not_null(strstr(o.out, "ended with 0"), "%s: %s %s", name->text, o.out, o.err);
}

Test(serve, command_that_makes_no_sense)
{
    static const struct {
        const char *words, *sentence;
    } cases[] = {
        {"--runner asnyc", "did you mean 'async'?"},
        {"--runner process-pool:transfer=pipe", "use transfer=shm"},
        {"--port 70000", "port"},
        {"--port x", "port"},
        {"-n 0", "-n"},
        {"--gil quick", "variant"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct outcome o = program("serve %s", cases[i].words);
        cr_expect_eq(o.status, 2, "%s: exit %d", cases[i].words, o.status);
        cr_expect_not_null(strstr(o.err, cases[i].sentence), "%s: %s", cases[i].words, o.err);
    }
}
