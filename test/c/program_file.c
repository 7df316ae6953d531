/* The C program: files of any size. */

#define _POSIX_C_SOURCE 200809L

#include "program.h"

#include <unistd.h>

LAYOUT(file_options_size, sizeof(rille_file_options) == 24 + 2 * sizeof(void *));
LAYOUT(file_info_size, sizeof(rille_file_info) == 48);
LAYOUT(file_info_exact, offsetof(rille_file_info, exact) == 40);
LAYOUT(file_window_size, sizeof(rille_file_window) == 16);
LAYOUT(file_window_from, offsetof(rille_file_window, from) == 8);
LAYOUT(file_line_size, sizeof(rille_file_line) == 32);
LAYOUT(file_line_offset, offsetof(rille_file_line, offset) == 16);
LAYOUT(file_lines_first, offsetof(rille_file_lines, first) == 2 * sizeof(void *));
LAYOUT(search_options_size, sizeof(rille_search_options) == 24);
LAYOUT(file_match_size, sizeof(rille_file_match) == 32);
LAYOUT(file_match_length, offsetof(rille_file_match, length) == 24);
LAYOUT(file_news_size, sizeof(rille_file_news) == 16);
LAYOUT(file_task_size, sizeof(rille_file_task) == 32 + sizeof(void *));
LAYOUT(file_task_window, offsetof(rille_file_task, window) == 32);
LAYOUT(file_answer_info, offsetof(rille_file_answer, info) == sizeof(rille_file_lines));
LAYOUT(file_answer_number, offsetof(rille_file_answer, number) == sizeof(rille_file_lines) + sizeof(rille_file_info));

static void end(rille_job *job) {
    rille_progress progress = {0, 0, 0, 0};

    do {
        CHECK(rille_job_poll(job, &progress, NULL) == RILLE_OK);
        rille_job_wait(job, 10, NULL);
    } while (progress.state == RILLE_JOB_RUNNING);
    CHECK(progress.state == RILLE_JOB_DONE);
}

static int is(const rille_file_lines *batch, uint32_t at, const char *text) {
    rille_file_line line = batch->lines[at];

    return line.stop - line.start == strlen(text) && memcmp(batch->text + line.start, text, strlen(text)) == 0;
}

static void read_lines(rille_file *file) {
    rille_error err;
    rille_file_info info;
    rille_file_lines batch;
    rille_file_window window;
    double number = 0;
    uint8_t room[64];
    uint32_t len = 0;

    CHECK(rille_file_stat(file, &info, &err) == RILLE_OK);
    CHECK(info.size == 21 && info.lines == 4 && info.exact == 1 && info.indexed == 21);
    CHECK(rille_file_read_lines(file, 2, 9, NULL, &batch, &err) == RILLE_OK);
    CHECK(batch.count == 3 && batch.first == 2 && batch.more == 0);
    CHECK(is(&batch, 0, "foo bar") && is(&batch, 1, "") && is(&batch, 2, "foo"));
    CHECK(batch.lines[0].offset == 8 && batch.lines[0].length == 7 && batch.lines[0].flags == 0);
    memset(&window, 0, sizeof window);
    window.size = sizeof window;
    window.from = 1;
    window.max_bytes = 2;
    CHECK(rille_file_read_last(file, 1, &window, &batch, &err) == RILLE_OK && is(&batch, 0, "oo"));
    CHECK(batch.lines[0].flags == RILLE_LINE_CUT_BEFORE);
    CHECK(rille_file_read_around(file, 9, 1, 1, &window, &batch, &err) == RILLE_OK && batch.count == 2);
    CHECK(batch.lines[1].flags == (RILLE_LINE_CUT_BEFORE | RILLE_LINE_CUT_AFTER));
    CHECK(rille_file_read_lines(file, 5, 1, NULL, &batch, &err) == RILLE_NONE && batch.count == 0);
    CHECK(rille_file_line_at(file, 8, &number, &err) == RILLE_OK && number == 2);
    CHECK(rille_file_line_at(file, 21, &number, &err) == RILLE_NONE && number == 2);
    CHECK(rille_file_offset_of(file, 4, &number, &err) == RILLE_OK && number == 18);
    CHECK(rille_file_read(file, 8, room, 3, &len, &err) == RILLE_OK && len == 3 && memcmp(room, "foo", 3) == 0);
    CHECK(rille_file_read(file, 18, room, sizeof room, &len, &err) == RILLE_OK && len == 3);
    CHECK(rille_file_read(file, 21, room, sizeof room, &len, &err) == RILLE_NONE && len == 0);

    CHECK(rille_file_line_at(file, -1, &number, &err) == RILLE_EARG && strstr(err.message, "offset is -1") != NULL);
    CHECK(rille_file_read_lines(file, 1, 1, NULL, NULL, &err) == RILLE_EARG);
    CHECK(rille_file_read_lines(NULL, 1, 1, NULL, &batch, &err) == RILLE_EARG);
    window.max_bytes = UINT32_MAX;
    CHECK(rille_file_read_lines(file, 1, 1, &window, &batch, &err) == RILLE_ELIMIT);
    CHECK(rille_file_read(file, 0, NULL, 3, &len, &err) == RILLE_EARG);
}

static int append(const char *path, const char *text) {
    FILE *out = fopen(path, "ab");

    return out == NULL || fputs(text, out) < 0 || fclose(out) != 0;
}

static void search_file(rille_file *file, const char *path) {
    rille_error err;
    rille_regex *regex = NULL;
    rille_literals *literals = NULL;
    rille_job *job = NULL;
    rille_file *kept = NULL;
    rille_file_matches batch;
    rille_file_info info;
    rille_file_news news;
    rille_search_options options;
    rille_pattern by_regex, by_literals, both, wrong;
    const uint32_t ends[] = {3};
    double number = 0;
    uint32_t change = 9;

    CHECK(rille_regex_new(BYTES("foo$"), 4, NULL, &regex, &err) == RILLE_OK);
    CHECK(rille_literals_new(BYTES("foo"), 3, ends, 1, NULL, &literals, &err) == RILLE_OK);
    memset(&by_regex, 0, sizeof by_regex);
    by_literals = both = wrong = by_regex;
    by_regex.regex = both.regex = regex;
    by_literals.literals = both.literals = literals;
    wrong.text = BYTES("a(");
    wrong.len = 2;
    CHECK(rille_file_search(file, &by_regex, 1, NULL, &job, &err) == RILLE_OK);
    end(job);
    CHECK(rille_file_take(job, 9, &batch, &err) == RILLE_OK && batch.count == 2 && batch.total == 2 && batch.lines == 2);
    CHECK(batch.matches[0].offset == 3 && batch.matches[0].line == 1 && batch.matches[0].length == 3);
    CHECK(batch.matches[1].offset == 18 && batch.matches[1].line_offset == 18 && batch.matches[1].kind == RILLE_MATCH);
    CHECK(rille_file_take(job, 9, &batch, &err) == RILLE_NONE && batch.count == 0);
    CHECK(rille_file_take_news(job, &news, &err) == RILLE_EARG && strstr(err.message, "not one that follows") != NULL);
    rille_job_free(job);

    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.flags = RILLE_SEARCH_BACKWARD | RILLE_SEARCH_FROM;
    options.from = 18;
    options.limit = 1;
    CHECK(rille_file_search(file, &by_literals, 1, &options, &job, &err) == RILLE_OK);
    end(job);
    CHECK(rille_file_take(job, 9, &batch, &err) == RILLE_OK && batch.count == 1 && batch.matches[0].offset == 8);
    rille_job_free(job);
    CHECK(rille_file_search(file, &both, 1, NULL, &job, &err) == RILLE_EARG);
    CHECK(rille_file_search(file, NULL, 1, NULL, &job, &err) == RILLE_EARG);
    CHECK(rille_file_search(file, &by_regex, 0, NULL, &job, &err) == RILLE_EARG);
    CHECK(rille_file_search(file, &wrong, 1, NULL, &job, &err) == RILLE_EPATTERN && err.offset == 1);
    options.flags = 64;
    CHECK(rille_file_search(file, &by_regex, 1, &options, &job, &err) == RILLE_EARG);

    CHECK(rille_file_filter(file, &by_literals, 1, 1, &kept, &job, &err) == RILLE_OK);
    rille_literals_free(literals);
    rille_regex_free(regex);
    end(job);
    rille_job_free(job);
    CHECK(rille_file_stat(kept, &info, &err) == RILLE_OK && info.lines == 1 && info.size == 1 && info.exact == 1);
    CHECK(rille_file_origin(kept, 0, &number, &err) == RILLE_OK && number == 17);
    CHECK(rille_file_origin(kept, 1, &number, &err) == RILLE_NONE);
    CHECK(rille_file_refresh(kept, &change, &err) == RILLE_OK && change == RILLE_FILE_SAME);
    CHECK(rille_file_follow(kept, &job, &err) == RILLE_OK);
    CHECK(append(path, "\nbar\nfoo\n") == 0);
    CHECK(rille_job_wait(job, 120000, NULL) == RILLE_OK);
    CHECK(rille_file_take_news(job, &news, &err) == RILLE_OK && news.change == RILLE_FILE_GROWN && news.size == 5);
    CHECK(rille_file_refresh(kept, &change, &err) == RILLE_OK && change == RILLE_FILE_GROWN);
    CHECK(rille_file_stat(kept, &info, &err) == RILLE_OK && info.lines == 2 && info.size == 5 && info.exact == 1);
    CHECK(rille_file_origin(kept, 1, &number, &err) == RILLE_OK && number == 22);
    CHECK(rille_file_refresh(kept, &change, &err) == RILLE_OK && change == RILLE_FILE_SAME);
    rille_job_free(job);
    rille_file_free(kept);
    CHECK(rille_file_refresh(file, &change, &err) == RILLE_OK && change == RILLE_FILE_GROWN);
}

static void change_file(rille_file *file, const char *path) {
    rille_error err;
    rille_job *job = NULL;
    rille_file_info info;
    rille_file_news news;
    uint32_t now = 9;

    CHECK(rille_file_follow(file, &job, &err) == RILLE_OK);
    CHECK(rille_file_refresh(file, &now, &err) == RILLE_OK && now == RILLE_FILE_SAME);
    CHECK(truncate(path, 2) == 0);
    CHECK(rille_job_wait(job, 120000, NULL) == RILLE_OK);
    CHECK(rille_file_take_news(job, &news, &err) == RILLE_OK && news.change == RILLE_FILE_TRUNCATED && news.size == 2);
    CHECK(rille_file_stat(file, &info, &err) == RILLE_ECHANGED && strstr(err.message, "refresh it") != NULL);
    CHECK(rille_file_refresh(file, &now, &err) == RILLE_OK && now == RILLE_FILE_TRUNCATED);
    CHECK(rille_file_stat(file, &info, &err) == RILLE_OK && info.size == 2);
    rille_job_free(job);
    CHECK(rille_file_index(file, &job, &err) == RILLE_OK);
    end(job);
    rille_job_free(job);
}

/* Runs a read job and writes its answer to `out`. The job is kept until the next call, because the answer points into it. */
static int32_t answer(const rille_file *file, rille_file_task task, rille_file_answer *out, rille_error *err) {
    static rille_job *job = NULL;

    rille_job_free(job);
    job = NULL;
    task.size = sizeof task;
    if (file == NULL) {
        return RILLE_OK;
    }
    CHECK(rille_file_read_start(file, &task, &job, err) == RILLE_OK);
    end(job);
    return rille_file_read_take(job, out, err);
}

static void read_by_jobs(const char *path) {
    rille_error err;
    rille_file *file = NULL, *other = NULL;
    rille_file_answer got;
    rille_file_window window;
    rille_file_task task;
    rille_job *job = NULL;

    CHECK(rille_file_open_start(NULL, 1, NULL, &job, &err) == RILLE_EARG && job == NULL);
    CHECK(rille_file_open_start(BYTES(path), strlen(path), NULL, NULL, &err) == RILLE_EARG);
    CHECK(rille_file_open_start(BYTES(path), strlen(path), NULL, &job, &err) == RILLE_OK);
    end(job);
    CHECK(rille_file_open_take(job, NULL, &err) == RILLE_EARG && rille_file_open_take(NULL, &file, &err) == RILLE_EARG);
    CHECK(rille_file_read_take(job, &got, &err) == RILLE_EARG && strstr(err.message, "not one that reads a file") != NULL);
    CHECK(file == NULL && rille_file_open_take(job, &file, &err) == RILLE_OK);
    CHECK(rille_file_open_take(job, &other, &err) == RILLE_OK && other != file);
    rille_job_free(job);
    rille_file_free(other);
    CHECK(rille_file_open_start(BYTES("/tmp"), 4, NULL, &job, &err) == RILLE_OK);
    end(job);
    CHECK(rille_file_open_take(job, &other, &err) == RILLE_EIO && strstr(err.message, "/tmp: it is a directory") != NULL);
    rille_job_free(job);

    memset(&task, 0, sizeof task);
    memset(&window, 0, sizeof window);
    window.size = sizeof window;
    window.from = 1;
    task.at = 2;
    task.count = 9;
    task.window = &window;
    CHECK(answer(file, task, &got, &err) == RILLE_OK && got.lines.count == 3 && got.lines.first == 2);
    CHECK(is(&got.lines, 0, "oo bar") && got.bytes == NULL && got.number == 0 && got.info.size == 0);
    task.window = NULL;
    task.at = 99;
    CHECK(answer(file, task, &got, &err) == RILLE_NONE && got.lines.count == 0);
    task.verb = RILLE_FILE_READ_AROUND;
    task.at = 9;
    task.before = task.count = 1;
    CHECK(answer(file, task, &got, &err) == RILLE_OK && got.lines.count == 2 && is(&got.lines, 0, "barfoo"));
    task.verb = RILLE_FILE_READ_LAST;
    CHECK(answer(file, task, &got, &err) == RILLE_OK && got.lines.count == 1 && is(&got.lines, 0, "foo"));
    task.verb = RILLE_FILE_READ_BYTES;
    task.count = 100;
    CHECK(answer(file, task, &got, &err) == RILLE_OK && got.len == 12 && memcmp(got.bytes, "oo bar\r\n\nfoo", 12) == 0);
    task.limit = 11;
    CHECK(answer(file, task, &got, &err) == RILLE_ETOOBIG && strstr(err.message, "12 bytes") != NULL);
    task.at = 21;
    CHECK(answer(file, task, &got, &err) == RILLE_NONE && got.len == 0);
    task.verb = RILLE_FILE_LINE_AT;
    task.at = 9;
    CHECK(answer(file, task, &got, &err) == RILLE_OK && got.number == 2);
    task.verb = RILLE_FILE_OFFSET_OF;
    task.at = 3;
    CHECK(answer(file, task, &got, &err) == RILLE_OK && got.number == 17);
    task.verb = RILLE_FILE_STAT;
    CHECK(answer(file, task, &got, &err) == RILLE_OK && got.info.size == 21 && got.info.lines == 4);
    task.verb = RILLE_FILE_REFRESH;
    CHECK(answer(file, task, &got, &err) == RILLE_OK && got.number == RILLE_FILE_SAME);

    task.size = sizeof task;
    job = NULL;
    CHECK(rille_file_read_start(NULL, &task, &job, &err) == RILLE_EARG);
    CHECK(rille_file_read_start(file, NULL, &job, &err) == RILLE_EARG);
    CHECK(rille_file_read_start(file, &task, NULL, &err) == RILLE_EARG);
    task.verb = 99;
    CHECK(rille_file_read_start(file, &task, &job, &err) == RILLE_EARG && strstr(err.message, "unknown verb") != NULL);
    task.verb = RILLE_FILE_READ_LINES;
    task.at = -1;
    CHECK(rille_file_read_start(file, &task, &job, &err) == RILLE_EARG && strstr(err.message, "at is -1") != NULL);
    task.at = 1;
    window.max_bytes = (1u << 30) + 1;
    task.window = &window;
    CHECK(rille_file_read_start(file, &task, &job, &err) == RILLE_ELIMIT);
    task.size = 20;
    CHECK(rille_file_read_start(file, &task, &job, &err) == RILLE_EARG && job == NULL);

    /* The job needs neither the file nor the task while it runs; its answer does not need the file. */
    task.size = sizeof task;
    task.window = NULL;
    task.count = 2;
    CHECK(rille_file_read_start(file, &task, &job, &err) == RILLE_OK);
    memset(&task, 255, sizeof task);
    rille_file_free(file);
    end(job);
    CHECK(rille_file_open_take(job, &file, &err) == RILLE_EARG && strstr(err.message, "not one that opens") != NULL);
    CHECK(rille_file_read_take(job, NULL, &err) == RILLE_EARG && rille_file_read_take(NULL, &got, &err) == RILLE_EARG);
    CHECK(rille_file_read_take(job, &got, &err) == RILLE_OK && rille_file_read_take(job, &got, &err) == RILLE_OK);
    CHECK(got.lines.count == 2 && is(&got.lines, 1, "foo bar"));
    rille_job_free(job);
    answer(NULL, task, NULL, NULL);
}

void file(void) {
    rille_error err;
    rille_file *opened = NULL;
    rille_file_options options;
    char path[] = "/tmp/rille-file-XXXXXX";
    const char text[] = "barfoo\r\nfoo bar\r\n\nfoo";
    int fd = mkstemp(path);

    CHECK(fd >= 0 && write(fd, text, sizeof text - 1) == (ssize_t)(sizeof text - 1) && close(fd) == 0);
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.threads = 2;
    CHECK(rille_file_open(BYTES(path), strlen(path), &options, &opened, &err) == RILLE_OK);
    read_lines(opened);
    read_by_jobs(path);
    search_file(opened, path);
    change_file(opened, path);
    rille_file_free(opened);
    rille_file_free(NULL);
    CHECK(rille_file_open(BYTES("/tmp"), 4, NULL, &opened, &err) == RILLE_EIO && strstr(err.message, "directory") != NULL);
    options.flags = 64;
    CHECK(rille_file_open(BYTES(path), strlen(path), &options, &opened, &err) == RILLE_EARG);
    CHECK(rille_file_open(NULL, 4, NULL, &opened, &err) == RILLE_EARG);
    CHECK(unlink(path) == 0);
}
