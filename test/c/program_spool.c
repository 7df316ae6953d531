/* The C program: files that are spooled. */

#define _POSIX_C_SOURCE 200809L

#include "program.h"

#include <unistd.h>

LAYOUT(file_options_limit, offsetof(rille_file_options, spool_limit) == 16);
LAYOUT(file_options_directory, offsetof(rille_file_options, spool_directory) == 24);

void spool(void) {
    /* "one\ntwo\n", twice: a frame of zstd each, with one block that is stored. */
    static const char archive[] = "\x28\xB5\x2F\xFD\x20\x08\x41\0\0one\ntwo\n\x28\xB5\x2F\xFD\x20\x08\x41\0\0one\ntwo\n";
    char path[] = "/tmp/rille-spool-XXXXXX";
    rille_file_options options;
    rille_file_info info;
    rille_file_lines lines;
    rille_progress progress;
    rille_error err;
    rille_file *file = NULL;
    rille_job *job = NULL;
    uint32_t change = 9;
    int fd = mkstemp(path);

    CHECK(fd >= 0 && write(fd, archive, sizeof archive - 1) == (ssize_t)sizeof archive - 1);
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    options.flags = RILLE_FILE_UNPACK;
    CHECK(rille_file_open(BYTES(path), strlen(path), &options, &file, &err) == RILLE_OK);
    CHECK(rille_file_index(file, &job, &err) == RILLE_OK);
    CHECK(rille_job_wait(job, 120000, &err) == RILLE_OK && rille_job_poll(job, &progress, &err) == RILLE_OK);
    CHECK(progress.state == RILLE_JOB_DONE && progress.done == sizeof archive - 1 && progress.total == progress.done);
    CHECK(rille_file_refresh(file, &change, &err) == RILLE_OK && change == RILLE_FILE_GROWN);
    CHECK(rille_file_refresh(file, &change, &err) == RILLE_OK && change == RILLE_FILE_SAME);
    CHECK(rille_file_stat(file, &info, &err) == RILLE_OK && info.size == 16 && info.lines == 4 && info.exact == 1);
    CHECK(rille_file_read_lines(file, 4, 1, NULL, &lines, &err) == RILLE_OK && memcmp(lines.text, "two", 3) == 0);
    /* The job continues without the file. */
    rille_file_free(file);
    CHECK(rille_job_poll(job, &progress, &err) == RILLE_OK && progress.state == RILLE_JOB_DONE);
    rille_job_free(job);

    /* A cut archive, a limit, and a directory that does not exist. */
    CHECK(ftruncate(fd, sizeof archive - 3) == 0);
    CHECK(rille_file_open(BYTES(path), strlen(path), &options, &file, &err) == RILLE_OK);
    CHECK(rille_file_index(file, &job, &err) == RILLE_OK && rille_job_wait(job, 120000, &err) == RILLE_OK);
    CHECK(rille_job_failure(job, &err) == RILLE_EJOB && strstr(err.message, "the zstd archive ends too early") == err.message);
    CHECK(rille_file_stat(file, &info, &err) == RILLE_OK && info.size >= 8 && info.exact == 0);
    rille_job_free(job);
    rille_file_free(file);
    options.spool_limit = 3;
    CHECK(rille_file_open(BYTES(path), strlen(path), &options, &file, &err) == RILLE_OK);
    CHECK(rille_file_index(file, &job, &err) == RILLE_OK && rille_job_wait(job, 120000, &err) == RILLE_OK);
    CHECK(rille_job_failure(job, &err) == RILLE_EJOB && strstr(err.message, "spool limit of 3 bytes") == err.message);
    rille_job_free(job);
    rille_file_free(file);
    file = NULL;
    options.spool_directory = BYTES("/nowhere");
    options.spool_directory_len = 8;
    CHECK(rille_file_open(BYTES(path), strlen(path), &options, &file, &err) == RILLE_EIO);
    CHECK(strstr(err.message, "no temporary file in /nowhere") != NULL);
    options.spool_directory = NULL;
    CHECK(rille_file_open(BYTES(path), strlen(path), &options, &file, &err) == RILLE_EARG);
    options.spool_directory_len = 0;
    options.spool_limit = -1;
    CHECK(rille_file_open(BYTES(path), strlen(path), &options, &file, &err) == RILLE_EARG);
    options.spool_limit = 0;
    options.flags = 1 << 20;
    CHECK(rille_file_open(BYTES(path), strlen(path), &options, &file, &err) == RILLE_EARG);
    options.flags = 0;
    CHECK(rille_file_open(BYTES("/dev/null"), 9, &options, &file, &err) == RILLE_EIO && file == NULL);
    options.flags = RILLE_FILE_SPOOL;
    CHECK(rille_file_open(BYTES("/dev/null"), 9, &options, &file, &err) == RILLE_OK);
    rille_file_free(file);
    close(fd);
    unlink(path);
}
