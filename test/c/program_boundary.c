/* The C program: arguments that every function refuses: handles of another kind and freed ones, sizes of options that no
 * version has, and misaligned arrays. */

#define _POSIX_C_SOURCE 200809L

#include "program.h"

#include <unistd.h>

enum { KINDS = 10 };

/* One handle of each kind, in the order of `names`. */
static void *handles[KINDS];

static const char *const names[KINDS] = {
    "buffer", "regex", "regexset", "literals", "stream", "job", "notifier", "file", "fuzzy", "matcher",
};

/* An empty file. */
static char path[] = "/tmp/rille-boundary-XXXXXX";

/* A call that treats a handle as one of a kind. */
static int32_t call(int kind, void *handle, rille_error *err) {
    static union {
        uint32_t number;
        double places[64];
    } out;
    switch (kind) {
        case 0: return rille_buffer_reset(handle, err);
        case 1: return rille_regex_test(handle, BYTES("a"), 1, 0, err);
        case 2: return rille_regexset_test(handle, BYTES("a"), 1, err);
        case 3: return rille_literals_count(handle, BYTES("a"), 1, 0, &out.number, err);
        case 4: return rille_stream_feed(handle, BYTES("a"), 1, handles[0], err);
        case 5: return rille_job_poll(handle, (void *)&out, err);
        case 6: return rille_notifier_drain(handle, err);
        case 7: return rille_file_stat(handle, (void *)&out, err);
        case 8: return rille_fuzzy_stats(handle, (void *)&out, err);
        default: return rille_matcher_match(handle, BYTES("a"), 1, NULL, (void *)&out, err);
    }
}

static void release(int kind, void *handle) {
    switch (kind) {
        case 0: rille_buffer_free(handle); break;
        case 1: rille_regex_free(handle); break;
        case 2: rille_regexset_free(handle); break;
        case 3: rille_literals_free(handle); break;
        case 4: rille_stream_free(handle); break;
        case 5: rille_job_free(handle); break;
        case 6: rille_notifier_free(handle); break;
        case 7: rille_file_free(handle); break;
        case 8: rille_fuzzy_free(handle); break;
        default: rille_matcher_free(handle); break;
    }
}

/* The result of each getter for a handle of another kind. */
static void getters(const void *wrong) {
    CHECK(rille_regex_groups(wrong) == 0 && rille_regex_name(wrong, 1) == NULL);
    CHECK(rille_regexset_len(wrong) == 0 && rille_literals_len(wrong) == 0 && rille_fuzzy_len(wrong) == 0);
    CHECK(rille_stream_hold_back(wrong) == 0 && rille_stream_count(wrong) == 0);
    CHECK(rille_buffer_len(wrong) == 0 && rille_buffer_ptr(wrong) == NULL);
}

static void make(void) {
    const uint32_t end = 1;
    int fd = mkstemp(path);
    CHECK(fd >= 0 && close(fd) == 0);
    rille_replacement how;
    memset(&how, 0, sizeof how);
    how.size = sizeof how;
    CHECK(rille_buffer_new(16, (rille_buffer **)&handles[0], NULL) == RILLE_OK);
    CHECK(rille_regex_new(BYTES("(?<x>a)"), 7, NULL, (rille_regex **)&handles[1], NULL) == RILLE_OK);
    CHECK(rille_regexset_new(BYTES("a"), 1, &end, 1, NULL, (rille_regexset **)&handles[2], NULL) == RILLE_OK);
    CHECK(rille_literals_new(BYTES("a"), 1, &end, 1, NULL, (rille_literals **)&handles[3], NULL) == RILLE_OK);
    CHECK(rille_stream_new_regex(handles[1], &how, 0, (rille_stream **)&handles[4], NULL) == RILLE_OK);
    CHECK(rille_notifier_new((rille_notifier **)&handles[6], NULL) == RILLE_OK);
    CHECK(rille_file_open(BYTES(path), strlen(path), NULL, (rille_file **)&handles[7], NULL) == RILLE_OK);
    CHECK(rille_fuzzy_new(NULL, (rille_fuzzy **)&handles[8], NULL) == RILLE_OK);
    CHECK(rille_fuzzy_start(handles[8], BYTES("a"), 1, 9, (rille_job **)&handles[5], NULL) == RILLE_OK);
    CHECK(rille_matcher_new(BYTES("a"), 1, NULL, (rille_matcher **)&handles[9], NULL) == RILLE_OK);
}

static void a_handle_of_another_kind_is_refused(void) {
    rille_error err;
    char expected[64];
    for (int kind = 0; kind < KINDS; kind++) {
        for (int other = 0; other < KINDS; other++) {
            memset(&err, 0, sizeof err);
            int32_t status = call(kind, handles[other], &err);
            if (kind == other) {
                CHECK(status >= 0);
                continue;
            }
            snprintf(expected, sizeof expected, "this is a %s, not a %s", names[other], names[kind]);
            CHECK(status == RILLE_EARG && err.status == RILLE_EARG && strcmp(err.message, expected) == 0);
            /* Freeing it as another kind does nothing. */
            release(kind, handles[other]);
            CHECK(call(other, handles[other], NULL) >= 0);
        }
        if (kind != 0 && kind != 1 && kind != 2 && kind != 3 && kind != 4 && kind != 8) getters(handles[kind]);
    }
    CHECK(rille_notifier_fd(handles[0]) == -1 && rille_buffer_len(handles[1]) == 0);
    /* Handles that are not the receiver. */
    CHECK(rille_notifier_watch(handles[6], handles[7], &err) == RILLE_EARG && strstr(err.message, "a file, not a job") != NULL);
    CHECK(rille_fuzzy_text(handles[8], 0, handles[1], &err) == RILLE_EARG && strstr(err.message, "a regex, not a buffer") != NULL);
    rille_job *job = NULL;
    rille_pattern pattern = {NULL, 0, handles[3], NULL};
    CHECK(rille_file_search(handles[7], &pattern, 1, NULL, &job, &err) == RILLE_EARG && job == NULL);
    CHECK(strstr(err.message, "not a regex") != NULL);
    pattern.regex = NULL;
    pattern.literals = handles[1];
    CHECK(rille_file_search(handles[7], &pattern, 1, NULL, &job, &err) == RILLE_EARG && job == NULL);
    CHECK(strstr(err.message, "a regex, not a ") != NULL);
    /* Memory that is not a handle. */
    double nothing[16] = {0};
    CHECK(rille_buffer_reset((void *)nothing, &err) == RILLE_EARG && strstr(err.message, "not a buffer") != NULL);
    CHECK(rille_buffer_reset((void *)((char *)handles[0] + 1), &err) == RILLE_EARG);
    rille_buffer_free((void *)nothing);
}

static void a_freed_handle_is_refused(void) {
    rille_error err;
    char expected[64];
    rille_stat before[16], after[16];
    uint32_t count = 0;
    for (int kind = KINDS - 1; kind >= 0; kind--) {
        CHECK(rille_stats(before, 16, &count, NULL) == RILLE_OK);
        release(kind, handles[kind]);
        release(kind, handles[kind]);
        CHECK(rille_stats(after, 16, &count, NULL) == RILLE_OK);
        for (uint32_t i = 0; i < count; i++) {
            int same = strcmp(before[i].kind, names[kind]) == 0;
            CHECK(after[i].handles == before[i].handles - same);
        }
        getters(handles[kind]);
        snprintf(expected, sizeof expected, "this %s was freed already", names[kind]);
        for (int other = 0; other < KINDS; other++) {
            memset(&err, 0, sizeof err);
            CHECK(call(other, handles[kind], &err) == RILLE_EARG && strcmp(err.message, expected) == 0);
        }
    }
    /* Also after freeing as many others as a program may free at once. */
    for (int i = 0; i < 200; i++) {
        rille_buffer *buffer = NULL;
        CHECK(rille_buffer_new(0, &buffer, NULL) == RILLE_OK);
        CHECK(buffer != handles[0]);
        rille_buffer_free(buffer);
    }
    CHECK(rille_buffer_reset(handles[0], &err) == RILLE_EARG && strcmp(err.message, "this buffer was freed already") == 0);
}

enum { OPTIONS = 16 };

static const size_t sizes[OPTIONS] = {
    sizeof(rille_offset_options), sizeof(rille_segment_options), sizeof(rille_layout_options), sizeof(rille_regex_options),
    sizeof(rille_scan), sizeof(rille_replacement), sizeof(rille_literals_options), sizeof(rille_replacements),
    sizeof(rille_walk_options), sizeof(rille_grep_options), sizeof(rille_file_options), sizeof(rille_file_window),
    sizeof(rille_search_options), sizeof(rille_text_task), sizeof(rille_file_task), sizeof(rille_fuzzy_options),
};

/* A call with one of the structs of options. */
static int32_t call_with(int kind, const void *options, rille_error *err) {
    static double out[64];
    static uint32_t numbers[64], one;
    rille_pattern pattern = {NULL, 0, NULL, NULL};
    void *handle = NULL;
    int32_t status;
    switch (kind) {
        case 0: return rille_text_offset(BYTES("a"), 1, 0, options, &one, err);
        case 1: return rille_text_segments(BYTES("a"), 1, options, numbers, &one, &one, err);
        case 2: return rille_text_width(BYTES("a"), 1, options, &one, err);
        case 3:
            status = rille_regex_new(BYTES("a"), 1, options, (rille_regex **)&handle, err);
            rille_regex_free(handle);
            return status;
        case 4: return rille_regex_spans(handles[1], BYTES("a"), 1, options, numbers, &one, err);
        case 5: return rille_regex_replace(handles[1], BYTES("a"), 1, options, handles[0], &one, err);
        case 6:
            status = rille_literals_new(NULL, 0, NULL, 0, options, (rille_literals **)&handle, err);
            rille_literals_free(handle);
            return status;
        case 7: return rille_literals_replace(handles[3], BYTES("a"), 1, options, handles[0], &one, err);
        case 8: return rille_walk_start(BYTES("/nothing"), 8, options, (rille_job **)&handle, err);
        case 9: return rille_grep_start(BYTES("/nothing"), 8, NULL, options, (rille_job **)&handle, err);
        case 10:
            status = rille_file_open(BYTES(path), strlen(path), options, (rille_file **)&handle, err);
            rille_file_free(handle);
            return status;
        case 11: return rille_file_read_last(handles[7], 1, options, (void *)out, err);
        case 12:
            pattern.regex = handles[1];
            status = rille_file_search(handles[7], &pattern, 1, options, (rille_job **)&handle, err);
            rille_job_free(handle);
            return status;
        case 13:
            status = rille_text_start(BYTES("a"), 1, options, (rille_job **)&handle, err);
            rille_job_free(handle);
            return status;
        case 14:
            status = rille_file_read_start(handles[7], options, (rille_job **)&handle, err);
            rille_job_free(handle);
            return status;
        default:
            status = rille_fuzzy_new(options, (rille_fuzzy **)&handle, err);
            rille_fuzzy_free(handle);
            return status;
    }
}

/* A size that ends in the middle of a field: such a size once left half of a pointer unset. */
static void a_size_that_is_none_of_a_known_version_is_refused(void) {
    rille_error err;
    for (int kind = 0; kind < OPTIONS; kind++) {
        for (uint32_t size = 0; size <= 300; size++) {
            /* As long as its size says, so that a tool detects any read past it. */
            uint8_t *options = malloc(size < 4 ? 4 : size);
            memset(options, size < sizes[kind] ? 0x41 : 0, size < 4 ? 4 : size);
            memcpy(options, &size, sizeof size);
            memset(&err, 0, sizeof err);
            int32_t status = call_with(kind, options, &err);
            if (size == sizes[kind]) {
                CHECK(strstr(err.message, "size") == NULL);
            } else {
                CHECK(status == RILLE_EARG && strstr(err.message, "the size of the options is ") == err.message);
            }
            free(options);
        }
        const uint32_t huge = UINT32_MAX;
        CHECK(call_with(kind, &huge, &err) == RILLE_EARG && strstr(err.message, "sizeof(rille_") != NULL);
    }
}

static void memory_that_is_not_aligned_is_refused(void) {
    rille_error err;
    uint32_t numbers[8] = {0}, valid = 0;
    void *odd = (char *)numbers + 1;
    CHECK(rille_text_validate(BYTES("a"), 1, odd, &err) == RILLE_EARG && strstr(err.message, "aligned to 4 bytes") != NULL);
    CHECK(rille_regex_find(handles[1], BYTES("a"), 1, 0, odd, &err) == RILLE_EARG);
    CHECK(rille_fuzzy_boost(handles[8], 0, odd, 1, &err) == RILLE_EARG);
    CHECK(rille_regexset_new(BYTES("a"), 1, odd, 1, NULL, (rille_regexset **)&odd, &err) == RILLE_EARG);
    /* A misaligned error block is not written. */
    double block[64] = {0};
    CHECK(rille_text_validate(NULL, 1, &valid, (void *)((char *)block + 1)) == RILLE_EARG && block[0] == 0);
}

/* An output that starts where its text ends, or ends where it starts, does not overlap it. */
static void halves_of_one_array_are_apart(void) {
    uint8_t both[8] = "abcd";
    CHECK(rille_text_reverse(both, 4, RILLE_UNIT_BYTE, both + 4, 4, NULL) == RILLE_OK && memcmp(both, "abcddcba", 8) == 0);
    memcpy(both + 4, "wxyz", 4);
    CHECK(rille_text_reverse(both + 4, 4, RILLE_UNIT_BYTE, both, 4, NULL) == RILLE_OK && memcmp(both, "zyxwwxyz", 8) == 0);
    CHECK(rille_text_reverse(both + 4, 4, RILLE_UNIT_BYTE, both + 1, 4, NULL) == RILLE_EARG);
    CHECK(rille_text_reverse(both, 4, RILLE_UNIT_BYTE, both + 3, 4, NULL) == RILLE_EARG);
    uint32_t numbers[4] = {0, 1, 7, 7};
    rille_offset_options options = {sizeof options, RILLE_UNIT_BYTE, RILLE_UNIT_CHAR};
    CHECK(rille_text_offsets(BYTES("ab"), 2, numbers, 2, &options, numbers + 2, NULL) == RILLE_OK && numbers[3] == 1);
    CHECK(rille_text_offsets(BYTES("ab"), 2, numbers + 2, 2, &options, numbers, NULL) == RILLE_OK && numbers[1] == 1);
    CHECK(rille_text_offsets(BYTES("ab"), 2, numbers, 2, &options, numbers + 1, NULL) == RILLE_EARG);
    CHECK(rille_text_offsets(BYTES("ab"), 2, numbers + 1, 2, &options, numbers, NULL) == RILLE_EARG);
}

void boundary(void) {
    make();
    a_handle_of_another_kind_is_refused();
    a_size_that_is_none_of_a_known_version_is_refused();
    memory_that_is_not_aligned_is_refused();
    halves_of_one_array_are_apart();
    a_freed_handle_is_refused();
    unlink(path);
}
