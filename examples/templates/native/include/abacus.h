/* abacus: counts words.
 *
 * A function returns ABACUS_OK, or a negative status after which nothing has been written but the error block. A pointer is NULL or
 * valid; NULL is refused where a value is needed. Texts have a length and no NUL. You free what you created.
 *
 * Generated from src by `BLESS=1 cargo test`; do not edit. */

#ifndef ABACUS_H
#define ABACUS_H

#include <stddef.h>
#include <stdint.h>

/**
 * Version of this interface. It changes when a function or a struct changes; Lua code of another version refuses the library.
 */
#define ABACUS_ABI 1

/**
 * Success.
 */
#define ABACUS_OK 0

/**
 * An argument is wrong.
 */
#define ABACUS_EARG -1

/**
 * A text or a result is longer than 4 GiB - 1.
 */
#define ABACUS_ETOOBIG -2

/**
 * Internal error (a bug in this library). The object of the call can only be freed.
 */
#define ABACUS_EPANIC -3

/**
 * Bytes of a message, its final NUL included.
 */
#define ABACUS_MESSAGE_SIZE 120

/**
 * Counts how often each word occurs. One call at a time, from any thread.
 */
typedef struct abacus_counter abacus_counter;

/**
 * Why a call has failed: memory of the caller, written only if the call fails. NULL is accepted.
 */
typedef struct abacus_error {
    /**
     * The status that the call returned.
     */
    int32_t status;
    /**
     * Length of the message in bytes, without its NUL.
     */
    uint32_t length;
    /**
     * The message in UTF-8, with a final NUL. A longer one is cut.
     */
    char message[ABACUS_MESSAGE_SIZE];
} abacus_error;

/**
 * A word and its count.
 */
typedef struct abacus_row {
    /**
     * The word, without a NUL. Valid until the counter is changed or freed.
     */
    const uint8_t *word;
    /**
     * Its length in bytes.
     */
    uint32_t length;
    /**
     * How often it occurred.
     */
    uint32_t count;
} abacus_row;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Returns ABACUS_ABI of the library. Compare it with the header's before any other call.
 */
uint32_t abacus_abi(void);

/**
 * Creates an empty counter and writes it to `out`. Free it with abacus_counter_free.
 */
int32_t abacus_counter_new(struct abacus_counter **out, struct abacus_error *err);

/**
 * Frees a counter. NULL is accepted.
 */
void abacus_counter_free(struct abacus_counter *counter);

/**
 * Adds the words of a text, `len` bytes at `text`, and writes their number to `out_words`.
 */
int32_t abacus_counter_add(struct abacus_counter *counter, const uint8_t *text, size_t len, uint32_t *out_words, struct abacus_error *err);

/**
 * Writes how often a word occurred, `len` bytes at `word`, to `out_count`.
 */
int32_t abacus_counter_count(const struct abacus_counter *counter, const uint8_t *word, size_t len, uint32_t *out_count, struct abacus_error *err);

/**
 * Writes the number of distinct words to `out_len`.
 */
int32_t abacus_counter_len(const struct abacus_counter *counter, uint32_t *out_len, struct abacus_error *err);

/**
 * Writes the most frequent words to `rows`, which has room for `capacity` of them, and their number to `out_count`. One call
 * fetches all of them: a call from LuaJIT for each would cost more than the work.
 */
int32_t abacus_counter_top(const struct abacus_counter *counter, struct abacus_row *rows, uint32_t capacity, uint32_t *out_count, struct abacus_error *err);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* ABACUS_H */
