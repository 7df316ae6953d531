/* Declarations shared by the files of the C program. */

#include "rille.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The layouts that other languages rely on; C99 has no static assertion. */
#define LAYOUT(name, condition) typedef char layout_##name[(condition) ? 1 : -1]

extern int failures;

#define CHECK(condition)                                                            \
    do {                                                                            \
        if (!(condition)) {                                                         \
            printf("%s:%d: %s\n", __FILE__, __LINE__, #condition);                  \
            failures++;                                                             \
        }                                                                           \
    } while (0)

/* A string literal as a text: pointer and length. */
#define BYTES(text) ((const uint8_t *)(text))

/* program_boundary.c */
void boundary(void);

/* program_search.c */
void search(void);

/* program_scan.c */
void scan(void);

/* program_job.c */
void project(void);
void leave_jobs(void);

/* program_spool.c */
void spool(void);

/* program_file.c */
void file(void);
/* program_fuzzy.c */
void fuzzy(void);

/* program_diff.c */
void diff(void);

/* program_patch.c */
void patch(void);
