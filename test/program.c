/* The C program: the library through its header alone, as a C programmer uses it. test/program.rs compiles it as C99,
 * with sanitizers, and runs it, under valgrind where there is one. */

#include "program.h"

LAYOUT(error_size, sizeof(rille_error) == 256);
LAYOUT(error_status, offsetof(rille_error, status) == 0);
LAYOUT(error_length, offsetof(rille_error, length) == 4);
LAYOUT(error_offset, offsetof(rille_error, offset) == 8);
LAYOUT(error_message, offsetof(rille_error, message) == 16);
LAYOUT(stat_size, sizeof(rille_stat) == 32);
LAYOUT(stat_handles, offsetof(rille_stat, handles) == 16);
LAYOUT(stat_bytes, offsetof(rille_stat, bytes) == 24);

int failures = 0;

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
    const char *expected = getenv("RILLE_EXPECT_CPU");
    CHECK(strlen(rille_cpu()) >= 4 && (expected == NULL || strcmp(rille_cpu(), expected) == 0));
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

#ifdef RILLE_TESTING
int32_t rille_test_panic(rille_error *err);
uint32_t rille_test_panic_get(void);
int32_t rille_test_panic_buffer(rille_buffer *buffer, rille_error *err);
int32_t rille_test_panic_regex(const rille_regex *regex, rille_error *err);

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

    rille_regex *regex = NULL;
    CHECK(rille_regex_new(bytes("a"), 1, NULL, &regex, &err) == RILLE_OK);
    CHECK(rille_test_panic_regex(regex, &err) == RILLE_EPANIC);
    CHECK(rille_regex_test(regex, bytes("a"), 1, 0, &err) == RILLE_EPOISONED);
    CHECK(rille_regex_groups(regex) == 0 && rille_regex_name(regex, 0) == NULL);
    rille_regex_free(regex);
}
#else
static void panics(void) {}
#endif

int main(void) {
    library();
    count();
    reverse();
    repair();
    bad_input();
    buffer();
    search();
    panics();
    printf("%d failures\n", failures);
    return failures != 0;
}
