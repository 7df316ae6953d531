/* Prints the ten lines of standard input that match a query best, with the matching characters in brackets: fuzzy QUERY. */
#include <rille.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 10 };

static void print(const uint8_t *text, uint32_t len, const uint32_t *positions, uint32_t count) {
    uint32_t next = 0;
    for (uint32_t i = 0; i < len; i++) {
        if (next < count && positions[next] == i) {
            printf("[%c]", text[i]);
            next++;
        } else {
            putchar(text[i]);
        }
    }
    putchar('\n');
}

int main(int argc, char **argv) {
    const char *query = argc > 1 ? argv[1] : "";
    /* A query has at most 8,192 bytes, and there is one position for each of them. */
    static uint32_t positions[8192];
    static uint8_t block[1 << 16];
    rille_fuzzy_row rows[ROWS];
    rille_fuzzy_found found;
    rille_fuzzy *session;
    rille_buffer *text;
    rille_error err;
    uint32_t count;
    size_t len, kept = 0;

    if (rille_fuzzy_new(NULL, &session, &err) < 0 || rille_buffer_new(0, &text, &err) < 0)
        goto failed;
    while ((len = fread(block + kept, 1, sizeof block - kept, stdin) + kept) > 0) {
        /* Whole lines only; the rest stays for the next block. */
        size_t whole = len;
        while (!feof(stdin) && whole > 0 && block[whole - 1] != '\n')
            whole--;
        whole = whole > 0 ? whole : len;
        if (rille_fuzzy_push_lines(session, block, whole, &count, &err) < 0)
            goto failed;
        kept = len - whole;
        memmove(block, block + whole, kept);
    }
    if (rille_fuzzy_query(session, RILLE_TEXT(query), rows, ROWS, &found, &err) < 0)
        goto failed;
    for (uint32_t i = 0; i < found.count; i++) {
        uint32_t matched = 0;
        rille_buffer_reset(text, NULL);
        rille_fuzzy_text(session, rows[i].index, text, NULL);
        rille_fuzzy_positions(session, RILLE_TEXT(query), rows[i].index, positions, &matched, NULL);
        print(rille_buffer_ptr(text), rille_buffer_len(text), positions, matched);
    }
    printf("%u of %u\n", found.total, found.searched);
    rille_buffer_free(text);
    rille_fuzzy_free(session);
    return EXIT_SUCCESS;
failed:
    fprintf(stderr, "%s\n", err.message);
    return EXIT_FAILURE;
}
