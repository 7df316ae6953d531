-- Generated from src by `BLESS=1 cargo test`; do not edit.
return [[
static const int ABACUS_ABI = 1;

static const int ABACUS_OK = 0;

static const int ABACUS_EARG = -1;

static const int ABACUS_ETOOBIG = -2;

static const int ABACUS_EPANIC = -3;

static const int ABACUS_MESSAGE_SIZE = 120;

typedef struct abacus_counter abacus_counter;

typedef struct abacus_error {
    int32_t status;
    uint32_t length;
    char message[ABACUS_MESSAGE_SIZE];
} abacus_error;

typedef struct abacus_row {
    const uint8_t *word;
    uint32_t length;
    uint32_t count;
} abacus_row;

uint32_t abacus_abi(void);

int32_t abacus_counter_new(struct abacus_counter **out, struct abacus_error *err);

void abacus_counter_free(struct abacus_counter *counter);

int32_t abacus_counter_add(struct abacus_counter *counter, const uint8_t *text, size_t len, uint32_t *out_words, struct abacus_error *err);

int32_t abacus_counter_count(const struct abacus_counter *counter, const uint8_t *word, size_t len, uint32_t *out_count, struct abacus_error *err);

int32_t abacus_counter_len(const struct abacus_counter *counter, uint32_t *out_len, struct abacus_error *err);

int32_t abacus_counter_top(const struct abacus_counter *counter, struct abacus_row *rows, uint32_t capacity, uint32_t *out_count, struct abacus_error *err);
]]
