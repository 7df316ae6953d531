/* The C program: patches, merges and inline differences. */

#include "program.h"

LAYOUT(unified_options_size, sizeof(rille_unified_options) == 16 + 4 * sizeof(void *));
LAYOUT(apply_options_size, sizeof(rille_apply_options) == 16);
LAYOUT(conflict_size, sizeof(rille_conflict) == 32);
LAYOUT(inline_span_size, sizeof(rille_inline_span) == 16);

#define TEXT(text) BYTES(text), sizeof text - 1

/* Whether a buffer has this text; it is empty afterwards. */
static int has(rille_buffer *buffer, const char *text) {
    int same = rille_buffer_len(buffer) == strlen(text) && memcmp(rille_buffer_ptr(buffer), text, strlen(text)) == 0;
    rille_buffer_reset(buffer, NULL);
    return same;
}

static void patches(void) {
    static const char a[] = "a\nb\nc\nd\ne\nf\ng\nh\n", b[] = "a\nB\nc\nd\ne\nf\ng\nh\ni\n";
    rille_hunk hunks[] = {{1, 1, 1, 1}, {8, 0, 8, 1}};
    rille_patch patch = RILLE_PATCH_INIT;
    rille_buffer *out = NULL;
    rille_error err;
    uint32_t misfit[2] = {7, 7};
    patch.count = 2, patch.hunks = hunks;
    patch.a = BYTES(a), patch.a_len = sizeof a - 1, patch.b = BYTES(b), patch.b_len = sizeof b - 1;
    CHECK(rille_buffer_new(0, &out, NULL) == RILLE_OK);

    rille_unified_options unified = RILLE_UNIFIED_OPTIONS_INIT;
    CHECK(rille_diff_unified(&patch, NULL, out, NULL) == RILLE_OK);
    CHECK(has(out, "@@ -1,8 +1,9 @@\n a\n-b\n+B\n c\n d\n e\n f\n g\n h\n+i\n"));
    unified.flags = RILLE_UNIFIED_NO_CONTEXT | RILLE_UNIFIED_HEADINGS;
    unified.a_name = BYTES("x"), unified.a_name_len = 1, unified.b_name = BYTES("y"), unified.b_name_len = 1;
    CHECK(rille_diff_unified(&patch, &unified, out, NULL) == RILLE_OK);
    CHECK(has(out, "--- x\n+++ y\n@@ -2 +2 @@ a\n-b\n+B\n@@ -8,0 +9 @@ h\n+i\n"));
    unified.flags = 4;
    CHECK(rille_diff_unified(&patch, &unified, out, &err) == RILLE_EARG && strstr(err.message, "unknown flags 0x4"));
    unified.flags = 0, unified.reserved = 1;
    CHECK(rille_diff_unified(&patch, &unified, out, &err) == RILLE_EARG && strstr(err.message, "reserved is 1"));
    CHECK(rille_diff_unified(NULL, NULL, out, &err) == RILLE_EARG && strstr(err.message, "patch is NULL"));
    CHECK(rille_diff_unified(&patch, NULL, NULL, &err) == RILLE_EARG);

    CHECK(rille_diff_apply(&patch, TEXT(a), NULL, out, NULL, NULL) == RILLE_OK && has(out, b));
    rille_apply_options which = RILLE_APPLY_OPTIONS_INIT;
    which.hunk = 2, which.flags = RILLE_APPLY_REVERSE;
    CHECK(rille_diff_apply(&patch, TEXT(b), &which, out, misfit, NULL) == RILLE_OK);
    CHECK(has(out, "a\nB\nc\nd\ne\nf\ng\nh\n") && misfit[0] == 7);
    CHECK(rille_diff_apply(&patch, TEXT("a\nx\n"), NULL, out, misfit, NULL) == RILLE_NONE);
    CHECK(misfit[0] == 0 && misfit[1] == 1 && has(out, ""));
    which.hunk = 3;
    CHECK(rille_diff_apply(&patch, TEXT(b), &which, out, NULL, &err) == RILLE_EARG && strstr(err.message, "no hunk 3"));
    which.hunk = 0, which.flags = 2;
    CHECK(rille_diff_apply(&patch, TEXT(b), &which, out, NULL, &err) == RILLE_EARG && strstr(err.message, "unknown flags"));
    CHECK(rille_diff_apply(&patch, NULL, 1, NULL, out, NULL, &err) == RILLE_EARG);

    /* Hunks of other texts, and a text in the output. */
    hunks[1].b_first = 7;
    CHECK(rille_diff_unified(&patch, NULL, out, &err) == RILLE_EARG && strstr(err.message, "hunk 2"));
    hunks[1].b_first = 8, hunks[1].a_first = UINT32_MAX, hunks[1].a_count = UINT32_MAX;
    CHECK(rille_diff_apply(&patch, TEXT(a), NULL, out, NULL, &err) == RILLE_EARG && strstr(err.message, "not within"));
    patch.hunks = NULL;
    CHECK(rille_diff_unified(&patch, NULL, out, &err) == RILLE_EARG && strstr(err.message, "array of hunks"));
    CHECK(rille_buffer_append(out, TEXT("text"), NULL) == RILLE_OK);
    patch.count = 0, patch.b = patch.a, patch.b_len = patch.a_len;
    CHECK(rille_diff_apply(&patch, rille_buffer_ptr(out), 4, NULL, out, NULL, &err) == RILLE_EARG);
    patch.a = rille_buffer_ptr(out), patch.a_len = 4;
    CHECK(rille_diff_unified(&patch, NULL, out, &err) == RILLE_EARG && strstr(err.message, "lies in the buffer"));
    CHECK(has(out, "text"));
    rille_buffer_free(out);
}

static void merges(void) {
    rille_merge merge = RILLE_MERGE_INIT;
    rille_buffer *out = NULL, *conflicts = NULL;
    rille_conflict conflict;
    rille_error err;
    merge.base = BYTES("1\n2\n3\n"), merge.base_len = 6;
    merge.ours = BYTES("1\ntwo\n3\n"), merge.ours_len = 8;
    merge.theirs = BYTES("1\nzwei\n3\n"), merge.theirs_len = 9;
    merge.ours_name = BYTES("A"), merge.ours_name_len = 1;
    CHECK(rille_buffer_new(0, &out, NULL) == RILLE_OK && rille_buffer_new(0, &conflicts, NULL) == RILLE_OK);
    CHECK(rille_diff_merge3(&merge, out, conflicts, NULL) == RILLE_NONE);
    CHECK(has(out, "1\n<<<<<<< A\ntwo\n=======\nzwei\n>>>>>>>\n3\n"));
    CHECK(rille_buffer_len(conflicts) == sizeof conflict);
    memcpy(&conflict, rille_buffer_ptr(conflicts), sizeof conflict);
    CHECK(conflict.start == 2 && conflict.stop == 37 && conflict.base_first == 1 && conflict.base_count == 1);
    CHECK(conflict.ours_first == 1 && conflict.ours_count == 1 && conflict.theirs_first == 1 && conflict.theirs_count == 1);
    rille_buffer_reset(conflicts, NULL);
    merge.favor = RILLE_MERGE_UNION;
    CHECK(rille_diff_merge3(&merge, out, NULL, NULL) == RILLE_OK && has(out, "1\ntwo\nzwei\n3\n"));
    merge.favor = RILLE_MERGE_SHOW, merge.style = RILLE_MERGE_DIFF3;
    CHECK(rille_diff_merge3(&merge, out, NULL, NULL) == RILLE_NONE);
    CHECK(has(out, "1\n<<<<<<< A\ntwo\n|||||||\n2\n=======\nzwei\n>>>>>>>\n3\n"));

    CHECK(rille_diff_merge3(&merge, out, out, &err) == RILLE_EARG && strstr(err.message, "the same buffer"));
    CHECK(rille_diff_merge3(&merge, NULL, conflicts, &err) == RILLE_EARG);
    CHECK(rille_diff_merge3(NULL, out, NULL, &err) == RILLE_EARG && strstr(err.message, "merge is NULL"));
    merge.style = 2;
    CHECK(rille_diff_merge3(&merge, out, NULL, &err) == RILLE_EARG && strstr(err.message, "rille_merge_style"));
    merge.style = 0, merge.favor = 4;
    CHECK(rille_diff_merge3(&merge, out, NULL, &err) == RILLE_EARG && strstr(err.message, "rille_merge_favor"));
    merge.favor = 0, merge.reserved = 1;
    CHECK(rille_diff_merge3(&merge, out, NULL, &err) == RILLE_EARG && strstr(err.message, "reserved is 1"));
    merge.reserved = 0;
    CHECK(rille_buffer_append(conflicts, TEXT("text"), NULL) == RILLE_OK);
    merge.base = rille_buffer_ptr(conflicts), merge.base_len = 4;
    CHECK(rille_diff_merge3(&merge, out, conflicts, &err) == RILLE_EARG && strstr(err.message, "lies in the buffer"));
    CHECK(has(out, "") && has(conflicts, "text"));
    rille_buffer_free(conflicts);
    rille_buffer_free(out);
}

static void inline_diffs(void) {
    rille_inline *diff = NULL;
    rille_error err;
    CHECK(rille_inline_new(&diff, NULL) == RILLE_OK && rille_inline_count(diff) == 0);
    CHECK(rille_inline_compare(diff, TEXT("f(a, b)"), TEXT("f(a, c)"), RILLE_UNIT_WORD, NULL) == RILLE_OK);
    CHECK(rille_inline_count(diff) == 1 && rille_inline_exact(diff) == 1);
    const rille_inline_span *span = rille_inline_spans(diff);
    CHECK(span->a_start == 5 && span->a_stop == 6 && span->b_start == 5 && span->b_stop == 6);
    CHECK(rille_inline_compare(diff, TEXT("a"), TEXT("a"), RILLE_UNIT_CHAR, NULL) == RILLE_NONE && rille_inline_count(diff) == 0);
    CHECK(rille_inline_compare(diff, NULL, 0, TEXT("a"), RILLE_UNIT_GRAPHEME, NULL) == RILLE_OK && rille_inline_count(diff) == 1);
    CHECK(rille_inline_compare(diff, TEXT("a"), TEXT("b"), RILLE_UNIT_LINE, &err) == RILLE_EARG && strstr(err.message, "Line"));
    CHECK(rille_inline_compare(diff, TEXT("a"), TEXT("b"), 99, &err) == RILLE_EARG && strstr(err.message, "unknown unit 99"));
    CHECK(rille_inline_compare(diff, NULL, 1, TEXT("b"), RILLE_UNIT_WORD, &err) == RILLE_EARG);
    CHECK(rille_inline_compare(NULL, TEXT("a"), TEXT("b"), RILLE_UNIT_WORD, &err) == RILLE_EARG);
    CHECK(rille_inline_new(NULL, &err) == RILLE_EARG);
    CHECK(rille_inline_count(NULL) == 0 && rille_inline_exact(NULL) == 0 && rille_inline_spans(NULL) == NULL);
    rille_inline_free(diff);
    rille_inline_free(NULL);
}

void patch(void) {
    patches();
    merges();
    inline_diffs();
}
