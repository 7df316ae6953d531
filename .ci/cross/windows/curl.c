/* The curl of Windows, which wine lacks, as far as `tools/install.lua` calls it: downloads an address to a file, and fails for
 * any status other than 200.
 *
 *   curl OPTION... --output FILE ADDRESS
 */
#include <stdio.h>
#include <string.h>
#include <windows.h>
#include <wininet.h>

/* Options that are the default here. Those of the second list have a value, which is ignored. */
static const char *const flags[] = {"--fail", "--location", "--silent", "--show-error", NULL};
static const char *const values[] = {"--proto", "--connect-timeout", "--max-time", "--max-filesize", NULL};

static int is_one_of(const char *word, const char *const *words) {
    while (*words && strcmp(word, *words)) words++;
    return *words != NULL;
}

static int fail(const char *what, const char *about) {
    fprintf(stderr, "curl: %s: %s\n", what, about);
    return 1;
}

int main(int count, char **words) {
    const char *output = NULL, *address = NULL;
    for (int i = 1; i < count; i++) {
        if (is_one_of(words[i], values)) i++;
        else if (!strcmp(words[i], "--output")) output = words[++i];
        else if (words[i][0] != '-') address = words[i];
        else if (!is_one_of(words[i], flags)) return fail("unknown option", words[i]);
    }
    if (!output || !address) return fail("no file or no address", "usage: curl OPTION... --output FILE ADDRESS");

    HINTERNET net = InternetOpenA("curl", INTERNET_OPEN_TYPE_DIRECT, NULL, NULL, 0);
    HINTERNET page = InternetOpenUrlA(net, address, NULL, 0, INTERNET_FLAG_RELOAD, 0);
    if (!page) return fail("no connection", address);
    DWORD status = 0, size = sizeof status;
    HttpQueryInfoA(page, HTTP_QUERY_STATUS_CODE | HTTP_QUERY_FLAG_NUMBER, &status, &size, NULL);
    if (status != 200) return fail("the server's answer is an error", address);
    FILE *file = fopen(output, "wb");
    if (!file) return fail("cannot be written", output);
    static char bytes[65536];
    DWORD read;
    do {
        if (!InternetReadFile(page, bytes, sizeof bytes, &read)) return fail("the connection broke", address);
        if (fwrite(bytes, 1, read, file) != read) return fail("cannot be written", output);
    } while (read);
    return fclose(file) ? fail("cannot be written", output) : 0;
}
