/* The C program: searches. */

#include "program.h"

#include <pthread.h>

LAYOUT(scan_size, sizeof(rille_scan) == 16);
LAYOUT(regex_options_size, sizeof(rille_regex_options) == 16);
LAYOUT(literals_options_size, sizeof(rille_literals_options) == 16);
LAYOUT(replacement_text, offsetof(rille_replacement, text) == 16);
LAYOUT(replacements_text, offsetof(rille_replacements, text) == 16);

static rille_regex *compile(const char *pattern) {
    rille_regex *regex = NULL;
    CHECK(rille_regex_new(BYTES(pattern), strlen(pattern), NULL, &regex, NULL) == RILLE_OK);
    return regex;
}

static int holds(const rille_buffer *buffer, const char *expected) {
    return rille_buffer_len(buffer) == strlen(expected) &&
           memcmp(rille_buffer_ptr(buffer), expected, strlen(expected)) == 0;
}

static void regex(void) {
    rille_regex *words = compile("(?<first>\\w)(\\d)?\\w*");
    uint32_t span[2] = {7, 7}, count = 99;
    CHECK(rille_regex_test(words, BYTES(" ab"), 3, 0, NULL) == RILLE_OK);
    CHECK(rille_regex_test(words, BYTES(" ab"), 3, 3, NULL) == RILLE_NONE);
    CHECK(rille_regex_find(words, BYTES(" ab c"), 5, 0, span, NULL) == RILLE_OK && span[0] == 1 && span[1] == 3);
    span[0] = 7;
    CHECK(rille_regex_find(words, BYTES(" ab"), 3, 4, span, NULL) == RILLE_NONE && span[0] == 7);
    CHECK(rille_regex_find(words, NULL, 0, 0, span, NULL) == RILLE_NONE);
    CHECK(rille_regex_count(words, BYTES("a b c"), 5, 0, &count, NULL) == RILLE_OK && count == 3);
    CHECK(rille_regex_groups(words) == 2);
    CHECK(strcmp(rille_regex_name(words, 1), "first") == 0);
    CHECK(rille_regex_name(words, 0) == NULL && rille_regex_name(words, 2) == NULL && rille_regex_name(words, 3) == NULL);

    /* All matches, in batches of two. */
    const char *text = "a b2 c d e";
    rille_scan scan = {sizeof scan, 0, 0, 2};
    uint32_t spans[4], total = 0;
    int32_t status;
    do {
        status = rille_regex_spans(words, BYTES(text), 10, &scan, spans, &count, NULL);
        CHECK(status >= 0 && count <= 2);
        total += count;
        scan.from = count ? spans[2 * count - 1] : scan.from;
        scan.after = 1;
    } while (status == RILLE_MORE);
    CHECK(total == 5);

    uint32_t slots[12];
    scan.from = 0, scan.after = 0;
    CHECK(rille_regex_captures(words, BYTES(text), 10, &scan, slots, &count, NULL) == RILLE_MORE && count == 2);
    CHECK(slots[2] == 0 && slots[3] == 1 && slots[4] == RILLE_UNSET && slots[5] == RILLE_UNSET);
    CHECK(slots[6] == 2 && slots[7] == 4 && slots[10] == 3 && slots[11] == 4);
    scan.capacity = 0;
    CHECK(rille_regex_spans(words, BYTES(text), 10, &scan, NULL, &count, NULL) == RILLE_MORE && count == 0);

    /* Empty matches at every place, each once. */
    rille_regex *empty = compile("");
    uint32_t places[8];
    scan.capacity = 4;
    CHECK(rille_regex_spans(empty, BYTES("a\xC3\xA9\xFF"), 4, &scan, places, &count, NULL) == RILLE_MORE);
    CHECK(count == 4 && places[0] == 0 && places[2] == 1 && places[4] == 3 && places[6] == 4);
    scan.from = 4, scan.after = 1;
    CHECK(rille_regex_spans(empty, BYTES("a\xC3\xA9\xFF"), 4, &scan, places, &count, NULL) == RILLE_OK && count == 0);
    rille_regex_free(empty);
    rille_regex_free(words);
    rille_regex_free(NULL);
}

static void bad_patterns(void) {
    rille_error err;
    rille_regex *out = NULL;
    rille_regex_options options = {sizeof options, 0, 1000, 0};
    CHECK(rille_regex_new(BYTES("a(b"), 3, NULL, &out, &err) == RILLE_EPATTERN && err.offset == 1 && out == NULL);
    CHECK(rille_regex_new(BYTES("a\xFF"), 2, NULL, &out, &err) == RILLE_EPATTERN && err.offset == 1);
    CHECK(rille_regex_new(BYTES("\\w{9}"), 5, &options, &out, &err) == RILLE_ELIMIT && strstr(err.message, "1000") != NULL);
    options.flags = 1024;
    CHECK(rille_regex_new(BYTES("a"), 1, &options, &out, &err) == RILLE_EARG);
    options.flags = 0, options.size = 0;
    CHECK(rille_regex_new(BYTES("a"), 1, &options, &out, &err) == RILLE_EARG && strstr(err.message, "sizeof") != NULL);
    options.size = sizeof options, options.flags = RILLE_REGEX_IGNORE_CASE;
    CHECK(rille_regex_new(BYTES("a"), 1, &options, &out, &err) == RILLE_OK);
    CHECK(rille_regex_test(out, BYTES("A"), 1, 0, &err) == RILLE_OK);

    uint32_t span[2] = {7, 7};
    CHECK(rille_regex_find(NULL, BYTES("a"), 1, 0, span, &err) == RILLE_EARG && strstr(err.message, "regex is NULL") != NULL);
    CHECK(rille_regex_find(out, NULL, 1, 0, span, &err) == RILLE_EARG);
    CHECK(rille_regex_find(out, BYTES("a"), 1, 0, NULL, &err) == RILLE_EARG);
    CHECK(rille_regex_find(out, BYTES("a"), (size_t)UINT32_MAX + 1, 0, span, &err) == RILLE_ETOOBIG && span[0] == 7);
    CHECK(rille_regex_new(BYTES("a"), 1, NULL, NULL, &err) == RILLE_EARG);
    CHECK(rille_regex_new(NULL, 1, NULL, &out, &err) == RILLE_EARG);
    rille_regex_free(out);
}

static void replace(void) {
    rille_error err;
    rille_buffer *out = NULL;
    uint32_t count = 99;
    rille_regex *pair = compile("(\\w)=(\\w)");
    rille_replacement how = {sizeof how, 0, 0, 0, BYTES("$2=$1"), 5};
    CHECK(rille_buffer_new(0, &out, NULL) == RILLE_OK);
    CHECK(rille_regex_replace(pair, BYTES("a=b, c=d"), 8, &how, out, &count, &err) == RILLE_OK && count == 2);
    CHECK(holds(out, "b=a, d=c"));
    how.limit = 1, how.literal = 1;
    CHECK(rille_regex_replace(pair, BYTES("a=b, c=d"), 8, &how, out, &count, &err) == RILLE_OK && count == 1);
    CHECK(holds(out, "b=a, d=c$2=$1, c=d"));
    rille_buffer_reset(out, NULL);
    CHECK(rille_regex_replace(pair, BYTES("a"), 1, NULL, out, &count, &err) == RILLE_NONE && count == 0 && holds(out, "a"));
    how.text = BYTES("x$3"), how.len = 3, how.literal = 0;
    CHECK(rille_regex_replace(pair, BYTES("a=b"), 3, &how, out, &count, &err) == RILLE_EPATTERN && err.offset == 1);
    CHECK(holds(out, "a"));
    CHECK(rille_regex_replace(pair, rille_buffer_ptr(out), 1, NULL, out, &count, &err) == RILLE_EARG);
    CHECK(rille_regex_replace(pair, BYTES("a"), 1, NULL, NULL, &count, &err) == RILLE_EARG && strstr(err.message, "buffer is NULL") != NULL);
    rille_buffer_reset(out, NULL);
    CHECK(rille_regex_escape(BYTES("a.b"), 3, out, &err) == RILLE_OK && holds(out, "a\\.b"));
    rille_buffer_reset(out, NULL);
    CHECK(rille_regex_from_lua(BYTES("%d+"), 3, out, &err) == RILLE_OK && holds(out, "(?s-u)[0-9]+"));
    CHECK(rille_regex_from_lua(BYTES("a%b()"), 5, out, &err) == RILLE_EPATTERN && err.offset == 1);
    uint32_t features[4];
    CHECK(rille_regex_explain_pcre(BYTES("(?=a)b++"), 8, features, 2, &count, &err) == RILLE_OK && count == 2);
    CHECK(features[0] == RILLE_PCRE_LOOK_AHEAD && features[1] == 0);
    CHECK(features[2] == RILLE_PCRE_POSSESSIVE && features[3] == 7);
    CHECK(rille_regex_explain_pcre(BYTES("(?=a)b++"), 8, features, 1, &count, &err) == RILLE_MORE && count == 1);
    CHECK(rille_regex_explain_pcre(BYTES("a"), 1, NULL, 0, &count, &err) == RILLE_NONE && count == 0);
    rille_regex_free(pair);
    rille_buffer_free(out);
}

static void lists(void) {
    rille_error err;
    uint32_t ends[] = {1, 3, 6}, ids[3], count = 99, hit[6];
    rille_regexset *set = NULL;
    CHECK(rille_regexset_new(BYTES("ab.c$x"), 5, ends, 2, NULL, &set, &err) == RILLE_OK && rille_regexset_len(set) == 2);
    CHECK(rille_regexset_matches(set, BYTES("a bx"), 4, ids, 3, &count, &err) == RILLE_OK && count == 2 && ids[0] == 0 && ids[1] == 1);
    CHECK(rille_regexset_matches(set, BYTES("x"), 1, ids, 3, &count, &err) == RILLE_NONE && count == 0);
    CHECK(rille_regexset_matches(set, BYTES("x"), 1, ids, 1, &count, &err) == RILLE_ESHORT);
    CHECK(rille_regexset_test(set, BYTES("a"), 1, &err) == RILLE_OK);
    CHECK(rille_regexset_test(set, BYTES("b"), 1, &err) == RILLE_NONE);
    rille_regexset_free(set);
    CHECK(rille_regexset_new(BYTES("a(("), 3, ends, 2, NULL, &set, &err) == RILLE_EPATTERN && strstr(err.message, "pattern 2 of 2") != NULL);
    CHECK(rille_regexset_new(BYTES("a"), 1, ends, 2, NULL, &set, &err) == RILLE_EARG);
    CHECK(rille_regexset_new(BYTES("a"), 1, NULL, 2, NULL, &set, &err) == RILLE_EARG);
    CHECK(rille_regexset_new(NULL, 0, NULL, 0, NULL, &set, &err) == RILLE_OK);
    CHECK(rille_regexset_test(set, BYTES("a"), 1, &err) == RILLE_NONE);
    rille_regexset_free(set);

    rille_literals *literals = NULL;
    CHECK(rille_literals_new(BYTES("abccde"), 6, ends, 3, NULL, &literals, &err) == RILLE_OK && rille_literals_len(literals) == 3);
    CHECK(rille_literals_find(literals, BYTES("xbca"), 4, 0, hit, &err) == RILLE_OK && hit[0] == 1 && hit[1] == 3 && hit[2] == 1);
    CHECK(rille_literals_find(literals, BYTES("xbc"), 3, 2, hit, &err) == RILLE_NONE);
    CHECK(rille_literals_count(literals, BYTES("abca"), 4, 0, &count, &err) == RILLE_OK && count == 3);
    rille_scan scan = {sizeof scan, 0, 0, 2};
    CHECK(rille_literals_spans(literals, BYTES("abca"), 4, &scan, hit, &count, &err) == RILLE_MORE && count == 2);
    CHECK(hit[3] == 1 && hit[4] == 3 && hit[5] == 1);
    scan.from = 3, scan.after = 1;
    CHECK(rille_literals_spans(literals, BYTES("abca"), 4, &scan, hit, &count, &err) == RILLE_OK && count == 1 && hit[0] == 3);

    rille_buffer *out = NULL;
    rille_stream *stream = NULL;
    uint32_t all = 1;
    rille_replacements how = {sizeof how, 0, 1, 0, BYTES("-"), 1, &all};
    CHECK(rille_buffer_new(0, &out, NULL) == RILLE_OK);
    CHECK(rille_literals_replace(literals, BYTES("abcx"), 4, &how, out, &count, &err) == RILLE_OK && count == 2 && holds(out, "--x"));
    CHECK(rille_stream_new_literals(literals, &how, &stream, &err) == RILLE_OK);
    how.count = 2;
    CHECK(rille_literals_replace(literals, BYTES("a"), 1, &how, out, &count, &err) == RILLE_EARG);
    uint32_t empty[] = {1, 1};
    rille_literals *none = NULL;
    CHECK(rille_literals_new(BYTES("a"), 1, empty, 2, NULL, &none, &err) == RILLE_EPATTERN && strstr(err.message, "literal 2 of 2") != NULL);
    rille_literals_free(literals);

    /* The list is freed, and the stream continues. */
    rille_buffer_reset(out, NULL);
    CHECK(rille_stream_hold_back(stream) == 2);
    CHECK(rille_stream_feed(stream, BYTES("xcd"), 3, out, &err) == RILLE_OK && holds(out, "x"));
    CHECK(rille_stream_feed(stream, BYTES("ey"), 2, out, &err) == RILLE_OK);
    CHECK(rille_stream_finish(stream, out, &err) == RILLE_OK && holds(out, "x-y") && rille_stream_count(stream) == 1);
    CHECK(rille_stream_feed(stream, BYTES("a"), 1, out, &err) == RILLE_EARG && strstr(err.message, "finished") != NULL);
    CHECK(rille_stream_finish(stream, out, &err) == RILLE_EARG);
    rille_stream_free(stream);

    rille_regex *word = compile("\\w+");
    CHECK(rille_stream_new_regex(word, NULL, 0, &stream, &err) == RILLE_EARG &&
          strcmp(err.message, "a match of this pattern may have any length; set max_match_length") == 0);
    CHECK(rille_stream_new_regex(word, NULL, 3, &stream, &err) == RILLE_OK);
    rille_regex_free(word);
    rille_buffer_reset(out, NULL);
    CHECK(rille_stream_feed(stream, BYTES("ab, cd, "), 8, out, &err) == RILLE_OK);
    CHECK(rille_stream_feed(stream, BYTES("long words"), 10, out, &err) >= RILLE_ELIMIT);
    CHECK(rille_stream_finish(stream, out, &err) == RILLE_ELIMIT && err.offset == 8);
    CHECK(rille_stream_feed(stream, NULL, 0, out, &err) == RILLE_ELIMIT);
    rille_stream_free(stream);
    rille_stream_free(NULL);
    rille_regexset_free(NULL);
    rille_literals_free(NULL);
    rille_buffer_free(out);
}

/* One pattern and one list, searched by several threads at once. */
typedef struct {
    const rille_regex *regex;
    const rille_literals *literals;
    uint32_t found;
} shared;

static void *search_shared(void *argument) {
    shared *mine = argument;
    const char *text = "one two@three four@five";
    uint32_t span[2], hit[3], count;
    for (int i = 0; i < 200; i++) {
        if (rille_regex_find(mine->regex, BYTES(text), strlen(text), 8, span, NULL) == RILLE_OK && span[0] == 14) mine->found++;
        if (rille_regex_count(mine->regex, BYTES(text), strlen(text), 0, &count, NULL) == RILLE_OK && count == 2) mine->found++;
        if (rille_literals_find(mine->literals, BYTES(text), strlen(text), 0, hit, NULL) == RILLE_OK && hit[0] == 8) mine->found++;
    }
    return NULL;
}

static void threads(void) {
    rille_regex *regex = compile("\\w+@\\w+");
    rille_literals *literals = NULL;
    uint32_t ends[] = {5, 9};
    CHECK(rille_literals_new(BYTES("threefour"), 9, ends, 2, NULL, &literals, NULL) == RILLE_OK);
    pthread_t all[4];
    shared each[4];
    for (int i = 0; i < 4; i++) {
        each[i].regex = regex, each[i].literals = literals, each[i].found = 0;
        CHECK(pthread_create(&all[i], NULL, search_shared, &each[i]) == 0);
    }
    for (int i = 0; i < 4; i++) {
        CHECK(pthread_join(all[i], NULL) == 0);
        CHECK(each[i].found == 600);
    }
    rille_literals_free(literals);
    rille_regex_free(regex);
}

/* Waits until a job is over. */
static uint32_t over(rille_job *job) {
    rille_progress progress = {0, 0, 0, 0};
    do {
        CHECK(rille_job_wait(job, 120000, NULL) == RILLE_OK && rille_job_poll(job, &progress, NULL) == RILLE_OK);
        CHECK(progress.ready == 0);
    } while (progress.state == RILLE_JOB_RUNNING);
    return progress.state;
}

static void compile_jobs(void) {
    rille_error err;
    rille_job *job = NULL, *other = NULL;
    rille_regex *regex = NULL, *again = NULL;
    rille_regexset *set = NULL;
    rille_literals *literals = NULL;
    uint32_t span[2], hit[3], ids[2], count, ends[] = {3, 6};

    CHECK(rille_regex_start(NULL, 1, NULL, &job, &err) == RILLE_EARG && job == NULL);
    CHECK(rille_regex_start(BYTES("b+"), 2, NULL, NULL, &err) == RILLE_EARG);
    CHECK(rille_regex_start(BYTES("b+"), 2, NULL, &job, &err) == RILLE_OK);
    CHECK(over(job) == RILLE_JOB_DONE);
    CHECK(rille_regex_take(job, NULL, &err) == RILLE_EARG);
    CHECK(rille_regex_take(NULL, &regex, &err) == RILLE_EARG && regex == NULL);
    CHECK(rille_regexset_take(job, &set, &err) == RILLE_EARG && set == NULL);
    CHECK(strstr(err.message, "this job is one without items, not ") == err.message);
    CHECK(rille_regex_take(job, &regex, &err) == RILLE_OK && rille_regex_take(job, &again, &err) == RILLE_OK);
    CHECK(regex != again);
    rille_job_free(job);
    rille_regex_free(again);
    CHECK(rille_regex_find(regex, BYTES("abba"), 4, 0, span, &err) == RILLE_OK && span[0] == 1 && span[1] == 3);
    rille_regex_free(regex);

    /* The error of the pattern is reported when its result is taken, with its offset. */
    regex = NULL;
    CHECK(rille_regex_start(BYTES("a("), 2, NULL, &job, &err) == RILLE_OK);
    CHECK(over(job) == RILLE_JOB_DONE);
    CHECK(rille_regex_take(job, &regex, &err) == RILLE_EPATTERN && err.offset == 1 && regex == NULL);
    rille_job_free(job);

    CHECK(rille_regexset_start(BYTES("b+$c+$"), 6, ends, 2, NULL, &job, &err) == RILLE_OK);
    CHECK(rille_literals_start(BYTES("onetwo"), 6, ends, 2, NULL, &other, &err) == RILLE_OK);
    CHECK(over(job) == RILLE_JOB_DONE && over(other) == RILLE_JOB_DONE);
    CHECK(rille_literals_take(job, &literals, &err) == RILLE_EARG);
    CHECK(rille_regexset_take(job, &set, &err) == RILLE_OK && rille_literals_take(other, &literals, &err) == RILLE_OK);
    rille_job_free(job);
    rille_job_free(other);
    CHECK(rille_regexset_matches(set, BYTES("abc"), 3, ids, 2, &count, &err) == RILLE_OK && count == 1 && ids[0] == 1);
    CHECK(rille_literals_find(literals, BYTES("a two"), 5, 0, hit, &err) == RILLE_OK && hit[0] == 2 && hit[2] == 1);
    rille_regexset_free(set);
    rille_literals_free(literals);
}

LAYOUT(text_task_positions, offsetof(rille_text_task, positions) == 16);
LAYOUT(text_result_text, offsetof(rille_text_result, text) == sizeof(void *));

static void text_jobs(void) {
    rille_error err;
    rille_job *job = NULL, *other = NULL;
    rille_text_task task;
    rille_text_result result;
    char text[] = "one two";
    char *big;

    memset(&task, 0, sizeof task);
    task.size = sizeof task;
    task.verb = RILLE_TEXT_REVERSE;
    task.what = RILLE_UNIT_WORD;
    CHECK(rille_text_start(BYTES(text), 7, &task, &job, &err) == RILLE_EARG && job == NULL);
    CHECK(rille_text_start(BYTES(text), 7, NULL, &job, &err) == RILLE_EARG && strcmp(err.message, "task is NULL") == 0);
    task.verb = 99;
    CHECK(rille_text_start(BYTES(text), 7, &task, &job, &err) == RILLE_EARG && strstr(err.message, "unknown verb 99") != NULL);
    task.verb = RILLE_TEXT_OFFSETS;
    task.count = 1;
    CHECK(rille_text_start(BYTES(text), 7, &task, &job, &err) == RILLE_EARG);
    task.verb = RILLE_TEXT_WRAP;
    CHECK(rille_text_start(BYTES(text), 7, &task, &job, &err) == RILLE_EARG);
    task.verb = RILLE_TEXT_CASE;
    task.what = RILLE_CASE_UPPER;
    CHECK(rille_text_start(BYTES(text), 7, &task, &job, &err) == RILLE_OK);
    memset(text, 'x', 7);
    task.verb = RILLE_TEXT_COUNT;
    task.what = RILLE_UNIT_BYTE;
    CHECK(rille_text_start(BYTES(text), 7, &task, &other, &err) == RILLE_OK);
    CHECK(over(job) == RILLE_JOB_DONE && over(other) == RILLE_JOB_DONE);
    CHECK(rille_text_take(job, NULL, &err) == RILLE_EARG);
    for (int i = 0; i < 2; i++) {
        CHECK(rille_text_take(job, &result, &err) == RILLE_OK && result.len == 7 && result.count == 0);
        CHECK(memcmp(result.text, "ONE TWO", 7) == 0);
    }
    CHECK(rille_text_take(other, &result, &err) == RILLE_OK && result.count == 1 && result.numbers[0] == 7);
    rille_job_free(other);
    rille_job_free(job);
    big = malloc(RILLE_TEXT_JOB_MAX + 1);
    CHECK(big != NULL);
    memset(big, 'x', RILLE_TEXT_JOB_MAX + 1);
    CHECK(rille_text_start(BYTES(big), RILLE_TEXT_JOB_MAX + 1, &task, &job, &err) == RILLE_ETOOBIG);
    CHECK(strstr(err.message, "rille.file") != NULL);
    free(big);
}

void search(void) {
    threads();
    text_jobs();
    compile_jobs();
    regex();
    bad_patterns();
    replace();
    lists();
}
