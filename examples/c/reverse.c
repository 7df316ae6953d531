/* Reverses standard input by grapheme clusters: what a reader sees as characters. Try: printf 'e\314\201\360\237\207\251\360\237\207\252x' */
#include <rille.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
    static uint8_t text[1 << 20], out[1 << 20];
    rille_error err;
    size_t len = fread(text, 1, sizeof text, stdin);

    if (rille_abi() != RILLE_ABI) {
        fprintf(stderr, "the library has interface %u, this program needs %d\n", rille_abi(), RILLE_ABI);
        return EXIT_FAILURE;
    }
    /* The result has as many bytes as the text. */
    if (rille_text_reverse(text, len, RILLE_UNIT_GRAPHEME, out, sizeof out, &err) < 0) {
        fprintf(stderr, "%s\n", err.message);
        return EXIT_FAILURE;
    }
    fwrite(out, 1, len, stdout);
    return EXIT_SUCCESS;
}
