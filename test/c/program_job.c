/* The C program: jobs, notifiers, walking a tree and searching it. */

#define _POSIX_C_SOURCE 200809L

#include "program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

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
LAYOUT(pattern_size, sizeof(rille_pattern) == 4 * sizeof(void *));
LAYOUT(pattern_regex, offsetof(rille_pattern, regex) == 2 * sizeof(void *));
LAYOUT(grep_options_patterns, offsetof(rille_grep_options, patterns) == 32);

static void walk(void) {
    rille_error err;
    rille_walk_options options;
    rille_job *job = NULL;
    rille_paths batch;
    rille_progress progress = {0, 0, 0, 0};
    const uint32_t ends[] = {4, 9};
    char directory[] = "/tmp/rille-walk-XXXXXX", path[64];
    int files = 0, status = RILLE_NONE;

    CHECK(mkdtemp(directory) != NULL);
    for (int i = 0; i < 20; i++) {
        snprintf(path, sizeof path, "%s/%d.%s", directory, i, i % 2 ? "lua" : "txt");
        fclose(fopen(path, "w"));
    }
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.glob_count = 2;
    options.globs = BYTES("*.l*!1.lua");
    options.globs_len = 9;
    options.glob_ends = ends;
    CHECK(rille_walk_start(BYTES(directory), strlen(directory), &options, &job, &err) == RILLE_OK);
    do {
        CHECK(rille_job_wait(job, 120000, NULL) == RILLE_OK && rille_job_poll(job, &progress, NULL) == RILLE_OK);
        while ((status = rille_walk_take(job, 3, &batch, &err)) == RILLE_OK) {
            CHECK(batch.count >= 1 && batch.count <= 3);
            for (uint32_t i = 0; i < batch.count; i++) {
                rille_path_entry at = batch.paths[i];
                CHECK(at.kind == RILLE_PATH_FILE && at.message_stop == at.stop && at.start < at.stop);
                CHECK(memcmp(batch.text + at.start, directory, strlen(directory)) == 0);
                CHECK(memcmp(batch.text + at.stop - 4, ".lua", 4) == 0);
                files++;
            }
        }
        CHECK(status == RILLE_NONE && batch.count == 0);
    } while (progress.state == RILLE_JOB_RUNNING);
    /* "!1.lu" excludes nothing. */
    CHECK(progress.state == RILLE_JOB_DONE && progress.done == 10 && files == 10);
    CHECK(rille_walk_take(job, 0, &batch, &err) == RILLE_EARG && rille_walk_take(job, 1, NULL, &err) == RILLE_EARG);
    rille_job_free(job);

    job = NULL;
    options.globs = BYTES("*.l*a[b");
    options.globs_len = 6;
    CHECK(rille_walk_start(BYTES(directory), strlen(directory), &options, &job, &err) == RILLE_EARG);
    options.glob_count = 1;
    options.flags = RILLE_WALK_RELATIVE << 1;
    CHECK(rille_walk_start(BYTES(directory), strlen(directory), &options, &job, &err) == RILLE_EARG);
    options.size = 0;
    CHECK(rille_walk_start(BYTES(directory), strlen(directory), &options, &job, &err) == RILLE_EARG);
    CHECK(rille_walk_start(BYTES("/nothing"), 8, NULL, &job, &err) == RILLE_EIO);
    CHECK(strcmp(err.message, "/nothing: No such file or directory") == 0);
    CHECK(rille_walk_start(NULL, 1, NULL, &job, &err) == RILLE_EARG && job == NULL);
    CHECK(rille_walk_start(BYTES(directory), strlen(directory), NULL, NULL, &err) == RILLE_EARG);
    CHECK(rille_walk_take(NULL, 1, &batch, &err) == RILLE_EARG);

    for (int i = 0; i < 20; i++) {
        snprintf(path, sizeof path, "%s/%d.%s", directory, i, i % 2 ? "lua" : "txt");
        remove(path);
    }
    rmdir(directory);
}

static void grep(void) {
    static const char text[] = "patha hit\nno\ntwo hits: hit";
    const uint32_t text_ends[] = {4, sizeof text - 1};
    rille_pattern patterns[2];
    rille_error err;
    rille_walk_options tree;
    rille_grep_options options;
    rille_grep_lines batch;
    rille_progress progress = {0, 0, 0, 0};
    rille_job *job = NULL;
    char directory[] = "/tmp/rille-grep-XXXXXX";
    double lines = 0, offsets = 0;
    uint32_t spans = 0;
    int status = RILLE_NONE;

    CHECK(mkdtemp(directory) != NULL);
    memset(&tree, 0, sizeof tree);
    memset(&options, 0, sizeof options);
    tree.size = sizeof tree;
    options.size = sizeof options;
    options.pattern_count = 2;
    memset(patterns, 0, sizeof patterns);
    patterns[0].text = BYTES("hit");
    patterns[0].len = 3;
    patterns[1].text = BYTES("zz");
    patterns[1].len = 2;
    options.patterns = patterns;
    options.text_count = 1;
    options.texts = BYTES(text);
    options.texts_len = sizeof text - 1;
    options.text_ends = text_ends;
    CHECK(rille_grep_start(BYTES(directory), strlen(directory), &tree, &options, &job, &err) == RILLE_OK);
    do {
        CHECK(rille_job_wait(job, 120000, NULL) == RILLE_OK && rille_job_poll(job, &progress, NULL) == RILLE_OK);
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
    patterns[1].text = BYTES("b(a");
    patterns[1].len = 3;
    CHECK(rille_grep_start(BYTES(directory), strlen(directory), NULL, &options, &job, &err) == RILLE_EPATTERN);
    CHECK(strcmp(err.message, "pattern 2 of 2: unclosed group") == 0 && err.offset == 1);
    options.pattern_count = 0;
    CHECK(rille_grep_start(BYTES(directory), strlen(directory), NULL, &options, &job, &err) == RILLE_EARG);
    CHECK(rille_grep_start(BYTES(directory), strlen(directory), NULL, NULL, &job, &err) == RILLE_EARG);
    options.pattern_count = 2;
    options.flags = 128;
    CHECK(rille_grep_start(BYTES(directory), strlen(directory), NULL, &options, &job, &err) == RILLE_EARG);
    options.flags = 0;
    options.text_count = UINT32_MAX;
    options.texts = NULL;
    CHECK(rille_grep_start(BYTES(directory), strlen(directory), NULL, &options, &job, &err) == RILLE_EARG && job == NULL);
    CHECK(rille_grep_take(NULL, 1, &batch, &err) == RILLE_EARG);
    rmdir(directory);
}

#ifdef RILLE_TESTING
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

/* Waits for a job without taking its results. */
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
    CHECK(rille_walk_take(job, 1, &paths, &err) == RILLE_EARG && strstr(err.message, "not a walk") != NULL);
    CHECK(rille_job_wait(job, UINT32_MAX, &err) == RILLE_OK && rille_job_failure(job, &err) == RILLE_OK);
    CHECK(rille_test_job_take(job, numbers, 7, &count, &err) == RILLE_OK && count == 7 && numbers[6] == 6);
    CHECK(rille_test_job_take(job, numbers, 16, &count, &err) == RILLE_OK && count == 3 && numbers[2] == 9);
    CHECK(rille_test_job_take(job, numbers, 16, &count, &err) == RILLE_NONE && count == 0);
    CHECK(rille_job_poll(job, &progress, &err) == RILLE_OK && progress.ready == 0);
    rille_job_free(job);

    job = start(0, 0, 0, 1);
    CHECK(rille_job_wait(job, 120000, &err) == RILLE_OK && state(job) == RILLE_JOB_FAILED);
    CHECK(rille_job_failure(job, &err) == RILLE_EJOB && strstr(err.message, "on purpose") != NULL);
    CHECK(rille_job_failure(job, NULL) == RILLE_EJOB);
    rille_job_free(job);

    for (int i = 0; i < 200; i++) many[i] = start(1000000, 1000, 1, 0);
    CHECK(rille_job_wait(many[0], 120000, NULL) == RILLE_OK && state(many[0]) == RILLE_JOB_RUNNING);
    for (int i = 0; i < 200; i += 2) CHECK(rille_job_cancel(many[i], &err) == RILLE_OK);
    for (int i = 0; i < 200; i += 2) CHECK(finish(many[i]) == RILLE_JOB_CANCELLED);
    for (int i = 0; i < 200; i++) rille_job_free(many[i]);
    job = start(1, 30000, 0, 0);
    CHECK(rille_job_wait(job, 1, &err) == RILLE_NONE && rille_job_wait(job, 120000, &err) == RILLE_OK);

    CHECK(rille_job_poll(NULL, &progress, &err) == RILLE_EARG && strstr(err.message, "job is NULL") != NULL);
    CHECK(rille_job_poll(job, NULL, &err) == RILLE_EARG);
    CHECK(rille_job_wait(NULL, 0, &err) == RILLE_EARG && rille_job_cancel(NULL, &err) == RILLE_EARG);
    CHECK(rille_job_failure(NULL, &err) == RILLE_EARG);
    rille_job_free(NULL);
    rille_job_free(job);
}

/* Returns whether a descriptor becomes readable in time. */
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
    CHECK(readable(rille_notifier_fd(note), 120000));
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

/* The process forks while its jobs run: in the child they have failed, and the child runs its own. */
static void forked(void) {
    rille_notifier *note = NULL;
    CHECK(rille_notifier_new(&note, NULL) == RILLE_OK);
    for (int round = 0; round < 20; round++) {
        rille_job *running = start(1000000, 50, 1, 0), *over = start(0, 0, 0, 0);
        rille_notifier_watch(note, running, NULL);
        rille_job_wait(over, 120000, NULL);
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
                CHECK(readable(rille_notifier_fd(own), 120000));
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
        /* The child's calls have no effect here. */
        CHECK(state(running) == RILLE_JOB_RUNNING && state(over) == RILLE_JOB_DONE);
        CHECK(rille_job_cancel(running, NULL) == RILLE_OK && finish(running) == RILLE_JOB_CANCELLED);
        CHECK(readable(rille_notifier_fd(note), 120000) && rille_notifier_drain(note, NULL) == RILLE_OK);
        rille_job_free(running);
        rille_job_free(over);
    }
    rille_notifier_free(note);
}

/* Jobs that run while the process ends. */
void leave_jobs(void) {
    for (int i = 0; i < 50; i++) kept[i] = start(1000000, 20, 1, 0);
}
#else
static void jobs(void) {}
static void notifier(void) {}
static void forked(void) {}
void leave_jobs(void) {}
#endif

void project(void) {
    walk();
    grep();
    jobs();
    notifier();
    /* The emulator of other processors cannot fork a process of several threads. */
    if (getenv("RILLE_EXPECT_CPU") == NULL) forked();
}
