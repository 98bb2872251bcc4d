// SPDX-License-Identifier: MIT
#include "workloads/helpers/transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <http_parser.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "workloads/helpers/download.h"
#include "workloads/helpers/file_limit.h"

/* For servers of other people, which may be slow or gone. */
enum { CONNECT_S = 30, SILENCE_S = 60 };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static CURLcode library_code;

static void initialise(void)
{
    library_code = curl_global_init(CURL_GLOBAL_DEFAULT);
    file_limit_raise();
}

int transfer_library(struct worker *worker)
{
    pthread_once(&once, initialise);
    if (library_code != CURLE_OK)
        return worker_fail(worker, -ENOMEM, "could not initialise curl: %s",
                           curl_easy_strerror(library_code));
    return 0;
}

/* ---- storing ------------------------------------------------------------------------------ */

void download_path(char path[PATH_MAX], const char *directory, size_t index)
{
    snprintf(path, PATH_MAX, "%s/file-%zu", directory, index);
}

/* Opened when the first byte is there, so that downloads that wait hold one descriptor, not two. */
static int open_file(struct transfer *t)
{
    char path[PATH_MAX];
    if (t->fd >= 0)
        return 0;
    download_path(path, worker_directory(t->worker), t->task->index);
    t->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return t->fd < 0 ? -errno : 0;
}

static int write_file(struct transfer *t, const char *data, size_t size)
{
    int err = open_file(t);
    while (err == 0 && size > 0) {
        ssize_t n = write(t->fd, data, size);
        if (n >= 0) {
            data += n;
            size -= (size_t)n;
        } else if (errno != EINTR) {
            err = -errno;
        }
    }
    return err;
}

static int write_memory(struct transfer *t, const char *data, size_t size)
{
    if (size > t->task->output_max - t->size)
        return -EFBIG;
    memcpy((char *)t->task->output + t->size, data, size);
    return 0;
}

static bool on_disk(const struct transfer *t)
{
    return t->worker->job->values[SAVE].n == SAVE_DISK;
}

static size_t on_data(char *data, size_t one, size_t count, void *transfer)
{
    struct transfer *t = transfer;
    (void)one;
    t->error = on_disk(t) ? write_file(t, data, count) : write_memory(t, data, count);
    if (t->error != 0)
        return CURL_WRITEFUNC_ERROR;
    t->size += count;
    return count;
}

/* Closes the file and fills the task's output. */
static int finish(struct transfer *t)
{
    if (!on_disk(t)) {
        t->task->output_size = t->size;
        return 0;
    }
    int err = open_file(t); /* an empty one */
    if (t->fd >= 0 && close(t->fd) != 0)
        err = -errno;
    t->fd = -1;
    memcpy(t->task->output, &t->size, sizeof(t->size));
    t->task->output_size = sizeof(t->size);
    return err;
}

/* ---- one handle --------------------------------------------------------------------------- */

static int on_progress(void *transfer, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct transfer *t = transfer;
    (void)a, (void)b, (void)c, (void)d;
    return worker_stopped(t->worker);
}

/* Curl does not keep the reason of a failure here, so we do. */
static curl_socket_t on_open(void *transfer, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer *t = transfer;
    struct linger reset = {.l_onoff = 1, .l_linger = 0};
    (void)purpose;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd < 0)
        t->error = -errno;
    /* Closed by a reset: thousands of ports in TIME_WAIT would slow down the next repetition. */
    else if (!download_from_list(t->worker->job))
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    return fd;
}

/* All models use HTTP/1.1: over HTTP/2 only the event loop would share connections. Redirections
 * are not followed: they would lead to hosts whose connections nobody counts. */
static void set_options(struct transfer *t, const struct job *job)
{
    bool fresh = job->values[REUSE].n == NO, listed = download_from_list(job);
    CURL *easy = t->easy;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L); /* there are threads */
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, t);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, (long)fresh);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, (long)fresh);
    if (listed) {
        curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(easy, CURLOPT_USERAGENT, "speedup");
        curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
        curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)SILENCE_S);
    } else {
        curl_easy_setopt(easy, CURLOPT_PROXY, "");
    }
    if (t->worker->loop == NULL) { /* a blocking transfer must notice the end by itself */
        curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
        curl_easy_setopt(easy, CURLOPT_XFERINFODATA, t);
        curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    }
}

int transfer_open(struct transfer *t, struct worker *worker)
{
    *t = (struct transfer){.worker = worker, .fd = -1, .easy = curl_easy_init()};
    if (t->easy == NULL)
        return worker_fail(worker, -ENOMEM, "could not make a curl handle; is memory short?");
    set_options(t, worker->job);
    return 0;
}

void transfer_close(struct transfer *t)
{
    transfer_abandon(t);
    curl_easy_cleanup(t->easy);
}

void transfer_abandon(struct transfer *t)
{
    if (t->host != NULL)
        urls_give(t->host);
    if (t->fd >= 0)
        close(t->fd);
    t->host = NULL;
    t->task = NULL;
    t->fd = -1;
}

int transfer_begin(struct transfer *t, struct task *task)
{
    struct job *job = t->worker->job;
    if (download_from_list(job)) {
        struct url *urls = job->input; /* all of them: the task's own slice may be a copy */
        struct url *host = &urls[urls[task->index].host];
        bool polite = job->values[OWNER].n == NO;
        if (polite && !urls_take(host))
            return -EAGAIN;
        t->host = polite ? host : NULL;
        strcpy(t->url, urls[task->index].text);
    } else {
        const struct download_report *report = job->report;
        snprintf(t->url, sizeof(t->url), "http://127.0.0.1:%u/file/%zu", report->port, task->index);
    }
    t->task = task;
    t->size = 0;
    t->error = 0;
    return curl_easy_setopt(t->easy, CURLOPT_URL, t->url) == CURLE_OK ? 0 : -ENOMEM;
}

/* ---- what can go wrong -------------------------------------------------------------------- */

static int status_error(long status)
{
    switch (status) {
    case HTTP_STATUS_UNAUTHORIZED:
    case HTTP_STATUS_FORBIDDEN:
        return -EACCES;
    case HTTP_STATUS_NOT_FOUND:
    case HTTP_STATUS_GONE:
        return -ENOENT;
    case HTTP_STATUS_REQUEST_TIMEOUT:
    case HTTP_STATUS_GATEWAY_TIMEOUT:
        return -ETIMEDOUT;
    case HTTP_STATUS_TOO_MANY_REQUESTS:
    case HTTP_STATUS_SERVICE_UNAVAILABLE:
        return -EBUSY;
    default:
        return -EPROTO;
    }
}

static int fail_status(struct transfer *t, long status)
{
    const char *target = NULL;
    curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &target);
    if (target != NULL)
        return worker_fail(t->worker, -EPROTO, "GET %.80s: HTTP %ld, it is now at %.80s; list that",
                           t->url, status, target);
    return worker_fail(t->worker, status_error(status), "GET %.120s: HTTP %ld %s", t->url, status,
                       http_status_str((enum http_status)status));
}

static int fail_descriptors(struct transfer *t)
{
    return worker_fail(t->worker, -EMFILE,
                       "GET %.60s: all %llu file descriptors are in use; n downloads at once "
                       "need up to 4 n: raise the hard limit (ulimit -Hn) or try a smaller -n",
                       t->url, (unsigned long long)file_limit_raise());
}

static int fail_connect(struct transfer *t)
{
    long number = 0;
    curl_easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &number);
    int err = t->error != 0 ? t->error : number > 0 ? -(int)number : -ECONNREFUSED;
    if (err == -EMFILE)
        return fail_descriptors(t);
    return worker_fail(t->worker, err, "GET %.120s: could not connect (%s); is the server running?",
                       t->url, strerror(-err));
}

static int fail_store(struct transfer *t)
{
    if (t->error == -EMFILE)
        return fail_descriptors(t);
    if (t->error == -EFBIG && !on_disk(t))
        return worker_fail(t->worker, t->error, "GET %.120s: more than the expected %zu B came",
                           t->url, t->task->output_max);
    return worker_fail(t->worker, t->error, "GET %.100s: could not store it in %.80s: %s", t->url,
                       worker_directory(t->worker), strerror(-t->error));
}

static int fail(struct transfer *t, CURLcode code)
{
    struct worker *worker = t->worker;
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
        return worker_fail(worker, -EHOSTUNREACH,
                           "GET %.120s: no address for that name; is it right, is there a network?",
                           t->url);
    case CURLE_COULDNT_CONNECT:
        return fail_connect(t);
    case CURLE_OPERATION_TIMEDOUT:
        return worker_fail(worker, -ETIMEDOUT, "GET %.120s: the server did not answer in time",
                           t->url);
    case CURLE_ABORTED_BY_CALLBACK:
        return -ECANCELED;
    case CURLE_WRITE_ERROR:
        return fail_store(t);
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
        return worker_fail(worker, -ECONNRESET, "GET %.120s: the connection broke after %llu B",
                           t->url, (unsigned long long)t->size);
    default:
        return worker_fail(worker, -EPROTO, "GET %.120s: %s", t->url, curl_easy_strerror(code));
    }
}

int transfer_end(struct transfer *t, CURLcode code)
{
    long status = 0;
    int err;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status != 0 && status != HTTP_STATUS_OK)
        err = fail_status(t, status);
    else if (code != CURLE_OK)
        err = fail(t, code);
    else if ((t->error = finish(t)) != 0)
        err = fail(t, CURLE_WRITE_ERROR);
    else
        err = 0;
    transfer_abandon(t);
    return err;
}
