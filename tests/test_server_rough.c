// SPDX-License-Identifier: MIT
/* The built-in file server among clients that are wrong, slow, gone, or too many; and its latency,
 * its bandwidth, its beginning and its end. */
#include "tests/serving.h"

#include <signal.h>

#include "workloads/helpers/file_limit.h"
#include "workloads/workload.h"

TestSuite(server_rough, .timeout = 120);

/* ---- requests that it does not serve ------------------------------------------------------ */

Test(server_rough, says_404_and_goes_on)
{
    static const char *const paths[] = {"/",
                                        "/file/",
                                        "/file/100",
                                        "/file/1x",
                                        "/file/-1",
                                        "/file/18446744073709551616",
                                        "/file/00000000000000000000000000000000000000000000001"};
    struct child child = start(10, 0, 0);
    int fd = dial(&child);
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        char text[200];
        snprintf(text, sizeof(text), "GET %s HTTP/1.1\r\n\r\n", paths[i]);
        say(fd, text);
        expect_status(fd, 404);
    }
    ask(fd, "GET", 99);
    expect_file(fd, 99, 10);
    close(fd);
    stop(&child);
}

Test(server_rough, says_405_and_goes_on)
{
    struct child child = start(10, 0, 0);
    int fd = dial(&child);
    say(fd, "POST /file/1 HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello");
    struct reply reply = hear(fd);
    cr_assert_eq(reply.status, 405);
    cr_assert_not_null(strstr(reply.header, "Allow: GET, HEAD\r\n"));
    free(reply.body);
    ask(fd, "GET", 1);
    expect_file(fd, 1, 10);
    close(fd);
    stop(&child);
}

Test(server_rough, says_400_to_garbage_and_closes)
{
    static const char *const garbage[] = {"hello\r\n\r\n", "GET\r\n\r\n",
                                          "GET /file/1 HTTP/x\r\n\r\n",
                                          "GET /file/1 HTTP/1.1\r\na\001b\r\n\r\n"};
    struct child child = start(10, 0, 0);
    for (size_t i = 0; i < sizeof(garbage) / sizeof(garbage[0]); i++) {
        int fd = dial(&child);
        say(fd, garbage[i]);
        expect_status(fd, 400);
        expect_end(fd);
    }
    stop(&child);
}

Test(server_rough, says_431_to_an_oversized_header_and_closes)
{
    struct child child = start(10, 0, 0);
    int fd = dial(&child);
    char filler[1000];
    memset(filler, 'a', sizeof(filler) - 1);
    filler[sizeof(filler) - 1] = '\0';
    say(fd, "GET /file/1 HTTP/1.1\r\nX: ");
    for (int i = 0; i < 100; i++)
        say(fd, filler); /* is not reset before it can read the answer */
    expect_status(fd, 431);
    expect_end(fd);
    stop(&child);
}

Test(server_rough, closes_when_another_protocol_is_asked_for)
{
    struct child child = start(10, 0, 0);
    int fd = dial(&child);
    say(fd, "CONNECT x:1 HTTP/1.1\r\n\r\nabc");
    expect_status(fd, 405);
    expect_end(fd);
    stop(&child);
}

/* ---- slow and sudden clients -------------------------------------------------------------- */

Test(server_rough, reads_a_request_byte_by_byte)
{
    const char *text = "\r\nGET /file/7 HTTP/1.1\r\nHost: x\r\nA: b\r\n\r\n";
    struct child child = start(1000, 0, 0);
    int fd = dial(&child), one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    for (; *text != '\0'; text++)
        cr_assert_eq(send(fd, text, 1, 0), 1);
    expect_file(fd, 7, 1000);
    close(fd);
    stop(&child);
}

Test(server_rough, answers_a_client_that_has_closed_its_half)
{
    for (int64_t latency_ns = 0; latency_ns <= 2000000; latency_ns += 2000000) {
        struct child child = start(3000000, latency_ns, 0);
        int fd = dial(&child);
        ask(fd, "GET", 1);
        ask(fd, "GET", 2);
        shutdown(fd, SHUT_WR);
        expect_file(fd, 1, 3000000);
        expect_file(fd, 2, 3000000);
        expect_end(fd);
        stop(&child);
    }
}

Test(server_rough, survives_clients_that_leave)
{
    struct child child = start(50000000, 1000000, 0);
    struct linger reset = {.l_onoff = 1, .l_linger = 0};
    char some[1000];
    for (int i = 0; i < 40; i++) {
        int fd = dial(&child);
        if (i % 4 >= 1)
            ask(fd, "GET", 1); /* leaves before the answer */
        if (i % 4 >= 2)
            cr_assert_gt(recv(fd, some, sizeof(some), 0), 0); /* in the middle of it */
        if (i % 4 == 3)
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        close(fd);
    }
    int fd = dial(&child);
    ask(fd, "HEAD", 1);
    cr_assert_eq(hear_header(fd).status, 200);
    close(fd);
    stop(&child);
}

Test(server_rough, waits_for_a_client_that_reads_little_by_little)
{
    enum { SIZE = 8000000 };
    struct child child = start(SIZE, 0, 0);
    int fd = dial(&child), other = dial(&child);
    char some[999], right[999];
    ask(fd, "GET", 5);
    cr_assert_eq(hear_header(fd).size, SIZE);
    ask(other, "GET", 6); /* is served in between */
    expect_file(other, 6, SIZE);
    for (size_t at = 0; at < SIZE;) {
        ssize_t n = recv(fd, some, sizeof(some), 0);
        cr_assert_gt(n, 0);
        contents_fill(SEED, 5, at, right, (size_t)n);
        cr_assert_eq(memcmp(some, right, (size_t)n), 0, "wrong bytes near %zu", at);
        at += (size_t)n;
    }
    close(fd);
    close(other);
    stop(&child);
}

/* ---- latency and bandwidth: bounds that no slow machine can break ------------------------- */

Test(server_rough, never_answers_before_the_latency)
{
    const int64_t latency_ns = 7300000;
    struct child child = start(10, latency_ns, 0);
    int fds[20];
    int64_t asked_ns[20];
    for (unsigned i = 0; i < 20; i++)
        fds[i] = dial(&child);
    for (unsigned i = 0; i < 20; i++) {
        asked_ns[i] = now_ns();
        ask(fds[i], "GET", i);
    }
    for (unsigned i = 0; i < 20; i++) {
        expect_file(fds[i], i, 10);
        cr_assert_geq(now_ns() - asked_ns[i], latency_ns);
        close(fds[i]);
    }
    stop(&child);
}

Test(server_rough, never_exceeds_the_bandwidth_by_more_than_a_portion)
{
    enum { SIZE = 300000, BANDWIDTH = 2000000, PORTION_HERE = BANDWIDTH / 100 };
    struct child child = start(SIZE, 1000000, BANDWIDTH);
    int fd = dial(&child);
    char some[4096];
    int64_t begin_ns = now_ns() + 1000000;
    ask(fd, "GET", 1);
    cr_assert_eq(hear_header(fd).size, SIZE);
    for (size_t n = 0; n < SIZE;) {
        ssize_t more = recv(fd, some, sizeof(some), 0);
        cr_assert_gt(more, 0);
        n += (size_t)more;
        double allowed = (double)(now_ns() - begin_ns) * 1e-9 * BANDWIDTH + PORTION_HERE;
        cr_assert_leq((double)n, allowed, "%zu B, %.0f were allowed", n, allowed);
    }
    ask(fd, "GET", 2);
    expect_file(fd, 2, SIZE);
    close(fd);
    stop(&child);
}

/* ---- many --------------------------------------------------------------------------------- */

Test(server_rough, holds_10000_connections_at_once)
{
    enum { MANY = 10000 };
    static int fds[MANY];
    if (file_limit_raise() < MANY + 100)
        cr_skip_test("the hard limit of open files is below 10,100");
    struct child child = start(100, 20000000, 0);
    for (unsigned i = 0; i < MANY; i++)
        fds[i] = dial(&child);
    for (unsigned i = 0; i < MANY; i++)
        ask(fds[i], "GET", i % 100);
    for (unsigned i = 0; i < MANY; i++)
        expect_file(fds[i], i % 100, 100);
    stop(&child); /* with all of them open */
    for (unsigned i = 0; i < MANY; i++)
        expect_end(fds[i]);
}

Test(server_rough, serves_more_clients_than_it_has_descriptors)
{
    struct server_options options = {.seed = SEED, .files = 100, .size = 10};
    struct child child = start_limited(options, 20);
    int fds[60];
    for (unsigned i = 0; i < 60; i++) {
        fds[i] = dial(&child); /* the kernel accepts it */
        ask(fds[i], "GET", i);
    }
    for (unsigned i = 0; i < 60; i++) {
        expect_file(fds[i], i, 10); /* the later ones when the first have gone */
        close(fds[i]);
    }
    stop(&child);
}

/* ---- begin and end ------------------------------------------------------------------------ */

Test(server_rough, says_that_a_port_is_in_use)
{
    struct child child = start(10, 0, 0);
    struct server_options options = {.files = 1, .port = child.port};
    struct server *server;
    cr_assert_eq(server_open(&server, &options), -EADDRINUSE);
    cr_assert_null(server);
    stop(&child);
    cr_assert_eq(server_open(&server, &options), 0, "the port is not free again");
    cr_assert_eq(server_port(server), options.port);
    server_close(server);
}

Test(server_rough, reads_and_ignores_what_comes_before_the_end)
{
    struct child child = start(10, 0, 0);
    int fd = dial(&child);
    for (unsigned i = 0; i < 100; i++) {
        cr_assert_eq(write(child.stop, "GE", 2), 2);
        ask(fd, "GET", i);
        expect_file(fd, i, 10);
    }
    close(fd);
    stop(&child);
    cr_assert_eq(kill(child.pid, 0), -1);
    cr_assert_eq(errno, ESRCH);
}
