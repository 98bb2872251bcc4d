// SPDX-License-Identifier: MIT
/* The built-in file server and its contents, as well-behaved clients see them. */
#include "tests/serving.h"

#include <criterion/parameterized.h>
#include <curl/curl.h>

TestSuite(server, .timeout = 30);

/* ---- contents ----------------------------------------------------------------------------- */

Test(contents, any_partition_gives_the_same_bytes)
{
    char whole[300], parts[300];
    contents_fill(1, 2, 5, whole, sizeof(whole));
    for (size_t step = 1; step < 40; step++) {
        for (size_t at = 0; at < sizeof(parts); at += step)
            contents_fill(1, 2, 5 + at, parts + at,
                          at + step < sizeof(parts) ? step : sizeof(parts) - at);
        cr_assert_arr_eq(parts, whole, sizeof(whole));
    }
    for (size_t i = 0; i < sizeof(whole); i++)
        cr_assert(whole[i] >= ' ' && whole[i] <= '_');
}

Test(contents, depend_on_seed_and_file)
{
    char a[32], b[32], c[32];
    contents_fill(1, 2, 0, a, sizeof(a));
    contents_fill(1, 3, 0, b, sizeof(b));
    contents_fill(2, 2, 0, c, sizeof(c));
    cr_assert_arr_neq(a, b, sizeof(a));
    cr_assert_arr_neq(a, c, sizeof(a));
}

/* ---- responses ---------------------------------------------------------------------------- */

ParameterizedTestParameters(server, files_of_any_size)
{
    static size_t sizes[] = {0, 1, 7, 4096, PORTION - 1, PORTION, 5000011};
    return cr_make_param_array(size_t, sizes, sizeof(sizes) / sizeof(sizes[0]));
}

ParameterizedTest(size_t *size, server, files_of_any_size, .timeout = 30)
{
    struct child child = start(*size, 0, 0);
    int fd = dial(&child);
    for (unsigned i = 0; i < 3; i++) {
        ask(fd, "GET", i * 49);
        expect_file(fd, i * 49, *size);
    }
    close(fd);
    stop(&child);
}

Test(server, answers_pipelined_requests_in_order)
{
    for (int64_t latency_ns = 0; latency_ns <= 2000000; latency_ns += 2000000) {
        struct child child = start(100000, latency_ns, 0);
        int fd = dial(&child);
        say(fd,
            "GET /file/3 HTTP/1.1\r\n\r\nHEAD /file/0 HTTP/1.1\r\n\r\nGET /file/1 HTTP/1.1\r\n\r\n"
            "GET /file/2 HT");
        expect_file(fd, 3, 100000);
        cr_assert_eq(hear_header(fd).size, 100000);
        expect_file(fd, 1, 100000);
        say(fd, "TP/1.1\r\n\r\n");
        expect_file(fd, 2, 100000);
        close(fd);
        stop(&child);
    }
}

Test(server, head_has_no_body)
{
    struct child child = start(1000, 0, 0);
    int fd = dial(&child);
    ask(fd, "HEAD", 1);
    struct reply reply = hear_header(fd);
    cr_assert_eq(reply.status, 200);
    cr_assert_eq(reply.size, 1000);
    ask(fd, "HEAD", 100);
    cr_assert_eq(hear_header(fd).status, 404);
    ask(fd, "GET", 1);
    expect_file(fd, 1, 1000);
    close(fd);
    stop(&child);
}

Test(server, keeps_connections_as_http_asks)
{
    struct child child = start(10, 0, 0);
    int fd = dial(&child);
    say(fd, "GET /file/0 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    struct reply reply = hear(fd);
    cr_assert_not_null(strstr(reply.header, "Connection: keep-alive\r\n"));
    free(reply.body);
    say(fd, "GET /file/0 HTTP/1.0\r\n\r\n");
    reply = hear(fd);
    cr_assert_not_null(strstr(reply.header, "Connection: close\r\n"));
    free(reply.body);
    expect_end(fd);
    fd = dial(&child);
    say(fd, "GET /file/0 HTTP/1.1\r\nConnection: close\r\n\r\n");
    expect_file(fd, 0, 10);
    expect_end(fd);
    stop(&child);
}

static size_t ignore(char *data, size_t one, size_t count, void *sum)
{
    (void)data;
    *(size_t *)sum += one * count;
    return one * count;
}

Test(server, curl_reuses_its_connection)
{
    struct child child = start(70000, 0, 0);
    CURL *easy = curl_easy_init();
    char url[64];
    size_t sum = 0;
    long connects = 0, all_connects = 0;
    for (int i = 0; i < 5; i++) {
        snprintf(url, sizeof(url), "http://127.0.0.1:%u/file/%d", child.port, i);
        curl_easy_setopt(easy, CURLOPT_URL, url);
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
        curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
        curl_easy_setopt(easy, CURLOPT_WRITEDATA, &sum);
        cr_assert_eq(curl_easy_perform(easy), CURLE_OK);
        curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connects);
        all_connects += connects;
    }
    cr_assert_eq(sum, 5 * 70000);
    cr_assert_eq(all_connects, 1);
    curl_easy_cleanup(easy);
    stop(&child);
}
