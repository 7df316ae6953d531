/* The C program: fuzzy matching. */

#define _POSIX_C_SOURCE 200809L

#include "program.h"

#include <sys/wait.h>
#include <unistd.h>

LAYOUT(fuzzy_row_size, sizeof(rille_fuzzy_row) == 8);
LAYOUT(fuzzy_found_size, sizeof(rille_fuzzy_found) == 16);
LAYOUT(fuzzy_found_done, offsetof(rille_fuzzy_found, done) == 12);
LAYOUT(fuzzy_size_size, sizeof(rille_fuzzy_size) == 16);
LAYOUT(fuzzy_size_bytes, offsetof(rille_fuzzy_size, bytes) == 8);
LAYOUT(fuzzy_hit_size, sizeof(rille_fuzzy_hit) == 8);
LAYOUT(fuzzy_options_columns, offsetof(rille_fuzzy_options, columns) == 24);

static const uint8_t *const ITEMS[] = {BYTES("src/main.rs"), BYTES("README.md"), BYTES("test/main.rs"), NULL,
                                       BYTES("a\0b")};
static const uint32_t LENGTHS[] = {11, 9, 12, 0, 3};

static rille_fuzzy *filled(void) {
    rille_fuzzy *fuzzy = NULL;
    uint32_t len = 0;
    CHECK(rille_fuzzy_new(NULL, &fuzzy, NULL) == RILLE_OK && fuzzy != NULL);
    CHECK(rille_fuzzy_push(fuzzy, ITEMS, LENGTHS, 5, &len, NULL) == RILLE_OK && len == 5);
    return fuzzy;
}

static int text_is(const rille_fuzzy *fuzzy, uint32_t index, const char *text, size_t len) {
    rille_buffer *buffer = NULL;
    rille_buffer_new(0, &buffer, NULL);
    int same = rille_fuzzy_text(fuzzy, index, buffer, NULL) == RILLE_OK && rille_buffer_len(buffer) == len &&
               memcmp(rille_buffer_ptr(buffer), text, len) == 0;
    rille_buffer_free(buffer);
    return same;
}

static void corpus(void) {
    rille_error err;
    rille_fuzzy *fuzzy = filled();
    rille_fuzzy_row rows[4];
    rille_fuzzy_found found;
    rille_fuzzy_size size;
    uint32_t positions[4], count = 9;
    const int32_t boosts[] = {100};

    CHECK(rille_fuzzy_len(fuzzy) == 5);
    CHECK(text_is(fuzzy, 0, "src/main.rs", 11) && text_is(fuzzy, 3, "", 0) && text_is(fuzzy, 4, "a\0b", 3));
    CHECK(rille_fuzzy_query(fuzzy, BYTES("main"), 4, rows, 4, &found, &err) == RILLE_OK);
    CHECK(found.count == 2 && found.total == 2 && found.searched == 5 && found.done == 1);
    CHECK(rows[0].index == 0 && rows[1].index == 2 && rows[0].score == 4 * 16 + 5 * 9 && rows[1].score == rows[0].score);
    CHECK(rille_fuzzy_positions(fuzzy, BYTES("smrs"), 4, 0, positions, &count, &err) == RILLE_OK && count == 4);
    CHECK(positions[0] == 0 && positions[1] == 4 && positions[2] == 9 && positions[3] == 10);
    CHECK(rille_fuzzy_positions(fuzzy, BYTES("main"), 4, 1, positions, &count, &err) == RILLE_NONE && count == 0);
    CHECK(rille_fuzzy_positions(fuzzy, BYTES("main"), 4, 99, positions, &count, &err) == RILLE_NONE);
    CHECK(rille_fuzzy_boost(fuzzy, 2, boosts, 1, &err) == RILLE_OK);
    CHECK(rille_fuzzy_query(fuzzy, BYTES("main"), 4, rows, 1, &found, &err) == RILLE_OK);
    CHECK(found.count == 1 && found.total == 2 && rows[0].index == 2);
    CHECK(rille_fuzzy_query(fuzzy, NULL, 0, NULL, 0, &found, &err) == RILLE_OK && found.count == 0 && found.total == 5);
    CHECK(rille_fuzzy_push_lines(fuzzy, BYTES("x\r\ny\n\nz"), 7, &count, &err) == RILLE_OK && count == 9);
    CHECK(text_is(fuzzy, 5, "x", 1) && text_is(fuzzy, 8, "z", 1) && !text_is(fuzzy, 9, "", 0));
    CHECK(rille_fuzzy_stats(fuzzy, &size, &err) == RILLE_OK && size.items == 9 && size.bytes > 0);
    CHECK(rille_fuzzy_clear(fuzzy, &err) == RILLE_OK && rille_fuzzy_len(fuzzy) == 0);
    CHECK(rille_fuzzy_query(fuzzy, BYTES("a"), 1, rows, 4, &found, &err) == RILLE_OK && found.total == 0);
    rille_fuzzy_free(fuzzy);
    rille_fuzzy_free(NULL);
}

static void options_and_limits(void) {
    rille_error err;
    rille_fuzzy_options options;
    rille_fuzzy *fuzzy = NULL;
    rille_fuzzy_found found;
    rille_fuzzy_row row;
    uint32_t len = 7;
    const uint32_t columns[] = {1};
    static uint8_t big[4096];
    const uint8_t *const bigs[] = {big};
    const uint32_t sizes[] = {sizeof big};

    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.flags = RILLE_FUZZY_COLUMNS | RILLE_FUZZY_IGNORE_CASE;
    options.delimiter = ':';
    options.column_count = 1;
    options.columns = columns;
    CHECK(rille_fuzzy_new(&options, &fuzzy, &err) == RILLE_OK);
    CHECK(rille_fuzzy_push_lines(fuzzy, BYTES("a:b\nb:a"), 7, &len, &err) == RILLE_OK);
    CHECK(rille_fuzzy_query(fuzzy, BYTES("^A$"), 3, &row, 1, &found, &err) == RILLE_OK);
    CHECK(found.total == 1 && row.index == 1);
    rille_fuzzy_free(fuzzy);

    options.columns = NULL;
    CHECK(rille_fuzzy_new(&options, &fuzzy, &err) == RILLE_EARG);
    options.column_count = 0;
    options.delimiter = 256;
    CHECK(rille_fuzzy_new(&options, &fuzzy, &err) == RILLE_EARG);
    options.delimiter = 0;
    options.flags = RILLE_FUZZY_IGNORE_CASE | RILLE_FUZZY_RESPECT_CASE;
    CHECK(rille_fuzzy_new(&options, &fuzzy, &err) == RILLE_EARG);
    options.flags = RILLE_FUZZY_PATH | RILLE_FUZZY_HISTORY;
    CHECK(rille_fuzzy_new(&options, &fuzzy, &err) == RILLE_EARG);
    options.flags = 64;
    CHECK(rille_fuzzy_new(&options, &fuzzy, &err) == RILLE_EARG);
    options.flags = 0;
    options.typos = 4;
    CHECK(rille_fuzzy_new(&options, &fuzzy, &err) == RILLE_EARG);
    options.typos = 0;
    options.delimiter = ':';
    CHECK(rille_fuzzy_new(&options, &fuzzy, &err) == RILLE_EARG);

    options.delimiter = 0;
    options.memory_limit = 100000;
    CHECK(rille_fuzzy_new(&options, &fuzzy, &err) == RILLE_OK);
    memset(big, 'x', sizeof big);
    int status = RILLE_OK;
    for (int i = 0; i < 100 && status == RILLE_OK; i++) {
        big[0] = (uint8_t)('a' + i % 26);
        status = rille_fuzzy_push(fuzzy, bigs, sizes, 1, &len, &err);
    }
    CHECK(status == RILLE_ELIMIT && strstr(err.message, "memory limit of 100000 bytes") != NULL);
    CHECK(len > 0 && len == rille_fuzzy_len(fuzzy) && len < 25);
    rille_fuzzy_free(fuzzy);
}

static void wrong(void) {
    rille_error err;
    rille_fuzzy *fuzzy = filled();
    rille_job *job = NULL;
    rille_fuzzy_found found;
    rille_fuzzy_row row;
    rille_fuzzy_size size;
    rille_buffer *buffer = NULL;
    uint32_t number = 77;
    const uint32_t lengths[] = {11, 9, 12, 1, 3};

    rille_buffer_new(0, &buffer, NULL);
    CHECK(rille_fuzzy_new(NULL, NULL, &err) == RILLE_EARG);
    CHECK(rille_fuzzy_push(NULL, ITEMS, LENGTHS, 5, &number, &err) == RILLE_EARG);
    CHECK(rille_fuzzy_push(fuzzy, NULL, LENGTHS, 5, &number, &err) == RILLE_EARG);
    CHECK(rille_fuzzy_push(fuzzy, ITEMS, NULL, 5, &number, &err) == RILLE_EARG);
    CHECK(rille_fuzzy_push(fuzzy, ITEMS, lengths, 5, &number, &err) == RILLE_EARG);
    CHECK(strstr(err.message, "item 3 is NULL") != NULL);
    CHECK(rille_fuzzy_push(fuzzy, ITEMS, LENGTHS, 5, NULL, &err) == RILLE_EARG);
    CHECK(rille_fuzzy_push(fuzzy, NULL, NULL, 0, &number, &err) == RILLE_OK && number == 5);
    CHECK(rille_fuzzy_push_lines(fuzzy, NULL, 3, &number, &err) == RILLE_EARG);
    CHECK(rille_fuzzy_text(fuzzy, 0, NULL, &err) == RILLE_EARG);
    CHECK(rille_fuzzy_text(NULL, 0, buffer, &err) == RILLE_EARG);
    CHECK(rille_fuzzy_text(fuzzy, 5, buffer, &err) == RILLE_NONE && rille_buffer_len(buffer) == 0);
    CHECK(rille_fuzzy_boost(fuzzy, 0, NULL, 1, &err) == RILLE_EARG);
    CHECK(rille_fuzzy_boost(fuzzy, 0, NULL, 0, &err) == RILLE_OK);
    CHECK(rille_fuzzy_query(fuzzy, NULL, 1, &row, 1, &found, &err) == RILLE_EARG);
    CHECK(rille_fuzzy_query(fuzzy, BYTES("a"), 1, NULL, 1, &found, &err) == RILLE_EARG);
    CHECK(rille_fuzzy_query(fuzzy, BYTES("a"), 1, &row, 1, NULL, &err) == RILLE_EARG);
    CHECK(rille_fuzzy_start(fuzzy, BYTES("a"), 1, 1, NULL, &err) == RILLE_EARG);
    CHECK(rille_fuzzy_feed(fuzzy, NULL, &err) == RILLE_EARG);
    CHECK(rille_fuzzy_start(fuzzy, BYTES("a"), 1, 1, &job, &err) == RILLE_OK);
    CHECK(rille_fuzzy_feed(fuzzy, job, &err) == RILLE_EARG && strstr(err.message, "a fuzzy search, not a walk") != NULL);
    CHECK(rille_fuzzy_results(job, NULL, 1, &found, &err) == RILLE_EARG);
    CHECK(rille_fuzzy_results(NULL, &row, 1, &found, &err) == RILLE_EARG);
    CHECK(rille_fuzzy_stats(fuzzy, NULL, &err) == RILLE_EARG && rille_fuzzy_stats(NULL, &size, &err) == RILLE_EARG);
    CHECK(rille_fuzzy_positions(fuzzy, BYTES("a"), 1, 0, NULL, &number, &err) == RILLE_EARG);
    CHECK(rille_fuzzy_len(NULL) == 0 && rille_fuzzy_clear(NULL, &err) == RILLE_EARG);
    CHECK(number == 5);
    rille_job_free(job);
    rille_buffer_free(buffer);
    rille_fuzzy_free(fuzzy);
}

static uint32_t finish(rille_job *job) {
    rille_progress progress = {0, 0, 0, 0};
    do {
        rille_job_wait(job, 120000, NULL);
        rille_job_poll(job, &progress, NULL);
    } while (progress.state == RILLE_JOB_RUNNING);
    return progress.state;
}

/* Searches continue while items are pushed, and end with the session. */
static void searches(void) {
    rille_fuzzy *fuzzy = filled();
    rille_job *job = NULL, *later = NULL, *walk = NULL;
    rille_fuzzy_row rows[3];
    rille_fuzzy_found found = {9, 9, 9, 9};
    char directory[] = "/tmp/rille-fuzzy-XXXXXX", path[64];

    CHECK(rille_fuzzy_start(fuzzy, BYTES("main"), 4, 3, &job, NULL) == RILLE_OK);
    CHECK(finish(job) == RILLE_JOB_DONE);
    CHECK(rille_fuzzy_results(job, rows, 3, &found, NULL) == RILLE_OK);
    CHECK(found.count == 2 && found.total == 2 && found.done == 1 && rows[0].index == 0);
    CHECK(rille_fuzzy_results(job, rows, 3, &found, NULL) == RILLE_NONE && found.count == 0 && found.done == 1);
    rille_job_free(job);

    CHECK(mkdtemp(directory) != NULL);
    for (int i = 0; i < 50; i++) {
        snprintf(path, sizeof path, "%s/%d.lua", directory, i);
        fclose(fopen(path, "w"));
    }
    CHECK(rille_walk_start(BYTES(directory), strlen(directory), NULL, &walk, NULL) == RILLE_OK);
    CHECK(rille_fuzzy_feed(fuzzy, walk, NULL) == RILLE_OK);
    for (int i = 0; i < 20; i++) {
        CHECK(rille_fuzzy_start(fuzzy, BYTES("lua"), 3, 3, &later, NULL) == RILLE_OK);
        rille_job_free(later);
    }
    CHECK(finish(walk) == RILLE_JOB_DONE && rille_fuzzy_len(fuzzy) == 55);
    CHECK(rille_fuzzy_query(fuzzy, BYTES("lua$"), 4, rows, 3, &found, NULL) == RILLE_OK && found.total == 50);
    rille_job_free(walk);
    for (int i = 0; i < 50; i++) {
        snprintf(path, sizeof path, "%s/%d.lua", directory, i);
        remove(path);
    }
    rmdir(directory);
    CHECK(rille_fuzzy_start(fuzzy, BYTES("lua"), 3, 3, &later, NULL) == RILLE_OK);
    rille_fuzzy_free(fuzzy);
    CHECK(finish(later) != RILLE_JOB_FAILED);
    rille_job_free(later);
}

static void matcher(void) {
    rille_error err;
    rille_matcher *matcher = NULL;
    rille_fuzzy_hit hit = {7, 7};
    rille_fuzzy_found found;
    rille_fuzzy_row rows[5];
    uint32_t positions[4];

    CHECK(rille_matcher_new(BYTES("main"), 4, NULL, &matcher, &err) == RILLE_OK);
    CHECK(rille_matcher_match(matcher, ITEMS[0], 11, positions, &hit, &err) == RILLE_OK);
    CHECK(hit.score == 4 * 16 + 5 * 9 && hit.count == 4 && positions[0] == 4 && positions[3] == 7);
    CHECK(rille_matcher_match(matcher, ITEMS[0], 11, NULL, &hit, &err) == RILLE_OK && hit.count == 0);
    CHECK(rille_matcher_match(matcher, ITEMS[1], 9, positions, &hit, &err) == RILLE_NONE && hit.count == 0);
    CHECK(rille_matcher_match(matcher, NULL, 1, positions, &hit, &err) == RILLE_EARG);
    CHECK(rille_matcher_match(matcher, ITEMS[1], 9, positions, NULL, &err) == RILLE_EARG);
    CHECK(rille_matcher_match(NULL, ITEMS[1], 9, positions, &hit, &err) == RILLE_EARG);
    CHECK(rille_matcher_filter(matcher, ITEMS, LENGTHS, 5, rows, &found, &err) == RILLE_OK);
    CHECK(found.count == 2 && found.total == 2 && found.searched == 5 && rows[1].index == 2);
    CHECK(rille_matcher_filter(matcher, NULL, NULL, 0, NULL, &found, &err) == RILLE_OK && found.total == 0);
    CHECK(rille_matcher_filter(matcher, ITEMS, LENGTHS, 5, NULL, &found, &err) == RILLE_EARG);
    CHECK(rille_matcher_new(BYTES("main"), 4, NULL, NULL, &err) == RILLE_EARG);
    CHECK(rille_matcher_new(NULL, 4, NULL, &matcher, &err) == RILLE_EARG);
    rille_matcher_free(matcher);
    rille_matcher_free(NULL);
}

/* The allocator of some sanitizers stays locked in a child, if a thread of the parent was using it. */
#ifdef __SANITIZE_ADDRESS__
#define QUIET_FORK 1
#define WALKED "/etc"
#else
#define QUIET_FORK 0
#define WALKED "/usr"
#endif

/* A child process detects that the session is not its own, whatever locks the parent's threads held, and makes its own. */
static void forked(void) {
    rille_fuzzy *fuzzy = filled();
    rille_job *walk = NULL, *job = NULL;
    CHECK(rille_walk_start(BYTES(WALKED), strlen(WALKED), NULL, &walk, NULL) == RILLE_OK);
    CHECK(rille_fuzzy_feed(fuzzy, walk, NULL) == RILLE_OK);
    for (int round = 0; round < 20; round++) {
        CHECK(rille_fuzzy_start(fuzzy, BYTES("lib"), 3, 3, &job, NULL) == RILLE_OK);
        if (QUIET_FORK) {
            finish(walk);
            finish(job);
        }
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            rille_error err;
            rille_fuzzy *own;
            rille_fuzzy_row row;
            rille_fuzzy_found found;
            uint32_t len;
            failures = 0;
            CHECK(rille_fuzzy_len(fuzzy) == 0);
            CHECK(rille_fuzzy_push(fuzzy, ITEMS, LENGTHS, 5, &len, &err) == RILLE_EFORK);
            CHECK(strstr(err.message, "forked") != NULL);
            CHECK(rille_fuzzy_query(fuzzy, BYTES("a"), 1, &row, 1, &found, &err) == RILLE_EFORK);
            CHECK(rille_fuzzy_clear(fuzzy, &err) == RILLE_EFORK);
            CHECK(rille_fuzzy_feed(fuzzy, walk, &err) == RILLE_EFORK);
            rille_fuzzy_free(fuzzy);
            rille_job_free(job);
            own = filled();
            CHECK(rille_fuzzy_start(own, BYTES("main"), 4, 1, &job, &err) == RILLE_OK);
            CHECK(finish(job) == RILLE_JOB_DONE);
            CHECK(rille_fuzzy_results(job, &row, 1, &found, &err) == RILLE_OK && found.total == 2);
            rille_job_free(job);
            rille_fuzzy_free(own);
            fflush(stdout);
            if (failures == 0) execlp("true", "true", (char *)NULL);
            _exit(1);
        }
        int ended = -1;
        CHECK(child > 0 && waitpid(child, &ended, 0) == child && ended == 0);
        rille_job_free(job);
    }
    rille_job_free(walk);
    rille_fuzzy_free(fuzzy);
}

void fuzzy(void) {
    corpus();
    options_and_limits();
    wrong();
    searches();
    matcher();
    if (getenv("RILLE_EXPECT_CPU") == NULL) forked();
}
