/* Prints the matching lines of a directory tree: grep PATTERN [DIRECTORY]. The program sleeps in poll() until the library has
 * found something, as a program with an event loop of its own does. */
#include <poll.h>
#include <rille.h>
#include <stdio.h>
#include <stdlib.h>

static int fail(const rille_error *err) {
    fprintf(stderr, "%s\n", err->message);
    return 2;
}

static int print(const rille_grep_lines *batch) {
    const char *text = (const char *)batch->text;
    int matches = 0;
    for (uint32_t i = 0; i < batch->count; i++) {
        const rille_grep_line *line = &batch->lines[i];
        int path_len = (int)(line->path_stop - line->path_start), len = (int)(line->stop - line->start);
        if (line->kind == RILLE_GREP_MATCH) {
            printf("%.*s:%.0f: %.*s\n", path_len, text + line->path_start, line->line, len, text + line->start);
            matches++;
        } else if (line->kind == RILLE_GREP_ERROR) {
            fprintf(stderr, "%.*s: %.*s\n", path_len, text + line->path_start, len, text + line->start);
        }
    }
    return matches;
}

int main(int argc, char **argv) {
    const char *root = argc > 2 ? argv[2] : ".";
    rille_walk_options tree = RILLE_WALK_OPTIONS_INIT;
    rille_grep_options grep = RILLE_GREP_OPTIONS_INIT;
    rille_pattern pattern = {0, 0, 0, 0};
    rille_progress progress = {0, 0, 0, 0};
    rille_notifier *notifier;
    rille_grep_lines batch;
    rille_job *job;
    rille_error err;
    int matches = 0;

    if (argc < 2) {
        fprintf(stderr, "usage: grep PATTERN [DIRECTORY]\n");
        return 2;
    }
    tree.flags = RILLE_WALK_SORT;
    pattern.text = (const uint8_t *)argv[1];
    pattern.len = strlen(argv[1]);
    grep.patterns = &pattern;
    grep.pattern_count = 1;
    if (rille_grep_start(RILLE_TEXT(root), &tree, &grep, &job, &err) < 0)
        return fail(&err);
    if (rille_notifier_new(&notifier, &err) < 0 || rille_notifier_watch(notifier, job, &err) < 0)
        return fail(&err);
    do {
        struct pollfd wake = {rille_notifier_fd(notifier), POLLIN, 0};
        poll(&wake, 1, -1);
        rille_notifier_drain(notifier, NULL);
        /* Before the results are taken: those that come later signal again. */
        rille_job_poll(job, &progress, NULL);
        while (rille_grep_take(job, 1000, &batch, NULL) == RILLE_OK)
            matches += print(&batch);
    } while (progress.state == RILLE_JOB_RUNNING);
    if (progress.state == RILLE_JOB_FAILED) {
        rille_job_failure(job, &err);
        return fail(&err);
    }
    rille_job_free(job);
    rille_notifier_free(notifier);
    return matches > 0 ? 0 : 1;
}
