-- Generated from src/capi by `BLESS=1 cargo test`; do not edit.
return {
  abi = 1,
  -- Declares what include/rille.h does. The last type marks a Lua state in which that is done.
  cdef = [[
static const int RILLE_MESSAGE_SIZE = 240;

static const int RILLE_ABI = 1;

static const int RILLE_KIND_SIZE = 16;

typedef enum rille_status {
    RILLE_OK = 0,
    RILLE_INVALID = 1,
    RILLE_EARG = -1,
    RILLE_ETOOBIG = -2,
    RILLE_ESHORT = -3,
    RILLE_ENOMEM = -4,
    RILLE_EPANIC = -5,
    RILLE_EPOISONED = -6,
} rille_status;

typedef enum rille_unit {
    RILLE_UNIT_BYTE = 0,
    RILLE_UNIT_CHAR = 1,
    RILLE_UNIT_UTF16 = 2,
    RILLE_UNIT_GRAPHEME = 3,
    RILLE_UNIT_WORD = 4,
    RILLE_UNIT_LINE = 5,
} rille_unit;

typedef struct rille_buffer rille_buffer;

typedef struct rille_stat {
    char kind[RILLE_KIND_SIZE];
    int64_t handles;
    int64_t bytes;
} rille_stat;

typedef struct rille_error {
    int32_t status;
    uint32_t length;
    int64_t offset;
    char message[RILLE_MESSAGE_SIZE];
} rille_error;

uint32_t rille_abi(void);

const char *rille_version(void);

const char *rille_cpu(void);

const char *rille_path(void);

int32_t rille_stats(struct rille_stat *out, uint32_t capacity, uint32_t *out_count, struct rille_error *err);

int32_t rille_buffer_new(size_t capacity, struct rille_buffer **out, struct rille_error *err);

void rille_buffer_free(struct rille_buffer *buffer);

uint32_t rille_buffer_len(const struct rille_buffer *buffer);

const uint8_t *rille_buffer_ptr(const struct rille_buffer *buffer);

int32_t rille_buffer_reset(struct rille_buffer *buffer, struct rille_error *err);

int32_t rille_buffer_append(struct rille_buffer *buffer,
                            const uint8_t *text,
                            size_t len,
                            struct rille_error *err);

int32_t rille_buffer_reserve(struct rille_buffer *buffer, size_t len, uint8_t **out, struct rille_error *err);

int32_t rille_buffer_commit(struct rille_buffer *buffer, size_t len, struct rille_error *err);

int32_t rille_text_reverse(const uint8_t *text,
                           size_t len,
                           uint32_t unit,
                           uint8_t *out,
                           size_t capacity,
                           struct rille_error *err);

int32_t rille_text_validate(const uint8_t *text, size_t len, uint32_t *out_valid, struct rille_error *err);

int32_t rille_text_repair_len(const uint8_t *text, size_t len, uint32_t *out_len, struct rille_error *err);

int32_t rille_text_repair(const uint8_t *text,
                          size_t len,
                          uint8_t *out,
                          size_t capacity,
                          uint32_t *out_len,
                          struct rille_error *err);

int32_t rille_text_count(const uint8_t *text,
                         size_t len,
                         uint32_t unit,
                         uint32_t *out_count,
                         struct rille_error *err);
typedef struct rille_abi_1 rille_abi_1;
]],
}
