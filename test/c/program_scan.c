/* The C program: detection in chunks, streams that begin anew, gzip data, and the socket for event loops. */

#include "program.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

LAYOUT(scanner_options_size, sizeof(rille_scanner_options) == 16);
LAYOUT(scanner_options_max_bytes, offsetof(rille_scanner_options, max_bytes) == 8);

static const uint32_t ENDS[] = {3, 6};

static rille_scanner *scan_literals(const rille_scanner_options *options) {
    rille_literals *literals = NULL;
    rille_scanner *scan = NULL;
    CHECK(rille_literals_new(BYTES("catdog"), 6, ENDS, 2, NULL, &literals, NULL) == RILLE_OK);
    CHECK(rille_scanner_new_literals(literals, options, &scan, NULL) == RILLE_OK);
    rille_literals_free(literals);
    return scan;
}

static void scan_chunks(void) {
    rille_scanner *scan = scan_literals(NULL), *other = NULL;
    rille_error err;
    uint32_t count = 99, ids[2] = {7, 7};
    CHECK(rille_scanner_len(scan) == 2 && rille_scanner_len(NULL) == 0);
    CHECK(rille_scanner_feed(scan, BYTES("a ca"), 4, 0, &count, NULL) == RILLE_NONE && count == 0);
    CHECK(rille_scanner_feed(scan, NULL, 0, 0, &count, NULL) == RILLE_NONE && count == 0);
    CHECK(rille_scanner_new_like(scan, &other, NULL) == RILLE_OK);
    CHECK(rille_scanner_feed(other, BYTES("t"), 1, 0, &count, NULL) == RILLE_NONE);
    CHECK(rille_scanner_feed(scan, BYTES("t"), 1, 0, &count, NULL) == RILLE_OK && count == 1);
    CHECK(rille_scanner_new_ids(scan)[0] == 0 && rille_scanner_first(scan, 0) == 5);
    CHECK(rille_scanner_first(scan, 1) == -1 && rille_scanner_first(scan, 2) == -1 && rille_scanner_first(NULL, 0) == -1);
    CHECK(rille_scanner_feed(scan, BYTES(" cat dog"), 8, 1, &count, NULL) == RILLE_OK && count == 1);
    CHECK(rille_scanner_matches(scan, ids, 1, &count, &err) == RILLE_ESHORT && ids[0] == 7);
    CHECK(rille_scanner_matches(scan, ids, 2, &count, NULL) == RILLE_OK && count == 2 && ids[0] == 0 && ids[1] == 1);
    CHECK(rille_scanner_feed(scan, BYTES("x"), 1, 0, &count, &err) == RILLE_EARG && strstr(err.message, "reset it"));
    CHECK(rille_scanner_reset(scan, NULL) == RILLE_OK && rille_scanner_first(scan, 0) == -1);
    CHECK(rille_scanner_matches(scan, ids, 2, &count, NULL) == RILLE_NONE && count == 0);
    CHECK(rille_scanner_feed(scan, BYTES("dog"), 3, 0, &count, NULL) == RILLE_OK && rille_scanner_new_ids(scan)[0] == 1);
    CHECK(rille_scanner_limited(scan) == 0 && rille_scanner_new_ids(NULL) == NULL);
    rille_scanner_free(scan);
    rille_scanner_free(other);
    rille_scanner_free(NULL);

    rille_scanner_options options = {sizeof options, 0, 4};
    scan = scan_literals(&options);
    CHECK(rille_scanner_feed(scan, BYTES("cat dog"), 7, 1, &count, NULL) == RILLE_OK && count == 1);
    CHECK(rille_scanner_limited(scan) == 1);
    rille_scanner_free(scan);
}

static void scan_sets(void) {
    rille_regexset *set = NULL;
    rille_scanner *scan = NULL, *taken = NULL;
    rille_job *job = NULL;
    rille_progress done;
    rille_error err;
    uint32_t count;
    rille_scanner_options options = {sizeof options, 100, 0};
    CHECK(rille_regexset_new(BYTES("c.td$g"), 6, ENDS, 2, NULL, &set, NULL) == RILLE_OK);
    CHECK(rille_scanner_new_regexset(set, &options, &scan, &err) == RILLE_ELIMIT && scan == NULL);
    CHECK(strstr(err.message, "takes more than 100 bytes") != NULL);
    options.memory_limit = 0, options.max_bytes = -1;
    CHECK(rille_scanner_new_regexset(set, &options, &scan, &err) == RILLE_EARG);
    CHECK(rille_scanner_new_regexset(set, NULL, &scan, NULL) == RILLE_OK);
    CHECK(rille_scanner_start_regexset(set, &options, &job, &err) == RILLE_EARG && job == NULL);
    CHECK(rille_scanner_start_regexset(set, NULL, &job, NULL) == RILLE_OK);
    rille_regexset_free(set);
    for (done.state = RILLE_JOB_RUNNING; done.state == RILLE_JOB_RUNNING;)
        CHECK(rille_job_wait(job, 120000, NULL) == RILLE_OK && rille_job_poll(job, &done, NULL) == RILLE_OK);
    CHECK(done.state == RILLE_JOB_DONE && rille_scanner_take(job, &taken, NULL) == RILLE_OK);
    CHECK(rille_scanner_take(job, NULL, &err) == RILLE_EARG && rille_scanner_take(NULL, &scan, &err) == RILLE_EARG);
    rille_job_free(job);
    CHECK(rille_scanner_feed(taken, BYTES("a cut"), 5, 1, &count, NULL) == RILLE_OK && rille_scanner_first(taken, 0) == 5);
    rille_scanner_free(taken);
    CHECK(rille_scanner_feed(scan, BYTES("c"), 1, 0, &count, NULL) == RILLE_NONE);
    CHECK(rille_scanner_feed(scan, BYTES("ut"), 2, 0, &count, NULL) == RILLE_OK && rille_scanner_first(scan, 0) == 3);
    rille_scanner_free(scan);
    CHECK(rille_regexset_new(BYTES("cat\\b."), 6, ENDS, 2, NULL, &set, NULL) == RILLE_OK);
    CHECK(rille_scanner_new_regexset(set, NULL, &scan, &err) == RILLE_EPATTERN && strstr(err.message, "(?-u:\\b)"));
    rille_regexset_free(set);
}

static void streams_again(void) {
    rille_regex *regex = NULL;
    rille_stream *stream = NULL, *other = NULL;
    rille_buffer *out = NULL;
    rille_replacement pet = {sizeof pet, 0, 0, 0, BYTES("pet"), 3};
    CHECK(rille_regex_new(BYTES("cat"), 3, NULL, &regex, NULL) == RILLE_OK);
    CHECK(rille_stream_new_regex(regex, &pet, 0, &stream, NULL) == RILLE_OK);
    CHECK(rille_buffer_new(0, &out, NULL) == RILLE_OK);
    CHECK(rille_stream_feed(stream, BYTES("a ca"), 4, out, NULL) == RILLE_OK);
    CHECK(rille_stream_new_like(stream, &other, NULL) == RILLE_OK);
    rille_buffer_reset(out, NULL);
    CHECK(rille_stream_reset(stream, NULL) == RILLE_OK);
    for (int i = 0; i < 2; i++) {
        rille_stream *each = i ? other : stream;
        rille_buffer_reset(out, NULL);
        CHECK(rille_stream_feed(each, BYTES("t cat"), 5, out, NULL) == RILLE_OK);
        CHECK(rille_stream_finish(each, out, NULL) == RILLE_OK && rille_stream_count(each) == 1);
        CHECK(rille_buffer_len(out) == 5 && memcmp(rille_buffer_ptr(out), "t pet", 5) == 0);
        CHECK(rille_stream_feed(each, BYTES("x"), 1, out, NULL) == RILLE_EARG);
        CHECK(rille_stream_reset(each, NULL) == RILLE_OK && rille_stream_count(each) == 0);
    }
    rille_buffer_free(out);
    rille_stream_free(other);
    rille_stream_free(stream);
    rille_regex_free(regex);
}

static void gunzip(void) {
    /* "ab" by gzip -n. */
    static const uint8_t packed[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b, 0x4c, 2, 0, 0x6d, 0x48, 0x83, 0x9e, 2, 0, 0, 0};
    rille_gunzip *gunzip = NULL;
    rille_buffer *out = NULL;
    rille_error err;
    CHECK(rille_gunzip_new(&gunzip, NULL) == RILLE_OK && rille_buffer_new(0, &out, NULL) == RILLE_OK);
    for (int i = 0; i < 2; i++) {
        rille_buffer_reset(out, NULL);
        CHECK(rille_gunzip_feed(gunzip, packed, 5, 0, out, NULL) == RILLE_OK);
        CHECK(rille_gunzip_feed(gunzip, packed + 5, sizeof packed - 5, 1, out, &err) == RILLE_OK);
        CHECK(rille_buffer_len(out) == 2 && memcmp(rille_buffer_ptr(out), "ab", 2) == 0);
        CHECK(rille_gunzip_reset(gunzip, NULL) == RILLE_OK);
    }
    CHECK(rille_gunzip_feed(gunzip, packed, 15, 1, out, &err) == RILLE_EIO && rille_buffer_len(out) == 2);
    CHECK(rille_gunzip_feed(gunzip, packed, sizeof packed, 1, out, &err) == RILLE_EIO && strstr(err.message, "before"));
    rille_buffer_free(out);
    rille_gunzip_free(gunzip);
}

static void listener(void) {
    rille_listener *listener = NULL;
    rille_notifier *notifier = NULL;
    rille_job *job = NULL;
    rille_error err;
    struct sockaddr_un address = {0};
    uint8_t byte = 0;
    CHECK(rille_listener_new(BYTES("/nothing/at/all"), 15, &listener, &err) == RILLE_EIO && listener == NULL);
    CHECK(rille_listener_new(NULL, 0, &listener, &err) == RILLE_OK && rille_listener_path(NULL) == NULL);
    CHECK(rille_listener_accept(listener, 7, &notifier, NULL) == RILLE_NONE && notifier == NULL);
    address.sun_family = AF_UNIX;
    strncpy(address.sun_path, rille_listener_path(listener), sizeof address.sun_path - 1);
    int connection = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(connect(connection, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(write(connection, "\x07\0\0\0", 4) == 4);
    CHECK(rille_listener_accept(listener, 7, &notifier, NULL) == RILLE_OK);
    CHECK(rille_regex_start(BYTES("a"), 1, NULL, &job, NULL) == RILLE_OK);
    CHECK(rille_notifier_watch(notifier, job, NULL) == RILLE_OK);
    CHECK(read(connection, &byte, 1) == 1 && byte == 1);
    CHECK(rille_notifier_drain(notifier, NULL) == RILLE_OK && rille_notifier_drain(notifier, NULL) == RILLE_NONE);
    rille_listener_free(listener);
    CHECK(access(address.sun_path, F_OK) != 0);
    rille_notifier_free(notifier);
    CHECK(read(connection, &byte, 1) == 0);
    close(connection);
    rille_job_free(job);
}

void scan(void) {
    scan_chunks();
    scan_sets();
    streams_again();
    gunzip();
    listener();
}
