// SPDX-License-Identifier: MIT
/* Lists of addresses: what they may hold, what is said when they do not, and how many connections a
 * host gets. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workloads/helpers/urls.h"

TestSuite(urls, .timeout = 10);

struct list {
    struct job job;
    char error[ERROR_MAX];
    char path[32];
    struct url *urls;
    size_t count;
    int err;
};

/* Reads a file that holds the text. */
static void read_text(struct list *list, const char *text)
{
    *list = (struct list){.path = "/tmp/test_urls-XXXXXX"};
    list->job.error = list->error;
    int fd = mkstemp(list->path);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    list->err = urls_read(&list->job, list->path, &list->urls, &list->count);
    unlink(list->path);
}

Test(urls, hold_addresses_lengths_and_comments)
{
    struct list list;
    read_text(&list, "# mine\n"
                     "http://example.org/a 17\r\n"
                     "\n"
                     "  https://user@Example.ORG:8080/b?c=d#e\t# no length\n"
                     "   # indented\n"
                     "HTTP://127.0.0.1/x 0 # empty\n"
                     "http://[::1]/y 9223372036854775807");
    cr_assert_eq(list.err, 0, "%s", list.error);
    cr_assert_eq(list.count, 4);
    cr_assert_str_eq(list.urls[0].text, "http://example.org/a");
    cr_assert_str_eq(list.urls[1].text, "https://user@Example.ORG:8080/b?c=d#e");
    cr_assert_eq(list.urls[0].size, 17);
    cr_assert_eq(list.urls[1].size, -1);
    cr_assert_eq(list.urls[2].size, 0);
    cr_assert_eq(list.urls[3].size, INT64_MAX);
    free(list.urls);
}

Test(urls, share_a_host_whatever_scheme_port_and_case)
{
    struct list list;
    read_text(&list, "http://a.org/\nhttp://b.org/\nhttps://A.org:99/x\nhttp://b.org/y\nhttp://c/");
    cr_assert_eq(list.err, 0, "%s", list.error);
    uint32_t right[] = {0, 1, 0, 1, 4};
    for (size_t i = 0; i < 5; i++)
        cr_assert_eq(list.urls[i].host, right[i], "%s", list.urls[i].text);
    free(list.urls);
}

/* ---- what is wrong, in which line --------------------------------------------------------- */

struct bad_list {
    char text[80];
    char sentence[80];
};

ParameterizedTestParameters(urls, complain_of_the_line)
{
    static struct bad_list bad[] = {
        {"", "holds no address; write one http or https URL per line"},
        {"\n# http://a/\n", "holds no address; write one http or https URL per line"},
        {"http://a/\n\nftp://b/c\n", "line 3: 'ftp://b/c' is no http or https address"},
        {"example.org\n", "line 1: 'example.org' is no http or https address"},
        {"http:///x\n", "line 1: 'http:///x' is no http or https address"},
        {"http://a/ 12x\n", "line 1: '12x' is no length in bytes"},
        {"http://a/ -1\n", "line 1: '-1' is no length in bytes"},
        {"http://a/ 9223372036854775808\n", "'9223372036854775808' is no length in bytes"},
        {"http://a/\nhttp://a/ 1 2\n", "line 2: '2' is too much"},
    };
    return cr_make_param_array(struct bad_list, bad, sizeof(bad) / sizeof(bad[0]));
}

ParameterizedTest(struct bad_list *bad, urls, complain_of_the_line)
{
    struct list list;
    read_text(&list, bad->text);
    cr_assert_eq(list.err, -EINVAL);
    cr_assert_null(list.urls);
    cr_assert_not_null(strstr(list.error, list.path), "%s", list.error);
    cr_assert_not_null(strstr(list.error, bad->sentence), "%s", list.error);
}

Test(urls, complain_of_a_missing_file_and_of_a_directory)
{
    struct list list = {.job.error = list.error};
    cr_assert_eq(urls_read(&list.job, "/nowhere/at/all", &list.urls, &list.count), -ENOENT);
    cr_assert_not_null(strstr(list.error, "/nowhere/at/all: No such file"), "%s", list.error);
    list.error[0] = '\0';
    cr_assert_lt(urls_read(&list.job, "/tmp", &list.urls, &list.count), 0);
    cr_assert_not_null(strstr(list.error, "/tmp"), "%s", list.error);
}

Test(urls, complain_of_an_address_that_is_too_long)
{
    struct list list;
    char text[URL_MAX + 20];
    memset(text, 'a', sizeof(text));
    memcpy(text, "http://", 7);
    text[URL_MAX] = '\0';
    read_text(&list, text);
    cr_assert_eq(list.err, -EINVAL);
    cr_assert_not_null(strstr(list.error, "too long"), "%s", list.error);
    text[URL_MAX - 1] = '\0';
    read_text(&list, text);
    cr_assert_eq(list.err, 0, "%s", list.error);
    free(list.urls);
}

/* ---- connections to a host ---------------------------------------------------------------- */

Test(urls, give_a_host_no_more_connections_than_allowed)
{
    struct url host = {.host = 0};
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < URL_HOLDERS; i++)
            cr_assert(urls_take(&host));
        cr_assert_not(urls_take(&host));
        urls_give(&host);
        cr_assert(urls_take(&host));
        cr_assert_not(urls_take(&host));
        for (int i = 0; i < URL_HOLDERS; i++)
            urls_give(&host);
    }
}

Test(urls, take_back_what_a_dead_process_held)
{
    struct url *host =
        mmap(NULL, sizeof(*host), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cr_assert_neq(host, MAP_FAILED);
    pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < URL_HOLDERS; i++)
            urls_take(host);
        _exit(0);
    }
    cr_assert_eq(waitpid(pid, NULL, 0), pid);
    for (int i = 0; i < URL_HOLDERS; i++)
        cr_assert(urls_take(host));
    cr_assert_not(urls_take(host));
    munmap(host, sizeof(*host));
}
