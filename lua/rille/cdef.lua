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
    RILLE_MORE = 3,
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
    RILLE_UNIT_CELL = 6,
    RILLE_UNIT_SENTENCE = 7,
    RILLE_UNIT_LINEBREAK = 8,
} rille_unit;

typedef enum rille_case {
    RILLE_CASE_UPPER = 0,
    RILLE_CASE_LOWER = 1,
    RILLE_CASE_FOLD = 2,
} rille_case;

typedef enum rille_form {
    RILLE_FORM_NFC = 0,
    RILLE_FORM_NFD = 1,
    RILLE_FORM_NFKC = 2,
    RILLE_FORM_NFKD = 3,
} rille_form;

typedef enum rille_style {
    RILLE_STYLE_TERMINAL = 0,
    RILLE_STYLE_NEOVIM = 1,
    RILLE_STYLE_STRWIDTH = 2,
} rille_style;

typedef enum rille_side {
    RILLE_SIDE_RIGHT = 0,
    RILLE_SIDE_LEFT = 1,
    RILLE_SIDE_MIDDLE = 2,
} rille_side;

typedef enum rille_align {
    RILLE_ALIGN_LEFT = 0,
    RILLE_ALIGN_RIGHT = 1,
    RILLE_ALIGN_CENTER = 2,
} rille_align;

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

typedef struct rille_offset_options {
    uint32_t size;
    uint32_t from;
    uint32_t to;
} rille_offset_options;

typedef struct rille_segment_options {
    uint32_t size;
    uint32_t unit;
    uint32_t from;
    uint32_t capacity;
} rille_segment_options;

typedef struct rille_layout_options {
    uint32_t size;
    uint32_t cells;
    uint32_t style;
    uint32_t ambiguous;
    uint32_t tabstop;
    uint32_t column;
    uint32_t side;
    uint32_t align;
    uint32_t keep_long_words;
    uint32_t start;
    const uint8_t *ellipsis;
    size_t ellipsis_len;
} rille_layout_options;

typedef struct rille_cut {
    uint32_t head;
    uint32_t tail;
    uint32_t ellipsis;
    uint32_t cells;
} rille_cut;

typedef struct rille_slice {
    const uint8_t *ptr;
    size_t len;
} rille_slice;

typedef struct rille_line {
    uint32_t start;
    uint32_t stop;
    uint32_t next;
    uint32_t cells;
} rille_line;

uint32_t rille_abi(void);

const char *rille_version(void);

const char *rille_cpu(void);

const char *rille_unicode_version(void);

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

int32_t rille_text_offset(const uint8_t *text,
                          size_t len,
                          uint32_t position,
                          const struct rille_offset_options *options,
                          uint32_t *out,
                          struct rille_error *err);

int32_t rille_text_offsets(const uint8_t *text,
                           size_t len,
                           const uint32_t *positions,
                           uint32_t count,
                           const struct rille_offset_options *options,
                           uint32_t *out,
                           struct rille_error *err);

int32_t rille_text_segments(const uint8_t *text,
                            size_t len,
                            const struct rille_segment_options *options,
                            uint32_t *out_spans,
                            uint32_t *out_count,
                            uint32_t *out_next,
                            struct rille_error *err);

int32_t rille_text_case_len(const uint8_t *text,
                            size_t len,
                            uint32_t mapping,
                            uint32_t *out_len,
                            struct rille_error *err);

int32_t rille_text_case(const uint8_t *text,
                        size_t len,
                        uint32_t mapping,
                        uint8_t *out,
                        size_t capacity,
                        uint32_t *out_len,
                        struct rille_error *err);

int32_t rille_text_equal_fold(const uint8_t *a,
                              size_t a_len,
                              const uint8_t *b,
                              size_t b_len,
                              uint32_t *out_equal,
                              struct rille_error *err);

int32_t rille_text_normalized(const uint8_t *text,
                              size_t len,
                              uint32_t form,
                              uint32_t *out_prefix,
                              struct rille_error *err);

int32_t rille_text_normalize_len(const uint8_t *text,
                                 size_t len,
                                 uint32_t form,
                                 uint32_t *out_len,
                                 struct rille_error *err);

int32_t rille_text_normalize(const uint8_t *text,
                             size_t len,
                             uint32_t form,
                             uint8_t *out,
                             size_t capacity,
                             uint32_t *out_len,
                             struct rille_error *err);

int32_t rille_text_width(const uint8_t *text,
                         size_t len,
                         const struct rille_layout_options *options,
                         uint32_t *out_cells,
                         struct rille_error *err);

int32_t rille_text_pad(const uint8_t *text,
                       size_t len,
                       const struct rille_layout_options *options,
                       uint32_t *out_left,
                       uint32_t *out_right,
                       struct rille_error *err);

int32_t rille_text_truncate(const uint8_t *text,
                            size_t len,
                            const struct rille_layout_options *options,
                            struct rille_cut *out,
                            struct rille_error *err);

int32_t rille_text_truncate_list(const struct rille_slice *texts,
                                 uint32_t count,
                                 const struct rille_layout_options *options,
                                 struct rille_cut *out,
                                 struct rille_error *err);

int32_t rille_text_wrap(const uint8_t *text,
                        size_t len,
                        const struct rille_layout_options *options,
                        struct rille_line *out,
                        uint32_t capacity,
                        uint32_t *out_count,
                        struct rille_error *err);
typedef struct rille_abi_1 rille_abi_1;
]],
}
