/* The C program: uses the library through its header alone, as a C programmer does. test/rust/program.rs compiles it as C99,
 * with sanitizers, and runs it, under valgrind where there is one. */

#include "program.h"

LAYOUT(error_size, sizeof(rille_error) == 256);
LAYOUT(error_status, offsetof(rille_error, status) == 0);
LAYOUT(error_length, offsetof(rille_error, length) == 4);
LAYOUT(error_offset, offsetof(rille_error, offset) == 8);
LAYOUT(error_message, offsetof(rille_error, message) == 16);
LAYOUT(layout_start, offsetof(rille_layout_options, start) == 36);
LAYOUT(layout_ellipsis, offsetof(rille_layout_options, ellipsis) == 40);
LAYOUT(cut_size, sizeof(rille_cut) == 16);
LAYOUT(line_size, sizeof(rille_line) == 16);
LAYOUT(stat_size, sizeof(rille_stat) == 32);
LAYOUT(stat_handles, offsetof(rille_stat, handles) == 16);
LAYOUT(stat_bytes, offsetof(rille_stat, bytes) == 24);

int failures = 0;

static const uint8_t *bytes(const char *text) { return (const uint8_t *)text; }

/* A copy without a byte to spare, so that a tool detects any read past its end. */
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
    CHECK(strcmp(rille_unicode_version(), "18.0") == 0);
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

static void offset(void) {
    rille_offset_options options = {sizeof options, RILLE_UNIT_BYTE, RILLE_UNIT_UTF16};
    uint32_t positions[6] = {0, 1, 3, 5, 7, 99}, back[6] = {7, 0, 5, 99, 3, 1}, out[6];
    uint32_t columns[6] = {0, 1, 2, 2, 4, 5}, one = 77;
    size_t len = 8;
    uint8_t *text = exact("a\xC3\xA9\xF0\x9F\x98\x80z", len);
    CHECK(rille_text_offsets(text, len, positions, 6, &options, out, NULL) == RILLE_OK);
    CHECK(memcmp(out, columns, sizeof out) == 0);
    CHECK(rille_text_offsets(text, len, back, 6, &options, out, NULL) == RILLE_OK);
    CHECK(out[0] == 4 && out[1] == 0 && out[2] == 2 && out[3] == 5 && out[4] == 2 && out[5] == 1);
    CHECK(rille_text_offset(text, len, 4, &options, &one, NULL) == RILLE_OK && one == 2);
    options.from = RILLE_UNIT_GRAPHEME, options.to = RILLE_UNIT_BYTE;
    CHECK(rille_text_offset(text, len, 3, &options, &one, NULL) == RILLE_OK && one == 7);
    CHECK(rille_text_offsets(text, len, NULL, 0, &options, NULL, NULL) == RILLE_OK);
    CHECK(rille_text_offsets(text, len, NULL, 1, &options, out, NULL) == RILLE_EARG);
    CHECK(rille_text_offsets(text, len, out, 6, &options, out, NULL) == RILLE_EARG);
    options.to = RILLE_UNIT_LINE;
    CHECK(rille_text_offset(text, len, 3, &options, &one, NULL) == RILLE_EARG && one == 7);
    options.size = 2;
    CHECK(rille_text_offset(text, len, 3, &options, &one, NULL) == RILLE_EARG);
    free(text);
}

/* Every segment of a text, in batches of each size. */
static void segments(void) {
    static const uint32_t units[5] = {
        RILLE_UNIT_GRAPHEME, RILLE_UNIT_WORD, RILLE_UNIT_SENTENCE, RILLE_UNIT_LINE, RILLE_UNIT_LINEBREAK,
    };
    static const char content[] = "One, tw\xC3\xB6. e\xCC\x81\r\n\xE2\x82\n\nlast";
    size_t len = sizeof content - 1;
    uint8_t *text = exact(content, len);
    for (size_t i = 0; i < 5; i++) {
        for (uint32_t capacity = 1; capacity < 8; capacity++) {
            rille_segment_options options = {sizeof options, units[i], 0, capacity};
            uint32_t *spans = malloc(capacity * 2 * sizeof *spans);
            uint32_t count = 0, total = 0, expected = 0, last = 0;
            int32_t status;
            do {
                status = rille_text_segments(text, len, &options, spans, &count, &options.from, NULL);
                CHECK(status == RILLE_OK || (status == RILLE_MORE && count == capacity));
                for (uint32_t n = 0; n < count; n++) {
                    CHECK(last <= spans[2 * n] && spans[2 * n] <= spans[2 * n + 1]);
                    last = spans[2 * n + 1];
                }
                total += count;
            } while (status == RILLE_MORE);
            CHECK(rille_text_count(text, len, units[i], &expected, NULL) == RILLE_OK && total == expected);
            free(spans);
        }
    }
    free(text);
    rille_segment_options options = {sizeof options, RILLE_UNIT_CHAR, 0, 1};
    uint32_t span[2], count, next;
    CHECK(rille_text_segments(bytes("a"), 1, &options, span, &count, &next, NULL) == RILLE_EARG);
    options.unit = RILLE_UNIT_LINE;
    CHECK(rille_text_segments(bytes("a"), 1, &options, NULL, &count, &next, NULL) == RILLE_EARG);
    CHECK(rille_text_segments(bytes("a"), 1, &options, span, &count, NULL, NULL) == RILLE_EARG);
}

static void case_and_form(void) {
    static const char content[] = "Stra\xC3\x9F\x65 e\xCC\x81";
    size_t len = sizeof content - 1;
    uint8_t *text = exact(content, len);
    uint32_t needed = 0, written = 0, equal = 7;
    CHECK(rille_text_case_len(text, len, RILLE_CASE_UPPER, &needed, NULL) == RILLE_OK && needed == 11);
    for (size_t capacity = 0; capacity <= 3 * len; capacity++) {
        uint8_t *out = malloc(capacity ? capacity : 1);
        int32_t status = rille_text_case(text, len, RILLE_CASE_UPPER, out, capacity, &written, NULL);
        CHECK(status == (capacity < needed ? RILLE_ESHORT : RILLE_OK));
        if (status == RILLE_OK) CHECK(written == 11 && memcmp(out, "STRASSE E\xCC\x81", 11) == 0);
        free(out);
    }
    CHECK(rille_text_case_len(text, len, 3, &needed, NULL) == RILLE_EARG);
    CHECK(rille_text_equal_fold(bytes("stra\xC3\x9F\x65"), 7, bytes("STRASSE"), 7, &equal, NULL) == RILLE_OK);
    CHECK(equal == 1);
    CHECK(rille_text_equal_fold(bytes("a"), 1, bytes("b"), 1, &equal, NULL) == RILLE_OK && equal == 0);

    CHECK(rille_text_normalized(text, len, RILLE_FORM_NFC, &needed, NULL) == RILLE_OK && needed == 8);
    CHECK(rille_text_normalized(text, len, RILLE_FORM_NFD, &needed, NULL) == RILLE_OK && needed == len);
    CHECK(rille_text_normalize_len(text, len, RILLE_FORM_NFC, &needed, NULL) == RILLE_OK && needed == 10);
    for (size_t capacity = 0; capacity <= 3 * len; capacity++) {
        uint8_t *out = malloc(capacity ? capacity : 1);
        int32_t status = rille_text_normalize(text, len, RILLE_FORM_NFC, out, capacity, &written, NULL);
        CHECK(status == (capacity < needed ? RILLE_ESHORT : RILLE_OK));
        if (status == RILLE_OK) CHECK(written == 10 && memcmp(out, "Stra\xC3\x9F\x65 \xC3\xA9", 10) == 0);
        free(out);
    }
    CHECK(rille_text_normalize_len(text, len, 4, &needed, NULL) == RILLE_EARG);
    free(text);
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
    /* Refused by its length alone: the text is not read. */
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
    rille_stat stats[16];
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

    CHECK(rille_stats(NULL, 0, &kinds, &err) == RILLE_OK && kinds >= 1 && kinds <= 16);
    CHECK(rille_stats(stats, 16, &kinds, &err) == RILLE_OK);
    CHECK(strcmp(stats[0].kind, "buffer") == 0 && stats[0].handles == 1 && stats[0].bytes >= 16);
    CHECK(rille_stats(NULL, 16, &kinds, &err) == RILLE_EARG);

    CHECK(rille_buffer_reset(buffer, &err) == RILLE_OK && rille_buffer_len(buffer) == 0);
    rille_buffer_free(buffer);
    CHECK(rille_stats(stats, 16, &kinds, &err) == RILLE_OK && stats[0].handles == 0 && stats[0].bytes == 0);

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

static void cells(void) {
    rille_layout_options layout = {0};
    rille_cut cut, cuts[2];
    rille_slice texts[2];
    rille_line lines[2];
    rille_error err;
    uint32_t width = 99, left = 99, right = 99, count = 99;
    /* "a", U+65E5, U+672C, a tab, an invalid byte. */
    const uint8_t *text = bytes("a\xE6\x97\xA5\xE6\x9C\xAC\t\xFF");

    CHECK(rille_text_width(text, 9, NULL, &width, NULL) == RILLE_OK && width == 9);
    layout.size = sizeof layout;
    layout.tabstop = 3;
    layout.column = 1;
    CHECK(rille_text_width(text, 9, &layout, &width, NULL) == RILLE_OK && width == 9);
    layout.style = RILLE_STYLE_NEOVIM;
    CHECK(rille_text_width(text, 9, &layout, &width, NULL) == RILLE_OK && width == 12);

    memset(&layout, 0, sizeof layout);
    layout.size = sizeof layout;
    layout.cells = 4;
    CHECK(rille_text_truncate(text, 9, &layout, &cut, NULL) == RILLE_OK);
    CHECK(cut.head == 4 && cut.ellipsis == 3 && cut.tail == 9 && cut.cells == 4);
    layout.side = RILLE_SIDE_MIDDLE;
    layout.ellipsis = bytes("..");
    layout.ellipsis_len = 2;
    texts[0].ptr = bytes("hello");
    texts[0].len = 5;
    texts[1].ptr = NULL;
    texts[1].len = 0;
    CHECK(rille_text_truncate_list(texts, 2, &layout, cuts, NULL) == RILLE_OK);
    CHECK(cuts[0].head == 1 && cuts[0].ellipsis == 2 && cuts[0].tail == 4 && cuts[0].cells == 4);
    CHECK(cuts[1].head == 0 && cuts[1].ellipsis == 0 && cuts[1].tail == 0 && cuts[1].cells == 0);

    layout.align = RILLE_ALIGN_CENTER;
    CHECK(rille_text_pad(bytes("a"), 1, &layout, &left, &right, NULL) == RILLE_OK && left == 1 && right == 2);

    layout.cells = 5;
    CHECK(rille_text_wrap(bytes("two words\nx"), 11, &layout, lines, 2, &count, NULL) == RILLE_OK && count == 2);
    CHECK(lines[0].start == 0 && lines[0].stop == 3 && lines[0].next == 4 && lines[0].cells == 3);
    CHECK(lines[1].start == 4 && lines[1].stop == 9 && lines[1].next == 10 && lines[1].cells == 5);
    layout.start = lines[1].next;
    CHECK(rille_text_wrap(bytes("two words\nx"), 11, &layout, lines, 2, &count, NULL) == RILLE_OK && count == 1);
    CHECK(lines[0].start == 10 && lines[0].next == 11);

    width = 77;
    layout.style = 3;
    CHECK(rille_text_width(text, 9, &layout, &width, &err) == RILLE_EARG && strstr(err.message, "RILLE_STYLE_") != NULL);
    layout.style = 0;
    layout.ambiguous = 3;
    CHECK(rille_text_width(text, 9, &layout, &width, &err) == RILLE_EARG && strstr(err.message, "ambiguous") != NULL);
    layout.ambiguous = 0;
    layout.size = 0;
    CHECK(rille_text_width(text, 9, &layout, &width, &err) == RILLE_EARG && strstr(err.message, "size") != NULL);
    layout.size = sizeof layout;
    CHECK(rille_text_width(NULL, 9, &layout, &width, &err) == RILLE_EARG);
    CHECK(rille_text_width(text, 9, &layout, NULL, &err) == RILLE_EARG && width == 77);
    CHECK(rille_text_truncate_list(NULL, 2, &layout, cuts, &err) == RILLE_EARG);
    texts[1].len = 1;
    CHECK(rille_text_truncate_list(texts, 2, &layout, cuts, &err) == RILLE_EARG);
    CHECK(rille_text_truncate_list(NULL, 0, &layout, NULL, &err) == RILLE_OK);
    layout.start = 12;
    CHECK(rille_text_wrap(text, 9, &layout, lines, 2, &count, &err) == RILLE_EARG);
    layout.start = 0;
    CHECK(rille_text_wrap(text, 9, &layout, lines, 0, &count, &err) == RILLE_EARG);
    CHECK(rille_text_wrap(text, 9, &layout, NULL, 2, &count, &err) == RILLE_EARG);
    layout.cells = 0;
    CHECK(rille_text_wrap(text, 9, &layout, lines, 2, &count, &err) == RILLE_EARG);
    layout.ellipsis = NULL;
    CHECK(rille_text_truncate(text, 9, &layout, &cut, &err) == RILLE_EARG);
}

int main(void) {
    library();
    cells();
    count();
    reverse();
    repair();
    offset();
    segments();
    case_and_form();
    bad_input();
    buffer();
    boundary();
    search();
    scan();
    project();
    spool();
    file();
    fuzzy();
    diff();
    patch();
    panics();
    leave_jobs();
    printf("%d failures\n", failures);
    return failures != 0;
}
