/* The C program: the library through its header alone, as a C programmer uses it. test/program.rs compiles it as C99,
 * with sanitizers, and runs it, under valgrind where there is one. */

#define _POSIX_C_SOURCE 200809L

#include "rille.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The layouts that other languages rely on; C99 has no static assertion. */
#define LAYOUT(name, condition) typedef char layout_##name[(condition) ? 1 : -1]
LAYOUT(error_size, sizeof(rille_error) == 256);
LAYOUT(error_status, offsetof(rille_error, status) == 0);
LAYOUT(error_length, offsetof(rille_error, length) == 4);
LAYOUT(error_offset, offsetof(rille_error, offset) == 8);
LAYOUT(error_message, offsetof(rille_error, message) == 16);
LAYOUT(progress_size, sizeof(rille_progress) == 24);
LAYOUT(progress_ready, offsetof(rille_progress, ready) == 4);
LAYOUT(progress_done, offsetof(rille_progress, done) == 8);
LAYOUT(progress_total, offsetof(rille_progress, total) == 16);
LAYOUT(path_size, sizeof(rille_path_entry) == 16);
LAYOUT(path_kind, offsetof(rille_path_entry, kind) == 12);
LAYOUT(paths_count, offsetof(rille_paths, count) == 2 * sizeof(void *));
LAYOUT(walk_options_globs, offsetof(rille_walk_options, globs) == 24);
LAYOUT(grep_line_size, sizeof(rille_grep_line) == 48);
LAYOUT(grep_line_line, offsetof(rille_grep_line, line) == 32);
LAYOUT(grep_options_patterns, offsetof(rille_grep_options, patterns) == 32);
LAYOUT(stat_size, sizeof(rille_stat) == 32);
LAYOUT(stat_handles, offsetof(rille_stat, handles) == 16);
LAYOUT(stat_bytes, offsetof(rille_stat, bytes) == 24);

static int failures = 0;

#define CHECK(condition)                                                            \
    do {                                                                            \
        if (!(condition)) {                                                         \
            printf("%s:%d: %s\n", __FILE__, __LINE__, #condition);                  \
            failures++;                                                             \
        }                                                                           \
    } while (0)

static const uint8_t *bytes(const char *text) { return (const uint8_t *)text; }

/* A copy without a byte to spare, so that a tool sees any read behind its end. */
static uint8_t *exact(const char *text, size_t len) {
    uint8_t *copy = malloc(len ? len : 1);
    memcpy(copy, text, len);
    return copy;
}

static void library(void) {
    CHECK(rille_abi() == RILLE_ABI);
    CHECK(strlen(rille_version()) >= 5);
    CHECK(strlen(rille_cpu()) >= 4);
    CHECK(rille_path() == NULL || strstr(rille_path(), "rille") != NULL);
}

static void count(void) {
    static const struct {
        const char *text;
        uint32_t units[6];
    } cases[] = {
        {"", {0, 0, 0, 0, 0, 0}},
        {"hello, w\xC3\xB6rld\n", {14, 13, 13, 13, 2, 1}},
        {"e\xCC\x81\r\n\xF0\x9F\x98\x80", {9, 5, 6, 3, 1, 2}},
        {"a\xE2\x82z", {4, 3, 3, 3, 2, 1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t len = strlen(cases[i].text);
        uint8_t *text = exact(cases[i].text, len);
        for (uint32_t unit = RILLE_UNIT_BYTE; unit <= RILLE_UNIT_LINE; unit++) {
            uint32_t found = 99;
            CHECK(rille_text_count(text, len, unit, &found, NULL) == RILLE_OK);
            if (found != cases[i].units[unit]) {
                printf("case %d, unit %u: %u, not %u\n", (int)i, unit, found, cases[i].units[unit]);
                failures++;
            }
        }
        free(text);
    }
}

/* Reversal of every length up to some hundreds, in memory without a byte to spare. */
static void reverse(void) {
    for (size_t len = 0; len < 300; len++) {
        uint8_t *text = malloc(len + 1), *out = malloc(len + 1);
        for (size_t i = 0; i < len; i++) text[i] = (uint8_t)(i * 31 + 7);
        text = realloc(text, len ? len : 1);
        out = realloc(out, len ? len : 1);
        CHECK(rille_text_reverse(text, len, RILLE_UNIT_BYTE, out, len, NULL) == RILLE_OK);
        for (size_t i = 0; i < len; i++) CHECK(out[i] == text[len - 1 - i]);
        CHECK(rille_text_reverse(text, len, RILLE_UNIT_CHAR, out, len, NULL) == RILLE_OK);
        CHECK(rille_text_reverse(text, len, RILLE_UNIT_GRAPHEME, out, len, NULL) == RILLE_OK);
        free(text);
        free(out);
    }
    uint8_t out[8];
    const char *text = "a\xC3\xA9\r\nb";
    CHECK(rille_text_reverse(bytes(text), 6, RILLE_UNIT_CHAR, out, 8, NULL) == RILLE_OK);
    CHECK(memcmp(out, "b\n\r\xC3\xA9\x61", 6) == 0);
    CHECK(rille_text_reverse(bytes(text), 6, RILLE_UNIT_GRAPHEME, out, 8, NULL) == RILLE_OK);
    CHECK(memcmp(out, "b\r\n\xC3\xA9\x61", 6) == 0);
}

static void repair(void) {
    uint32_t valid = 9, needed = 9, written = 9;
    uint8_t out[16];
    CHECK(rille_text_validate(bytes("abc"), 3, &valid, NULL) == RILLE_OK && valid == 3);
    CHECK(rille_text_validate(bytes("a\xFF" "b"), 3, &valid, NULL) == RILLE_INVALID && valid == 1);
    CHECK(rille_text_repair_len(bytes("a\xFF" "b"), 3, &needed, NULL) == RILLE_INVALID && needed == 5);
    CHECK(rille_text_repair(bytes("a\xFF" "b"), 3, out, needed, &written, NULL) == RILLE_INVALID);
    CHECK(written == 5 && memcmp(out, "a\xEF\xBF\xBD" "b", 5) == 0);
    CHECK(rille_text_repair_len(bytes("abc"), 3, &needed, NULL) == RILLE_OK && needed == 3);
    CHECK(rille_text_repair(bytes("abc"), 3, out, sizeof out, &written, NULL) == RILLE_OK && written == 3);
}

static void bad_input(void) {
    rille_error err;
    uint32_t number = 77;
    uint8_t out[4] = {1, 2, 3, 4};
    memset(&err, 0, sizeof err);

    CHECK(rille_text_count(NULL, 0, RILLE_UNIT_CHAR, &number, &err) == RILLE_OK && number == 0);
    number = 77;
    CHECK(rille_text_count(NULL, 3, RILLE_UNIT_CHAR, &number, &err) == RILLE_EARG && number == 77);
    CHECK(err.status == RILLE_EARG && err.offset == -1 && err.length == strlen(err.message));
    CHECK(strstr(err.message, "NULL") != NULL);
    CHECK(rille_text_count(bytes("abc"), 3, 1000, &number, &err) == RILLE_EARG && number == 77);
    CHECK(strstr(err.message, "1000") != NULL);
    CHECK(rille_text_count(bytes("abc"), 3, RILLE_UNIT_CHAR, NULL, &err) == RILLE_EARG);
    CHECK(rille_text_count(bytes("abc"), 3, RILLE_UNIT_CHAR, NULL, NULL) == RILLE_EARG);
    /* Refused by its length alone: nothing of it is read. */
    CHECK(rille_text_count(bytes("abc"), (size_t)UINT32_MAX + 1, RILLE_UNIT_CHAR, &number, &err) == RILLE_ETOOBIG);
    CHECK(rille_text_count(bytes("abc"), SIZE_MAX, RILLE_UNIT_CHAR, &number, &err) == RILLE_ETOOBIG && number == 77);

    CHECK(rille_text_reverse(bytes("abcde"), 5, RILLE_UNIT_BYTE, out, 4, &err) == RILLE_ESHORT);
    CHECK(rille_text_reverse(bytes("abcd"), 4, RILLE_UNIT_BYTE, NULL, 4, &err) == RILLE_EARG);
    CHECK(rille_text_reverse(bytes("abcd"), 4, RILLE_UNIT_WORD, out, 4, &err) == RILLE_EARG);
    CHECK(rille_text_reverse(out, 4, RILLE_UNIT_BYTE, out, 4, &err) == RILLE_EARG);
    CHECK(strstr(err.message, "overlap") != NULL);
    CHECK(rille_text_repair(bytes("\xFF\xFF"), 2, out, 4, &number, &err) == RILLE_ESHORT && number == 77);
    CHECK(out[0] == 1 && out[1] == 2 && out[2] == 3 && out[3] == 4);
}

static void buffer(void) {
    rille_error err;
    rille_buffer *buffer = NULL;
    rille_stat stats[8];
    uint32_t kinds = 0, written = 0;
    uint8_t *room = NULL;

    CHECK(rille_buffer_new(16, &buffer, &err) == RILLE_OK);
    CHECK(rille_buffer_len(buffer) == 0);
    CHECK(rille_buffer_append(buffer, bytes("abc"), 3, &err) == RILLE_OK);
    CHECK(rille_buffer_reserve(buffer, 9, &room, &err) == RILLE_OK);
    CHECK(rille_text_repair(bytes("\xFFz"), 2, room, 9, &written, &err) == RILLE_INVALID && written == 4);
    CHECK(rille_buffer_commit(buffer, 10, &err) == RILLE_EARG);
    CHECK(rille_buffer_commit(buffer, written, &err) == RILLE_OK);
    CHECK(rille_buffer_len(buffer) == 7 && memcmp(rille_buffer_ptr(buffer), "abc\xEF\xBF\xBDz", 7) == 0);
    CHECK(rille_buffer_commit(buffer, 1, &err) == RILLE_EARG);
    CHECK(rille_buffer_append(buffer, rille_buffer_ptr(buffer), 7, &err) == RILLE_EARG);

    CHECK(rille_stats(NULL, 0, &kinds, &err) == RILLE_OK && kinds >= 1 && kinds <= 8);
    CHECK(rille_stats(stats, 8, &kinds, &err) == RILLE_OK);
    CHECK(strcmp(stats[0].kind, "buffer") == 0 && stats[0].handles == 1 && stats[0].bytes >= 16);
    CHECK(rille_stats(NULL, 8, &kinds, &err) == RILLE_EARG);

    CHECK(rille_buffer_reset(buffer, &err) == RILLE_OK && rille_buffer_len(buffer) == 0);
    rille_buffer_free(buffer);
    CHECK(rille_stats(stats, 8, &kinds, &err) == RILLE_OK && stats[0].handles == 0 && stats[0].bytes == 0);

    rille_buffer_free(NULL);
    CHECK(rille_buffer_len(NULL) == 0 && rille_buffer_ptr(NULL) == NULL);
    CHECK(rille_buffer_reset(NULL, &err) == RILLE_EARG && strstr(err.message, "buffer is NULL") != NULL);
    CHECK(rille_buffer_new((size_t)UINT32_MAX + 1, &buffer, &err) == RILLE_ETOOBIG);
    CHECK(rille_buffer_new(1, NULL, &err) == RILLE_EARG);
}

static void walk(void) {
    rille_error err;
    rille_walk_options options;
    rille_job *job = NULL;
    rille_paths batch;
    rille_progress progress = {0, 0, 0, 0};
    const uint32_t ends[] = {4, 9};
    char folder[] = "/tmp/rille-walk-XXXXXX", path[64];
    int files = 0, status = RILLE_NONE;

    CHECK(mkdtemp(folder) != NULL);
    for (int i = 0; i < 20; i++) {
        snprintf(path, sizeof path, "%s/%d.%s", folder, i, i % 2 ? "lua" : "txt");
        fclose(fopen(path, "w"));
    }
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.glob_count = 2;
    options.globs = bytes("*.l*!1.lua");
    options.globs_len = 9;
    options.glob_ends = ends;
    CHECK(rille_walk_start(bytes(folder), strlen(folder), &options, &job, &err) == RILLE_OK);
    do {
        CHECK(rille_job_wait(job, 20000, NULL) == RILLE_OK && rille_job_poll(job, &progress, NULL) == RILLE_OK);
        while ((status = rille_walk_take(job, 3, &batch, &err)) == RILLE_OK) {
            CHECK(batch.count >= 1 && batch.count <= 3);
            for (uint32_t i = 0; i < batch.count; i++) {
                rille_path_entry at = batch.paths[i];
                CHECK(at.kind == RILLE_PATH_FILE && at.message_stop == at.stop && at.start < at.stop);
                CHECK(memcmp(batch.text + at.start, folder, strlen(folder)) == 0);
                CHECK(memcmp(batch.text + at.stop - 4, ".lua", 4) == 0);
                files++;
            }
        }
        CHECK(status == RILLE_NONE && batch.count == 0);
    } while (progress.state == RILLE_JOB_RUNNING);
    /* "!1.lu" leaves nothing out. */
    CHECK(progress.state == RILLE_JOB_DONE && progress.done == 10 && files == 10);
    CHECK(rille_walk_take(job, 0, &batch, &err) == RILLE_EARG && rille_walk_take(job, 1, NULL, &err) == RILLE_EARG);
    rille_job_free(job);

    job = NULL;
    options.globs = bytes("*.l*a[b");
    options.globs_len = 6;
    CHECK(rille_walk_start(bytes(folder), strlen(folder), &options, &job, &err) == RILLE_EARG);
    options.glob_count = 1;
    options.flags = 64;
    CHECK(rille_walk_start(bytes(folder), strlen(folder), &options, &job, &err) == RILLE_EARG);
    options.size = 0;
    CHECK(rille_walk_start(bytes(folder), strlen(folder), &options, &job, &err) == RILLE_EARG);
    CHECK(rille_walk_start(bytes("/nothing"), 8, NULL, &job, &err) == RILLE_EIO);
    CHECK(strcmp(err.message, "/nothing: No such file or directory") == 0);
    CHECK(rille_walk_start(NULL, 1, NULL, &job, &err) == RILLE_EARG && job == NULL);
    CHECK(rille_walk_start(bytes(folder), strlen(folder), NULL, NULL, &err) == RILLE_EARG);
    CHECK(rille_walk_take(NULL, 1, &batch, &err) == RILLE_EARG);

    for (int i = 0; i < 20; i++) {
        snprintf(path, sizeof path, "%s/%d.%s", folder, i, i % 2 ? "lua" : "txt");
        remove(path);
    }
    rmdir(folder);
}

static void grep(void) {
    static const char text[] = "patha hit\nno\ntwo hits: hit";
    const uint32_t ends[] = {3, 5}, text_ends[] = {4, sizeof text - 1};
    rille_error err;
    rille_walk_options tree;
    rille_grep_options options;
    rille_grep_lines batch;
    rille_progress progress = {0, 0, 0, 0};
    rille_job *job = NULL;
    char folder[] = "/tmp/rille-grep-XXXXXX";
    double lines = 0, offsets = 0;
    uint32_t spans = 0;
    int status = RILLE_NONE;

    CHECK(mkdtemp(folder) != NULL);
    memset(&tree, 0, sizeof tree);
    memset(&options, 0, sizeof options);
    tree.size = sizeof tree;
    options.size = sizeof options;
    options.pattern_count = 2;
    options.patterns = bytes("hitzz");
    options.patterns_len = 5;
    options.pattern_ends = ends;
    options.text_count = 1;
    options.texts = bytes(text);
    options.texts_len = sizeof text - 1;
    options.text_ends = text_ends;
    CHECK(rille_grep_start(bytes(folder), strlen(folder), &tree, &options, &job, &err) == RILLE_OK);
    do {
        CHECK(rille_job_wait(job, 20000, NULL) == RILLE_OK && rille_job_poll(job, &progress, NULL) == RILLE_OK);
        while ((status = rille_grep_take(job, 1, &batch, &err)) == RILLE_OK) {
            rille_grep_line line = batch.lines[0];
            CHECK(batch.count == 1 && line.kind == RILLE_GREP_MATCH);
            CHECK(line.path_stop - line.path_start == 4 && memcmp(batch.text + line.path_start, "path", 4) == 0);
            for (uint32_t i = 0; i < line.span_count; i++) {
                const uint32_t *span = batch.spans + 2 * (line.span + i);
                CHECK(span[1] - span[0] == 3 && memcmp(batch.text + line.start + span[0], "hit", 3) == 0);
                CHECK(line.start + span[1] <= line.stop);
                spans++;
            }
            lines += line.line;
            offsets += line.offset;
        }
        CHECK(status == RILLE_NONE && batch.count == 0);
    } while (progress.state == RILLE_JOB_RUNNING);
    CHECK(progress.state == RILLE_JOB_DONE && lines == 4 && offsets == 9 && spans == 3);
    CHECK(rille_grep_take(job, 0, &batch, &err) == RILLE_EARG && rille_grep_take(job, 1, NULL, &err) == RILLE_EARG);
    rille_job_free(job);

    job = NULL;
    options.patterns = bytes("b(azz");
    CHECK(rille_grep_start(bytes(folder), strlen(folder), NULL, &options, &job, &err) == RILLE_EPATTERN);
    CHECK(strcmp(err.message, "pattern 1 of 2: unclosed group") == 0);
    options.pattern_count = 0;
    CHECK(rille_grep_start(bytes(folder), strlen(folder), NULL, &options, &job, &err) == RILLE_EARG);
    CHECK(rille_grep_start(bytes(folder), strlen(folder), NULL, NULL, &job, &err) == RILLE_EARG);
    options.pattern_count = 2;
    options.flags = 128;
    CHECK(rille_grep_start(bytes(folder), strlen(folder), NULL, &options, &job, &err) == RILLE_EARG);
    options.flags = 0;
    options.text_count = UINT32_MAX;
    options.texts = NULL;
    CHECK(rille_grep_start(bytes(folder), strlen(folder), NULL, &options, &job, &err) == RILLE_EARG && job == NULL);
    CHECK(rille_grep_take(NULL, 1, &batch, &err) == RILLE_EARG);
    rmdir(folder);
}

#ifdef RILLE_TESTING
int32_t rille_test_panic(rille_error *err);
uint32_t rille_test_panic_get(void);
int32_t rille_test_panic_buffer(rille_buffer *buffer, rille_error *err);

static void panics(void) {
    rille_error err;
    rille_buffer *buffer = NULL;

    CHECK(rille_test_panic(&err) == RILLE_EPANIC && strstr(err.message, "on purpose") != NULL);
    CHECK(rille_test_panic(NULL) == RILLE_EPANIC);
    CHECK(rille_test_panic_get() == 7);
    CHECK(rille_buffer_new(16, &buffer, &err) == RILLE_OK);
    CHECK(rille_test_panic_buffer(buffer, &err) == RILLE_EPANIC);
    CHECK(rille_buffer_append(buffer, bytes("a"), 1, &err) == RILLE_EPOISONED);
    CHECK(rille_buffer_len(buffer) == 0 && rille_buffer_ptr(buffer) == NULL);
    rille_buffer_free(buffer);
}

int32_t rille_test_job(uint32_t steps, uint32_t microseconds, uint32_t results, uint32_t fate, rille_job **out,
                       rille_error *err);
int32_t rille_test_job_take(rille_job *job, uint32_t *out, uint32_t capacity, uint32_t *out_count, rille_error *err);

static rille_job *start(uint32_t steps, uint32_t microseconds, uint32_t results, uint32_t fate) {
    rille_job *job = NULL;
    CHECK(rille_test_job(steps, microseconds, results, fate, &job, NULL) == RILLE_OK);
    return job;
}

static uint32_t state(const rille_job *job) {
    rille_progress progress = {99, 99, 99, 99};
    CHECK(rille_job_poll(job, &progress, NULL) == RILLE_OK);
    return progress.state;
}

/* Waits for a job whose results are taken by nobody. */
static uint32_t finish(const rille_job *job) {
    while (state(job) == RILLE_JOB_RUNNING) poll(NULL, 0, 1);
    return state(job);
}

static void jobs(void) {
    rille_error err;
    rille_paths paths;
    rille_progress progress;
    uint32_t numbers[16], count = 77;
    rille_job *job = start(2, 1000, 5, 0), *many[200];

    CHECK(finish(job) == RILLE_JOB_DONE);
    CHECK(rille_job_poll(job, &progress, &err) == RILLE_OK && progress.ready == 1);
    CHECK(progress.done == 2 && progress.total == 2);
    CHECK(rille_walk_take(job, 1, &paths, &err) == RILLE_EARG && strstr(err.message, "another kind") != NULL);
    CHECK(rille_job_wait(job, UINT32_MAX, &err) == RILLE_OK && rille_job_failure(job, &err) == RILLE_OK);
    CHECK(rille_test_job_take(job, numbers, 7, &count, &err) == RILLE_OK && count == 7 && numbers[6] == 6);
    CHECK(rille_test_job_take(job, numbers, 16, &count, &err) == RILLE_OK && count == 3 && numbers[2] == 9);
    CHECK(rille_test_job_take(job, numbers, 16, &count, &err) == RILLE_NONE && count == 0);
    CHECK(rille_job_poll(job, &progress, &err) == RILLE_OK && progress.ready == 0);
    rille_job_free(job);

    job = start(0, 0, 0, 1);
    CHECK(rille_job_wait(job, 20000, &err) == RILLE_OK && state(job) == RILLE_JOB_FAILED);
    CHECK(rille_job_failure(job, &err) == RILLE_EJOB && strstr(err.message, "on purpose") != NULL);
    CHECK(rille_job_failure(job, NULL) == RILLE_EJOB);
    rille_job_free(job);

    for (int i = 0; i < 200; i++) many[i] = start(1000000, 1000, 1, 0);
    CHECK(rille_job_wait(many[0], 20000, NULL) == RILLE_OK && state(many[0]) == RILLE_JOB_RUNNING);
    for (int i = 0; i < 200; i += 2) CHECK(rille_job_cancel(many[i], &err) == RILLE_OK);
    for (int i = 0; i < 200; i += 2) CHECK(finish(many[i]) == RILLE_JOB_CANCELLED);
    for (int i = 0; i < 200; i++) rille_job_free(many[i]);
    job = start(1, 30000, 0, 0);
    CHECK(rille_job_wait(job, 1, &err) == RILLE_NONE && rille_job_wait(job, 20000, &err) == RILLE_OK);

    CHECK(rille_job_poll(NULL, &progress, &err) == RILLE_EARG && strstr(err.message, "job is NULL") != NULL);
    CHECK(rille_job_poll(job, NULL, &err) == RILLE_EARG);
    CHECK(rille_job_wait(NULL, 0, &err) == RILLE_EARG && rille_job_cancel(NULL, &err) == RILLE_EARG);
    CHECK(rille_job_failure(NULL, &err) == RILLE_EARG);
    rille_job_free(NULL);
    rille_job_free(job);
}

/* Whether a descriptor becomes readable in time. */
static int readable(int fd, int milliseconds) {
    struct pollfd entry = {fd, POLLIN, 0};
    return poll(&entry, 1, milliseconds) == 1;
}

static void notifier(void) {
    rille_error err;
    rille_notifier *note = NULL, *other = NULL;
    rille_job *job = start(1, 5000, 0, 0);

    CHECK(rille_notifier_new(&note, &err) == RILLE_OK && rille_notifier_new(&other, &err) == RILLE_OK);
    CHECK(fcntl(rille_notifier_fd(note), F_GETFD) == FD_CLOEXEC);
    CHECK((fcntl(rille_notifier_fd(note), F_GETFL) & O_NONBLOCK) != 0);
    CHECK(rille_notifier_drain(note, &err) == RILLE_NONE);
    CHECK(rille_notifier_watch(note, job, &err) == RILLE_OK && rille_notifier_watch(other, job, &err) == RILLE_OK);
    rille_notifier_free(other);
    CHECK(readable(rille_notifier_fd(note), 20000));
    CHECK(rille_notifier_drain(note, &err) == RILLE_OK && rille_notifier_drain(note, &err) == RILLE_NONE);
    CHECK(!readable(rille_notifier_fd(note), 0) && state(job) == RILLE_JOB_DONE);
    CHECK(rille_notifier_watch(note, job, &err) == RILLE_OK && readable(rille_notifier_fd(note), 0));
    rille_job_free(job);
    CHECK(rille_notifier_watch(note, NULL, &err) == RILLE_EARG && strstr(err.message, "job is NULL") != NULL);
    rille_notifier_free(note);

    CHECK(rille_notifier_new(NULL, &err) == RILLE_EARG && rille_notifier_fd(NULL) == -1);
    CHECK(rille_notifier_watch(NULL, NULL, &err) == RILLE_EARG && rille_notifier_drain(NULL, &err) == RILLE_EARG);
    rille_notifier_free(NULL);
}

static rille_job *volatile kept[50];

/* The process forks while jobs of it run: the child sees them as failed, and runs its own. */
static void forked(void) {
    rille_notifier *note = NULL;
    CHECK(rille_notifier_new(&note, NULL) == RILLE_OK);
    for (int round = 0; round < 20; round++) {
        rille_job *running = start(1000000, 50, 1, 0), *over = start(0, 0, 0, 0);
        rille_notifier_watch(note, running, NULL);
        rille_job_wait(over, 20000, NULL);
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            rille_error err;
            rille_notifier *own = NULL;
            uint32_t number, count;
            failures = 0;
            CHECK(state(running) == RILLE_JOB_FAILED && state(over) == RILLE_JOB_FAILED);
            CHECK(rille_job_failure(running, &err) == RILLE_EJOB && strstr(err.message, "forked") != NULL);
            CHECK(rille_job_wait(running, UINT32_MAX, NULL) == RILLE_OK);
            CHECK(rille_job_cancel(running, NULL) == RILLE_OK);
            CHECK(rille_test_job_take(running, &number, 1, &count, NULL) == RILLE_NONE);
            CHECK(rille_notifier_watch(note, running, &err) == RILLE_EFORK);
            CHECK(rille_notifier_drain(note, &err) == RILLE_EFORK);
            CHECK(rille_notifier_new(&own, NULL) == RILLE_OK);
            CHECK(rille_notifier_watch(own, running, NULL) == RILLE_OK && readable(rille_notifier_fd(own), 0));
            rille_notifier_drain(own, NULL);
            for (int i = 0; i < 20; i++) {
                rille_job *job = start(1, 100, 1, 0);
                rille_notifier_watch(own, job, NULL);
                CHECK(readable(rille_notifier_fd(own), 20000));
                rille_notifier_drain(own, NULL);
                CHECK(finish(job) == RILLE_JOB_DONE);
                rille_job_free(job);
            }
            rille_job_free(running);
            rille_job_free(over);
            rille_notifier_free(note);
            rille_notifier_free(own);
            fflush(stdout);
            /* Not by its own exit: what the parent's threads hold is out of reach here, and valgrind would call it lost. */
            if (failures == 0) execlp("true", "true", (char *)NULL);
            _exit(1);
        }
        int ended = -1;
        CHECK(child > 0 && waitpid(child, &ended, 0) == child && ended == 0);
        /* Nothing that the child did is seen here. */
        CHECK(state(running) == RILLE_JOB_RUNNING && state(over) == RILLE_JOB_DONE);
        CHECK(rille_job_cancel(running, NULL) == RILLE_OK && finish(running) == RILLE_JOB_CANCELLED);
        CHECK(readable(rille_notifier_fd(note), 20000) && rille_notifier_drain(note, NULL) == RILLE_OK);
        rille_job_free(running);
        rille_job_free(over);
    }
    rille_notifier_free(note);
    /* Jobs that run while the process ends. */
    for (int i = 0; i < 50; i++) kept[i] = start(1000000, 20, 1, 0);
}
#else
static void panics(void) {}
static void jobs(void) {}
static void notifier(void) {}
static void forked(void) {}
#endif

int main(void) {
    library();
    count();
    reverse();
    repair();
    bad_input();
    buffer();
    panics();
    walk();
    grep();
    jobs();
    notifier();
    forked();
    printf("%d failures\n", failures);
    return failures != 0;
}
