/* Prints a page of a file of any size: pages FILE PAGE. Pages have 24 lines and are counted from 1, or from the end: -1 is the
 * last. The last page needs no index; a page in the middle waits until the index has come so far. */
#include <rille.h>
#include <stdio.h>
#include <stdlib.h>

enum { HEIGHT = 24 };

int main(int argc, char **argv) {
    rille_file *file;
    rille_file_lines lines;
    rille_file_info info;
    rille_progress progress;
    rille_job *index;
    rille_error err;
    long page;
    int status;

    if (argc < 3 || (page = strtol(argv[2], NULL, 10)) == 0) {
        fprintf(stderr, "usage: pages FILE PAGE\n");
        return EXIT_FAILURE;
    }
    if (rille_file_open(RILLE_TEXT(argv[1]), NULL, &file, &err) < 0)
        goto failed;
    if (page == -1) {
        status = rille_file_read_last(file, HEIGHT, NULL, &lines, &err);
    } else {
        int64_t first;
        if (rille_file_index(file, &index, &err) < 0)
            goto failed;
        if (page < 0) {
            do {
                rille_job_wait(index, 1000, NULL);
                rille_job_poll(index, &progress, NULL);
            } while (progress.state == RILLE_JOB_RUNNING);
            rille_file_stat(file, &info, NULL);
            first = (int64_t)info.lines + page * HEIGHT + 1;
        } else {
            first = (page - 1) * (int64_t)HEIGHT + 1;
        }
        first = first < 1 ? 1 : first;
        while ((status = rille_file_read_lines(file, first, HEIGHT, NULL, &lines, &err)) == RILLE_PENDING)
            rille_job_wait(index, 10, NULL);
        rille_job_free(index);
    }
    if (status < 0)
        goto failed;
    for (uint32_t i = 0; i < lines.count; i++) {
        const rille_file_line *line = &lines.lines[i];
        printf("%.*s\n", (int)(line->stop - line->start), (const char *)lines.text + line->start);
    }
    rille_file_free(file);
    return EXIT_SUCCESS;
failed:
    fprintf(stderr, "%s\n", err.message);
    return EXIT_FAILURE;
}
