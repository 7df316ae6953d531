/* Prints the last ten lines of a file and then every line that is added, until standard input ends: follow FILE. Logs that are
 * rotated or truncated are followed from their new beginning. */
#include <poll.h>
#include <rille.h>
#include <stdio.h>
#include <stdlib.h>

static rille_error err;

static int fail(void) {
    fprintf(stderr, "%s\n", err.message);
    return EXIT_FAILURE;
}

/* Prints the bytes from an offset to the end of the last whole line, and returns the offset after it. */
static int64_t print_from(const rille_file *file, int64_t at) {
    static uint8_t block[1 << 16];
    uint32_t len = 0;
    while (rille_file_read(file, at, block, sizeof block, &len, NULL) == RILLE_OK && len > 0) {
        uint32_t whole = len;
        while (whole > 0 && block[whole - 1] != '\n')
            whole--;
        if (whole == 0 && len < sizeof block)
            break;
        whole = whole > 0 ? whole : len;
        fwrite(block, 1, whole, stdout);
        at += whole;
    }
    fflush(stdout);
    return at;
}

int main(int argc, char **argv) {
    rille_file *file;
    rille_file_lines lines;
    rille_notifier *notifier;
    rille_job *job;
    int64_t at = 0;

    if (argc < 2) {
        fprintf(stderr, "usage: follow FILE\n");
        return EXIT_FAILURE;
    }
    if (rille_file_open(RILLE_TEXT(argv[1]), NULL, &file, &err) < 0)
        return fail();
    if (rille_file_read_last(file, 10, NULL, &lines, &err) == RILLE_OK)
        at = (int64_t)lines.lines[0].offset;
    at = print_from(file, at);
    if (rille_file_follow(file, &job, &err) < 0 || rille_notifier_new(&notifier, &err) < 0)
        return fail();
    if (rille_notifier_watch(notifier, job, &err) < 0)
        return fail();
    for (;;) {
        struct pollfd wake[2] = {{rille_notifier_fd(notifier), POLLIN, 0}, {0, POLLIN, 0}};
        rille_file_news news;
        char input[256];
        uint32_t change;
        poll(wake, 2, -1);
        rille_notifier_drain(notifier, NULL);
        while (rille_file_take_news(job, &news, NULL) == RILLE_OK) {
            while (rille_file_refresh(file, &change, &err) == RILLE_OK && change != RILLE_FILE_SAME)
                at = print_from(file, change == RILLE_FILE_GROWN ? at : 0);
        }
        if (wake[1].revents && fgets(input, sizeof input, stdin) == NULL)
            break;
    }
    rille_job_free(job);
    rille_notifier_free(notifier);
    rille_file_free(file);
    return EXIT_SUCCESS;
}
