/* The C program: differences of two texts. */

#include "program.h"

LAYOUT(diff_options_size, sizeof(rille_diff_options) == 32);
LAYOUT(diff_options_memory_limit, offsetof(rille_diff_options, memory_limit) == 24);
LAYOUT(hunk_size, sizeof(rille_hunk) == 16);
LAYOUT(diff_state_bytes, offsetof(rille_diff_state, bytes) == 16);

#define TEXT(text) BYTES(text), sizeof text - 1

static int is_hunk(const rille_hunk *hunk, uint32_t a_first, uint32_t a_count, uint32_t b_first, uint32_t b_count) {
    return hunk->a_first == a_first && hunk->a_count == a_count && hunk->b_first == b_first && hunk->b_count == b_count;
}

static void diffs(void) {
    rille_diff *diff = NULL;
    rille_error err;
    CHECK(rille_diff_new(TEXT("a\nb\nc\n"), TEXT("a\nc\nd\n"), NULL, &diff, NULL) == RILLE_OK);
    CHECK(rille_diff_count(diff) == 2 && rille_diff_exact(diff) == 1);
    const rille_hunk *hunks = rille_diff_hunks(diff);
    CHECK(is_hunk(&hunks[0], 1, 1, 1, 0) && is_hunk(&hunks[1], 3, 0, 2, 1));
    rille_diff_free(diff);
    CHECK(rille_diff_count(diff) == 0 && rille_diff_hunks(diff) == NULL);
    CHECK(rille_diff_count(NULL) == 0 && rille_diff_exact(NULL) == 0 && rille_diff_hunks(NULL) == NULL);
    rille_diff_free(NULL);
    CHECK(rille_diff_new(NULL, 0, NULL, 0, NULL, &diff, NULL) == RILLE_OK && rille_diff_count(diff) == 0);
    rille_diff_free(diff);

    rille_diff_options options = RILLE_DIFF_OPTIONS_INIT;
    options.algorithm = RILLE_DIFF_MINIMAL, options.space = RILLE_DIFF_SPACE_AMOUNT, options.flags = RILLE_DIFF_IGNORE_CASE;
    CHECK(rille_diff_new(TEXT("A  b\n"), TEXT("a B \n"), &options, &diff, NULL) == RILLE_OK && rille_diff_count(diff) == 0);
    rille_diff_free(diff);

    diff = NULL;
    CHECK(rille_diff_new(NULL, 1, NULL, 0, NULL, &diff, &err) == RILLE_EARG && diff == NULL);
    CHECK(rille_diff_new(NULL, 0, NULL, 0, NULL, NULL, &err) == RILLE_EARG);
    options.algorithm = 3;
    CHECK(rille_diff_new(NULL, 0, NULL, 0, &options, &diff, &err) == RILLE_EARG && strstr(err.message, "rille_diff_algorithm"));
    options.algorithm = 0, options.space = 4;
    CHECK(rille_diff_new(NULL, 0, NULL, 0, &options, &diff, &err) == RILLE_EARG && strstr(err.message, "rille_diff_space"));
    options.space = 0, options.flags = 8;
    CHECK(rille_diff_new(NULL, 0, NULL, 0, &options, &diff, &err) == RILLE_EARG && strstr(err.message, "unknown flags 0x8"));
    options.flags = 0, options.reserved = 1;
    CHECK(rille_diff_new(NULL, 0, NULL, 0, &options, &diff, &err) == RILLE_EARG && strstr(err.message, "reserved is 1"));
    options.reserved = 0, options.memory_limit = -1;
    CHECK(rille_diff_new(NULL, 0, NULL, 0, &options, &diff, &err) == RILLE_EARG && strstr(err.message, "below 0"));
    options.memory_limit = 10;
    CHECK(rille_diff_new(TEXT("a\n"), TEXT("b\n"), &options, &diff, &err) == RILLE_ELIMIT && diff == NULL);
    CHECK(strcmp(err.message, "memory limit of 10 bytes reached") == 0);
}

static void diff_jobs(void) {
    rille_job *job = NULL, *other = NULL;
    rille_diff *diff = NULL, *again = NULL;
    rille_progress done;
    rille_error err;
    rille_diff_options options = RILLE_DIFF_OPTIONS_INIT;
    options.memory_limit = 3;
    CHECK(rille_diff_start(TEXT("a\n"), TEXT("b\n"), &options, &job, &err) == RILLE_ELIMIT && job == NULL);
    CHECK(rille_diff_start(TEXT("a\n"), TEXT("b\n"), NULL, &job, NULL) == RILLE_OK);
    for (done.state = RILLE_JOB_RUNNING; done.state == RILLE_JOB_RUNNING;)
        CHECK(rille_job_wait(job, 120000, NULL) == RILLE_OK && rille_job_poll(job, &done, NULL) == RILLE_OK);
    CHECK(done.state == RILLE_JOB_DONE && rille_diff_take(job, &diff, NULL) == RILLE_OK);
    CHECK(rille_diff_take(job, &again, NULL) == RILLE_OK && again != diff);
    CHECK(rille_diff_take(NULL, &again, &err) == RILLE_EARG && rille_diff_take(job, NULL, &err) == RILLE_EARG);
    rille_job_free(job);
    CHECK(rille_diff_count(diff) == 1 && is_hunk(rille_diff_hunks(again), 0, 1, 0, 1));
    rille_diff_free(diff);
    rille_diff_free(again);
    CHECK(rille_regex_start(TEXT("a"), NULL, &other, NULL) == RILLE_OK);
    CHECK(rille_diff_take(other, &diff, &err) == RILLE_EARG && strstr(err.message, "not a comparison of texts"));
    rille_job_free(other);
}

static void diff_sessions(void) {
    rille_diff_session *session = NULL;
    rille_diff_state state;
    rille_hunk hunks[4];
    rille_job *job = NULL, *other = NULL;
    rille_progress done;
    rille_error err;
    uint32_t count = 9, taken = 9;
    CHECK(rille_diff_session_new(TEXT("a\nb\nc\n"), NULL, &session, NULL) == RILLE_OK);
    CHECK(rille_diff_session_state(session, &state, NULL) == RILLE_OK);
    CHECK(state.lines == 3 && state.hunks == 0 && state.exact == 1 && state.reserved == 0 && state.bytes > 6);
    CHECK(rille_diff_session_edit(session, 1, 1, NULL, 0, 0, NULL) == RILLE_OK);
    CHECK(rille_diff_session_edit(session, 2, 0, TEXT("d\ne"), 2, NULL) == RILLE_OK);
    CHECK(rille_diff_session_hunks(session, 0, UINT32_MAX, hunks, 4, &count, NULL) == RILLE_OK && count == 2);
    CHECK(is_hunk(&hunks[0], 1, 1, 1, 0) && is_hunk(&hunks[1], 3, 0, 2, 2));
    CHECK(rille_diff_session_hunks(session, 0, UINT32_MAX, hunks, 1, &count, NULL) == RILLE_OK && count == 1);
    CHECK(rille_diff_session_hunks(session, 3, 3, hunks, 4, &count, NULL) == RILLE_OK && count == 1);
    CHECK(is_hunk(&hunks[0], 3, 0, 2, 2));

    CHECK(rille_diff_session_edit(session, 5, 0, TEXT("x"), 1, &err) == RILLE_EARG && strstr(err.message, "has 4 lines"));
    CHECK(rille_diff_session_edit(session, 3, 2, TEXT("x"), 1, &err) == RILLE_EARG && strstr(err.message, "lines 3 to 5"));
    CHECK(rille_diff_session_edit(session, 0, UINT32_MAX, TEXT("x"), 1, &err) == RILLE_EARG);
    CHECK(rille_diff_session_edit(session, 0, 0, TEXT("x\n"), 1, &err) == RILLE_EARG && strstr(err.message, "has 2 lines"));
    CHECK(rille_diff_session_edit(session, 0, 0, TEXT("x"), 0, &err) == RILLE_EARG && strstr(err.message, "count is 0"));
    CHECK(rille_diff_session_hunks(session, 0, 0, NULL, 1, &count, &err) == RILLE_EARG);
    CHECK(rille_diff_session_hunks(session, 0, 0, hunks, 1, NULL, &err) == RILLE_EARG);
    CHECK(rille_diff_session_state(session, NULL, &err) == RILLE_EARG && rille_diff_session_state(NULL, &state, &err) == RILLE_EARG);
    CHECK(rille_diff_session_state(session, &state, NULL) == RILLE_OK && state.lines == 4 && state.hunks == 2);

    CHECK(rille_diff_session_start(session, &job, NULL) == RILLE_OK);
    for (done.state = RILLE_JOB_RUNNING; done.state == RILLE_JOB_RUNNING;)
        CHECK(rille_job_wait(job, 120000, NULL) == RILLE_OK && rille_job_poll(job, &done, NULL) == RILLE_OK);
    CHECK(rille_diff_session_take(session, job, &taken, NULL) == RILLE_OK && taken == 1);
    CHECK(rille_diff_session_text(session, TEXT("a\nb\nc"), NULL) == RILLE_OK);
    CHECK(rille_diff_session_take(session, job, &taken, NULL) == RILLE_OK && taken == 0);
    CHECK(rille_diff_session_take(session, NULL, &taken, &err) == RILLE_EARG);
    rille_job_free(job);
    CHECK(rille_regex_start(TEXT("a"), NULL, &other, NULL) == RILLE_OK);
    CHECK(rille_diff_session_take(session, other, &taken, &err) == RILLE_EARG && strstr(err.message, "not a comparison of a session"));
    rille_job_free(other);
    CHECK(rille_diff_session_hunks(session, 0, 9, hunks, 4, &count, NULL) == RILLE_OK && count == 1 && is_hunk(&hunks[0], 2, 1, 2, 1));
    CHECK(rille_diff_session_base(session, TEXT("a\nb\nc"), NULL) == RILLE_OK);
    CHECK(rille_diff_session_hunks(session, 0, 9, hunks, 4, &count, NULL) == RILLE_OK && count == 0);
    rille_diff_session_free(session);
    rille_diff_session_free(NULL);

    rille_diff_options options = RILLE_DIFF_OPTIONS_INIT;
    options.memory_limit = 4;
    session = NULL;
    CHECK(rille_diff_session_new(TEXT("a\nb\nc\n"), &options, &session, &err) == RILLE_ELIMIT && session == NULL);
    CHECK(rille_diff_session_new(NULL, 1, NULL, &session, &err) == RILLE_EARG);
    CHECK(rille_diff_session_new(NULL, 0, NULL, NULL, &err) == RILLE_EARG);
}

void diff(void) {
    diffs();
    diff_jobs();
    diff_sessions();
}
