-- Generated from src/capi by `BLESS=1 cargo test`; do not edit.
return {
  abi = 2,
  -- Declares what include/rille.h does. The last type marks a Lua state in which that is done.
  cdef = [[
static const int RILLE_KIND_SIZE = 16;

static const int RILLE_MESSAGE_SIZE = 240;

static const int RILLE_ABI = 2;

static const uint32_t RILLE_TEXT_JOB_MAX = (8 << 20);

static const int RILLE_REGEX_IGNORE_CASE = 1;

static const int RILLE_REGEX_MULTI_LINE = 2;

static const int RILLE_REGEX_DOT_ALL = 4;

static const int RILLE_REGEX_VERBOSE = 8;

static const int RILLE_REGEX_BYTES = 16;

static const int RILLE_REGEX_ANCHORED = 32;

static const uint32_t RILLE_UNSET = 4294967295;

static const int RILLE_LITERALS_IGNORE_CASE = 1;

static const int RILLE_LITERALS_LONGEST = 2;

static const int RILLE_WALK_HIDDEN = 1;

static const int RILLE_WALK_NO_IGNORE = 2;

static const int RILLE_WALK_FOLLOW = 4;

static const int RILLE_WALK_SAME_FILE_SYSTEM = 8;

static const int RILLE_WALK_SORT = 16;

static const int RILLE_WALK_DIRECTORIES = 32;

static const int RILLE_WALK_RELATIVE = 64;

static const int RILLE_GREP_FIXED = 1;

static const int RILLE_GREP_IGNORE_CASE = 2;

static const int RILLE_GREP_SMART_CASE = 4;

static const int RILLE_GREP_WORD = 8;

static const int RILLE_GREP_INVERT = 16;

static const int RILLE_GREP_MULTI_LINE = 32;

static const int RILLE_GREP_BINARY = 64;

static const int RILLE_FILE_NO_INDEX = 1;

static const int RILLE_FILE_SPOOL = 2;

static const int RILLE_FILE_UNPACK = 4;

static const int RILLE_LINE_CUT_BEFORE = 1;

static const int RILLE_LINE_CUT_AFTER = 2;

static const int RILLE_SEARCH_BACKWARD = 1;

static const int RILLE_SEARCH_COUNT = 2;

static const int RILLE_SEARCH_FROM = 4;

static const int RILLE_SEARCH_LINES = 8;

static const int RILLE_FUZZY_IGNORE_CASE = 1;

static const int RILLE_FUZZY_RESPECT_CASE = 2;

static const int RILLE_FUZZY_NORMALIZE = 4;

static const int RILLE_FUZZY_PATH = 8;

static const int RILLE_FUZZY_HISTORY = 16;

static const int RILLE_FUZZY_COLUMNS = 32;

static const int RILLE_DIFF_IGNORE_CASE = 1;

static const int RILLE_DIFF_IGNORE_EOL = 2;

static const int RILLE_DIFF_NO_INDENT_HEURISTIC = 4;

static const int RILLE_UNIFIED_HEADINGS = 1;

static const int RILLE_UNIFIED_NO_CONTEXT = 2;

static const int RILLE_APPLY_REVERSE = 1;

typedef enum rille_status {
    RILLE_OK = 0,
    RILLE_INVALID = 1,
    RILLE_NONE = 2,
    RILLE_MORE = 3,
    RILLE_PENDING = 4,
    RILLE_EARG = -1,
    RILLE_ETOOBIG = -2,
    RILLE_ESHORT = -3,
    RILLE_ENOMEM = -4,
    RILLE_EPANIC = -5,
    RILLE_EPOISONED = -6,
    RILLE_EPATTERN = -7,
    RILLE_ELIMIT = -8,
    RILLE_EJOB = -9,
    RILLE_EFORK = -10,
    RILLE_EIO = -11,
    RILLE_ECHANGED = -12,
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

typedef enum rille_pcre {
    RILLE_PCRE_LOOK_AHEAD = 1,
    RILLE_PCRE_LOOK_BEHIND = 2,
    RILLE_PCRE_BACK_REFERENCE = 3,
    RILLE_PCRE_POSSESSIVE = 4,
    RILLE_PCRE_ATOMIC = 5,
    RILLE_PCRE_RECURSION = 6,
    RILLE_PCRE_CONDITIONAL = 7,
    RILLE_PCRE_VERB = 8,
    RILLE_PCRE_KEEP = 9,
    RILLE_PCRE_LAST_MATCH = 10,
    RILLE_PCRE_BRANCH_RESET = 11,
} rille_pcre;

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

typedef enum rille_job_state {
    RILLE_JOB_RUNNING = 0,
    RILLE_JOB_DONE = 1,
    RILLE_JOB_CANCELLED = 2,
    RILLE_JOB_FAILED = 3,
} rille_job_state;

typedef enum rille_path_kind {
    RILLE_PATH_FILE = 0,
    RILLE_PATH_DIRECTORY = 1,
    RILLE_PATH_LINK = 2,
    RILLE_PATH_OTHER = 3,
    RILLE_PATH_ERROR = 4,
} rille_path_kind;

typedef enum rille_grep_kind {
    RILLE_GREP_MATCH = 0,
    RILLE_GREP_CONTEXT = 1,
    RILLE_GREP_ERROR = 2,
    RILLE_GREP_STOPPED = 3,
} rille_grep_kind;

typedef enum rille_file_change {
    RILLE_FILE_SAME = 0,
    RILLE_FILE_GROWN = 1,
    RILLE_FILE_TRUNCATED = 2,
    RILLE_FILE_REPLACED = 3,
} rille_file_change;

typedef enum rille_file_verb {
    RILLE_FILE_READ_LINES = 0,
    RILLE_FILE_READ_AROUND = 1,
    RILLE_FILE_READ_LAST = 2,
    RILLE_FILE_READ_BYTES = 3,
    RILLE_FILE_LINE_AT = 4,
    RILLE_FILE_OFFSET_OF = 5,
    RILLE_FILE_STAT = 6,
    RILLE_FILE_REFRESH = 7,
} rille_file_verb;

typedef enum rille_match_kind {
    RILLE_MATCH = 0,
    RILLE_MATCH_PARTIAL = 1,
} rille_match_kind;

typedef enum rille_text_verb {
    RILLE_TEXT_REVERSE = 0,
    RILLE_TEXT_VALIDATE = 1,
    RILLE_TEXT_REPAIR = 2,
    RILLE_TEXT_COUNT = 3,
    RILLE_TEXT_OFFSETS = 4,
    RILLE_TEXT_WIDTH = 5,
    RILLE_TEXT_TRUNCATE = 6,
    RILLE_TEXT_PAD = 7,
    RILLE_TEXT_WRAP = 8,
    RILLE_TEXT_CASE = 9,
    RILLE_TEXT_EQUAL_FOLD = 10,
    RILLE_TEXT_NORMALIZE = 11,
} rille_text_verb;

typedef enum rille_diff_algorithm {
    RILLE_DIFF_HISTOGRAM = 0,
    RILLE_DIFF_MYERS = 1,
    RILLE_DIFF_MINIMAL = 2,
} rille_diff_algorithm;

typedef enum rille_diff_space {
    RILLE_DIFF_SPACE_RESPECT = 0,
    RILLE_DIFF_SPACE_TRAILING = 1,
    RILLE_DIFF_SPACE_AMOUNT = 2,
    RILLE_DIFF_SPACE_IGNORE = 3,
} rille_diff_space;

typedef enum rille_merge_style {
    RILLE_MERGE_PLAIN = 0,
    RILLE_MERGE_DIFF3 = 1,
} rille_merge_style;

typedef enum rille_merge_favor {
    RILLE_MERGE_SHOW = 0,
    RILLE_MERGE_OURS = 1,
    RILLE_MERGE_THEIRS = 2,
    RILLE_MERGE_UNION = 3,
} rille_merge_favor;

typedef struct rille_buffer rille_buffer;

typedef struct rille_diff rille_diff;

typedef struct rille_diff_session rille_diff_session;

typedef struct rille_file rille_file;

typedef struct rille_fuzzy rille_fuzzy;

typedef struct rille_gunzip rille_gunzip;

typedef struct rille_inline rille_inline;

typedef struct rille_job rille_job;

typedef struct rille_listener rille_listener;

typedef struct rille_literals rille_literals;

typedef struct rille_matcher rille_matcher;

typedef struct rille_notifier rille_notifier;

typedef struct rille_regex rille_regex;

typedef struct rille_regexset rille_regexset;

typedef struct rille_scanner rille_scanner;

typedef struct rille_stream rille_stream;

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

typedef struct rille_text_task {
    uint32_t size;
    uint32_t verb;
    uint32_t what;
    uint32_t count;
    const uint32_t *positions;
    const struct rille_offset_options *offset;
    const struct rille_layout_options *layout;
    const uint8_t *other;
    size_t other_len;
} rille_text_task;

typedef struct rille_text_result {
    const uint32_t *numbers;
    const uint8_t *text;
    size_t len;
    uint32_t count;
    uint32_t reserved;
} rille_text_result;

typedef struct rille_regex_options {
    uint32_t size;
    uint32_t flags;
    uint32_t memory_limit;
    uint32_t reserved;
} rille_regex_options;

typedef struct rille_scan {
    uint32_t size;
    uint32_t from;
    uint32_t after;
    uint32_t capacity;
} rille_scan;

typedef struct rille_replacement {
    uint32_t size;
    uint32_t limit;
    uint32_t literal;
    uint32_t reserved;
    const uint8_t *text;
    size_t len;
} rille_replacement;

typedef struct rille_literals_options {
    uint32_t size;
    uint32_t flags;
    uint32_t memory_limit;
    uint32_t reserved;
} rille_literals_options;

typedef struct rille_replacements {
    uint32_t size;
    uint32_t limit;
    uint32_t count;
    uint32_t reserved;
    const uint8_t *text;
    size_t len;
    const uint32_t *ends;
} rille_replacements;

typedef struct rille_scanner_options {
    uint32_t size;
    uint32_t memory_limit;
    int64_t max_bytes;
} rille_scanner_options;

typedef struct rille_progress {
    uint32_t state;
    uint32_t ready;
    double done;
    double total;
} rille_progress;

typedef struct rille_walk_options {
    uint32_t size;
    uint32_t flags;
    uint32_t max_depth;
    uint32_t glob_count;
    uint32_t type_count;
    uint32_t reserved;
    const uint8_t *globs;
    size_t globs_len;
    const uint32_t *glob_ends;
    const uint8_t *types;
    size_t types_len;
    const uint32_t *type_ends;
} rille_walk_options;

typedef struct rille_path_entry {
    uint32_t start;
    uint32_t stop;
    uint32_t message_stop;
    uint32_t kind;
} rille_path_entry;

typedef struct rille_paths {
    const uint8_t *text;
    const struct rille_path_entry *paths;
    uint32_t count;
    uint32_t reserved;
} rille_paths;

typedef struct rille_pattern {
    const uint8_t *text;
    size_t len;
    const struct rille_regex *regex;
    const struct rille_literals *literals;
} rille_pattern;

typedef struct rille_grep_options {
    uint32_t size;
    uint32_t flags;
    uint32_t pattern_count;
    uint32_t context;
    uint32_t limit_per_file;
    uint32_t limit;
    uint32_t text_count;
    uint32_t reserved;
    const struct rille_pattern *patterns;
    const uint8_t *texts;
    size_t texts_len;
    const uint32_t *text_ends;
} rille_grep_options;

typedef struct rille_grep_line {
    uint32_t path_start;
    uint32_t path_stop;
    uint32_t start;
    uint32_t stop;
    uint32_t span;
    uint32_t span_count;
    uint32_t kind;
    uint32_t reserved;
    double line;
    double offset;
} rille_grep_line;

typedef struct rille_grep_lines {
    const uint8_t *text;
    const struct rille_grep_line *lines;
    const uint32_t *spans;
    uint32_t count;
    uint32_t reserved;
} rille_grep_lines;

typedef struct rille_file_options {
    uint32_t size;
    uint32_t flags;
    uint32_t cache;
    uint32_t threads;
    int64_t spool_limit;
    const uint8_t *spool_directory;
    size_t spool_directory_len;
} rille_file_options;

typedef struct rille_file_info {
    double size;
    double lines;
    double indexed;
    double index_bytes;
    double bytes;
    uint32_t exact;
    uint32_t reserved;
} rille_file_info;

typedef struct rille_file_news {
    double size;
    uint32_t change;
    uint32_t reserved;
} rille_file_news;

typedef struct rille_file_window {
    uint32_t size;
    uint32_t max_bytes;
    int64_t from;
} rille_file_window;

typedef struct rille_file_task {
    uint32_t size;
    uint32_t verb;
    int64_t at;
    int64_t count;
    uint32_t before;
    uint32_t limit;
    const struct rille_file_window *window;
} rille_file_task;

typedef struct rille_file_line {
    uint32_t start;
    uint32_t stop;
    uint32_t flags;
    uint32_t reserved;
    double offset;
    double length;
} rille_file_line;

typedef struct rille_file_lines {
    const uint8_t *text;
    const struct rille_file_line *lines;
    double first;
    uint32_t count;
    uint32_t more;
} rille_file_lines;

typedef struct rille_file_answer {
    struct rille_file_lines lines;
    struct rille_file_info info;
    double number;
    const uint8_t *bytes;
    size_t len;
} rille_file_answer;

typedef struct rille_search_options {
    uint32_t size;
    uint32_t flags;
    int64_t from;
    uint32_t limit;
    uint32_t reserved;
} rille_search_options;

typedef struct rille_file_match {
    double offset;
    double line_offset;
    double line;
    uint32_t length;
    uint32_t kind;
} rille_file_match;

typedef struct rille_file_matches {
    const struct rille_file_match *matches;
    double total;
    double lines;
    uint32_t count;
    uint32_t reserved;
} rille_file_matches;

typedef struct rille_fuzzy_options {
    uint32_t size;
    uint32_t flags;
    uint32_t typos;
    uint32_t threads;
    uint32_t delimiter;
    uint32_t column_count;
    const uint32_t *columns;
    size_t memory_limit;
} rille_fuzzy_options;

typedef struct rille_fuzzy_size {
    uint32_t items;
    uint32_t directories;
    double bytes;
} rille_fuzzy_size;

typedef struct rille_fuzzy_row {
    uint32_t index;
    int32_t score;
} rille_fuzzy_row;

typedef struct rille_fuzzy_found {
    uint32_t count;
    uint32_t total;
    uint32_t searched;
    uint32_t done;
} rille_fuzzy_found;

typedef struct rille_fuzzy_hit {
    int32_t score;
    uint32_t count;
} rille_fuzzy_hit;

typedef struct rille_diff_options {
    uint32_t size;
    uint32_t algorithm;
    uint32_t space;
    uint32_t flags;
    uint32_t deadline;
    uint32_t reserved;
    int64_t memory_limit;
} rille_diff_options;

typedef struct rille_hunk {
    uint32_t a_first;
    uint32_t a_count;
    uint32_t b_first;
    uint32_t b_count;
} rille_hunk;

typedef struct rille_diff_state {
    uint32_t lines;
    uint32_t hunks;
    uint32_t exact;
    uint32_t reserved;
    double bytes;
} rille_diff_state;

typedef struct rille_patch {
    uint32_t size;
    uint32_t count;
    const struct rille_hunk *hunks;
    const uint8_t *a;
    size_t a_len;
    const uint8_t *b;
    size_t b_len;
} rille_patch;

typedef struct rille_unified_options {
    uint32_t size;
    uint32_t context;
    uint32_t flags;
    uint32_t reserved;
    const uint8_t *a_name;
    size_t a_name_len;
    const uint8_t *b_name;
    size_t b_name_len;
} rille_unified_options;

typedef struct rille_apply_options {
    uint32_t size;
    uint32_t hunk;
    uint32_t flags;
    uint32_t reserved;
} rille_apply_options;

typedef struct rille_merge {
    uint32_t size;
    uint32_t style;
    uint32_t favor;
    uint32_t reserved;
    const uint8_t *base;
    size_t base_len;
    const uint8_t *ours;
    size_t ours_len;
    const uint8_t *theirs;
    size_t theirs_len;
    const uint8_t *ours_name;
    size_t ours_name_len;
    const uint8_t *base_name;
    size_t base_name_len;
    const uint8_t *theirs_name;
    size_t theirs_name_len;
} rille_merge;

typedef struct rille_inline_span {
    uint32_t a_start;
    uint32_t a_stop;
    uint32_t b_start;
    uint32_t b_stop;
} rille_inline_span;

typedef struct rille_conflict {
    uint32_t start;
    uint32_t stop;
    uint32_t base_first;
    uint32_t base_count;
    uint32_t ours_first;
    uint32_t ours_count;
    uint32_t theirs_first;
    uint32_t theirs_count;
} rille_conflict;

uint32_t rille_abi(void);

const char *rille_version(void);

const char *rille_cpu(void);

const char *rille_unicode_version(void);

const char *rille_path(void);

int32_t rille_stats(struct rille_stat *out, uint32_t capacity, uint32_t *out_count, struct rille_error *err);

const uint32_t *rille_held_kib(void);

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

int32_t rille_text_start(const uint8_t *text,
                         size_t len,
                         const struct rille_text_task *task,
                         struct rille_job **out,
                         struct rille_error *err);

int32_t rille_text_take(const struct rille_job *job, struct rille_text_result *out, struct rille_error *err);

int32_t rille_regex_new(const uint8_t *pattern,
                        size_t len,
                        const struct rille_regex_options *options,
                        struct rille_regex **out,
                        struct rille_error *err);

int32_t rille_regex_start(const uint8_t *pattern,
                          size_t len,
                          const struct rille_regex_options *options,
                          struct rille_job **out,
                          struct rille_error *err);

int32_t rille_regex_take(const struct rille_job *job, struct rille_regex **out, struct rille_error *err);

void rille_regex_free(struct rille_regex *regex);

double rille_regex_bytes(const struct rille_regex *regex);

uint32_t rille_regex_groups(const struct rille_regex *regex);

const char *rille_regex_name(const struct rille_regex *regex, uint32_t group);

int32_t rille_regex_test(const struct rille_regex *regex,
                         const uint8_t *text,
                         size_t len,
                         uint32_t from,
                         struct rille_error *err);

int32_t rille_regex_find(const struct rille_regex *regex,
                         const uint8_t *text,
                         size_t len,
                         uint32_t from,
                         uint32_t *out_span,
                         struct rille_error *err);

int32_t rille_regex_spans(const struct rille_regex *regex,
                          const uint8_t *text,
                          size_t len,
                          const struct rille_scan *scan,
                          uint32_t *out_spans,
                          uint32_t *out_count,
                          struct rille_error *err);

int32_t rille_regex_captures(const struct rille_regex *regex,
                             const uint8_t *text,
                             size_t len,
                             const struct rille_scan *scan,
                             uint32_t *out_slots,
                             uint32_t *out_count,
                             struct rille_error *err);

int32_t rille_regex_count(const struct rille_regex *regex,
                          const uint8_t *text,
                          size_t len,
                          uint32_t from,
                          uint32_t *out_count,
                          struct rille_error *err);

int32_t rille_regex_replace(const struct rille_regex *regex,
                            const uint8_t *text,
                            size_t len,
                            const struct rille_replacement *how,
                            struct rille_buffer *out,
                            uint32_t *out_count,
                            struct rille_error *err);

int32_t rille_regexset_new(const uint8_t *text,
                           size_t len,
                           const uint32_t *ends,
                           uint32_t count,
                           const struct rille_regex_options *options,
                           struct rille_regexset **out,
                           struct rille_error *err);

int32_t rille_regexset_start(const uint8_t *text,
                             size_t len,
                             const uint32_t *ends,
                             uint32_t count,
                             const struct rille_regex_options *options,
                             struct rille_job **out,
                             struct rille_error *err);

int32_t rille_regexset_take(const struct rille_job *job,
                            struct rille_regexset **out,
                            struct rille_error *err);

void rille_regexset_free(struct rille_regexset *set);

double rille_regexset_bytes(const struct rille_regexset *set);

uint32_t rille_regexset_len(const struct rille_regexset *set);

int32_t rille_regexset_test(const struct rille_regexset *set,
                            const uint8_t *text,
                            size_t len,
                            struct rille_error *err);

int32_t rille_regexset_matches(const struct rille_regexset *set,
                               const uint8_t *text,
                               size_t len,
                               uint32_t *out_ids,
                               uint32_t capacity,
                               uint32_t *out_count,
                               struct rille_error *err);

int32_t rille_literals_new(const uint8_t *text,
                           size_t len,
                           const uint32_t *ends,
                           uint32_t count,
                           const struct rille_literals_options *options,
                           struct rille_literals **out,
                           struct rille_error *err);

int32_t rille_literals_start(const uint8_t *text,
                             size_t len,
                             const uint32_t *ends,
                             uint32_t count,
                             const struct rille_literals_options *options,
                             struct rille_job **out,
                             struct rille_error *err);

int32_t rille_literals_take(const struct rille_job *job,
                            struct rille_literals **out,
                            struct rille_error *err);

void rille_literals_free(struct rille_literals *literals);

double rille_literals_bytes(const struct rille_literals *literals);

uint32_t rille_literals_len(const struct rille_literals *literals);

int32_t rille_literals_find(const struct rille_literals *literals,
                            const uint8_t *text,
                            size_t len,
                            uint32_t from,
                            uint32_t *out_hit,
                            struct rille_error *err);

int32_t rille_literals_spans(const struct rille_literals *literals,
                             const uint8_t *text,
                             size_t len,
                             const struct rille_scan *scan,
                             uint32_t *out_hits,
                             uint32_t *out_count,
                             struct rille_error *err);

int32_t rille_literals_count(const struct rille_literals *literals,
                             const uint8_t *text,
                             size_t len,
                             uint32_t from,
                             uint32_t *out_count,
                             struct rille_error *err);

int32_t rille_literals_replace(const struct rille_literals *literals,
                               const uint8_t *text,
                               size_t len,
                               const struct rille_replacements *how,
                               struct rille_buffer *out,
                               uint32_t *out_count,
                               struct rille_error *err);

int32_t rille_stream_new_regex(const struct rille_regex *regex,
                               const struct rille_replacement *how,
                               uint32_t longest,
                               struct rille_stream **out,
                               struct rille_error *err);

int32_t rille_stream_new_literals(const struct rille_literals *literals,
                                  const struct rille_replacements *how,
                                  struct rille_stream **out,
                                  struct rille_error *err);

void rille_stream_free(struct rille_stream *stream);

uint32_t rille_stream_hold_back(const struct rille_stream *stream);

double rille_stream_count(const struct rille_stream *stream);

int32_t rille_stream_feed(struct rille_stream *stream,
                          const uint8_t *text,
                          size_t len,
                          struct rille_buffer *out,
                          struct rille_error *err);

int32_t rille_stream_finish(struct rille_stream *stream, struct rille_buffer *out, struct rille_error *err);

int32_t rille_stream_reset(struct rille_stream *stream, struct rille_error *err);

int32_t rille_stream_new_like(struct rille_stream *stream,
                              struct rille_stream **out,
                              struct rille_error *err);

int32_t rille_scanner_new_regexset(const struct rille_regexset *set,
                                   const struct rille_scanner_options *options,
                                   struct rille_scanner **out,
                                   struct rille_error *err);

int32_t rille_scanner_new_literals(const struct rille_literals *literals,
                                   const struct rille_scanner_options *options,
                                   struct rille_scanner **out,
                                   struct rille_error *err);

int32_t rille_scanner_start_regexset(const struct rille_regexset *set,
                                     const struct rille_scanner_options *options,
                                     struct rille_job **out,
                                     struct rille_error *err);

int32_t rille_scanner_start_literals(const struct rille_literals *literals,
                                     const struct rille_scanner_options *options,
                                     struct rille_job **out,
                                     struct rille_error *err);

int32_t rille_scanner_take(const struct rille_job *job, struct rille_scanner **out, struct rille_error *err);

void rille_scanner_free(struct rille_scanner *scanner);

int32_t rille_scanner_feed(struct rille_scanner *scanner,
                           const uint8_t *text,
                           size_t len,
                           uint32_t last,
                           uint32_t *out_count,
                           struct rille_error *err);

const uint32_t *rille_scanner_new_ids(const struct rille_scanner *scanner);

int32_t rille_scanner_matches(struct rille_scanner *scanner,
                              uint32_t *out_ids,
                              uint32_t capacity,
                              uint32_t *out_count,
                              struct rille_error *err);

double rille_scanner_first(const struct rille_scanner *scanner, uint32_t id);

uint32_t rille_scanner_limited(const struct rille_scanner *scanner);

uint32_t rille_scanner_len(const struct rille_scanner *scanner);

int32_t rille_scanner_reset(struct rille_scanner *scanner, struct rille_error *err);

int32_t rille_scanner_new_like(struct rille_scanner *scanner,
                               struct rille_scanner **out,
                               struct rille_error *err);

int32_t rille_regex_escape(const uint8_t *text,
                           size_t len,
                           struct rille_buffer *out,
                           struct rille_error *err);

int32_t rille_regex_from_lua(const uint8_t *pattern,
                             size_t len,
                             struct rille_buffer *out,
                             struct rille_error *err);

int32_t rille_regex_explain_pcre(const uint8_t *pattern,
                                 size_t len,
                                 uint32_t *out,
                                 uint32_t capacity,
                                 uint32_t *out_count,
                                 struct rille_error *err);

void rille_job_free(struct rille_job *job);

int32_t rille_job_poll(const struct rille_job *job, struct rille_progress *out, struct rille_error *err);

int32_t rille_job_failure(const struct rille_job *job, struct rille_error *err);

int32_t rille_job_wait(const struct rille_job *job, uint32_t milliseconds, struct rille_error *err);

int32_t rille_job_cancel(const struct rille_job *job, struct rille_error *err);

int32_t rille_notifier_new(struct rille_notifier **out, struct rille_error *err);

void rille_notifier_free(struct rille_notifier *notifier);

int32_t rille_notifier_fd(const struct rille_notifier *notifier);

int32_t rille_notifier_watch(const struct rille_notifier *notifier,
                             const struct rille_job *job,
                             struct rille_error *err);

int32_t rille_notifier_drain(const struct rille_notifier *notifier, struct rille_error *err);

int32_t rille_listener_new(const uint8_t *directory,
                           size_t len,
                           struct rille_listener **out,
                           struct rille_error *err);

void rille_listener_free(struct rille_listener *listener);

const char *rille_listener_path(const struct rille_listener *listener);

int32_t rille_listener_accept(const struct rille_listener *listener,
                              uint32_t token,
                              struct rille_notifier **out,
                              struct rille_error *err);

int32_t rille_gunzip_new(struct rille_gunzip **out, struct rille_error *err);

void rille_gunzip_free(struct rille_gunzip *gunzip);

int32_t rille_gunzip_feed(struct rille_gunzip *gunzip,
                          const uint8_t *text,
                          size_t len,
                          uint32_t last,
                          struct rille_buffer *out,
                          struct rille_error *err);

int32_t rille_gunzip_reset(struct rille_gunzip *gunzip, struct rille_error *err);

int32_t rille_walk_start(const uint8_t *root,
                         size_t len,
                         const struct rille_walk_options *options,
                         struct rille_job **out,
                         struct rille_error *err);

int32_t rille_walk_take(struct rille_job *job,
                        uint32_t limit,
                        struct rille_paths *out,
                        struct rille_error *err);

int32_t rille_grep_start(const uint8_t *root,
                         size_t len,
                         const struct rille_walk_options *tree,
                         const struct rille_grep_options *grep,
                         struct rille_job **out,
                         struct rille_error *err);

int32_t rille_grep_take(struct rille_job *job,
                        uint32_t limit,
                        struct rille_grep_lines *out,
                        struct rille_error *err);

int32_t rille_file_open(const uint8_t *path,
                        size_t len,
                        const struct rille_file_options *options,
                        struct rille_file **out,
                        struct rille_error *err);

void rille_file_free(struct rille_file *file);

int32_t rille_file_stat(const struct rille_file *file, struct rille_file_info *out, struct rille_error *err);

int32_t rille_file_refresh(struct rille_file *file, uint32_t *out_change, struct rille_error *err);

int32_t rille_file_index(const struct rille_file *file, struct rille_job **out, struct rille_error *err);

int32_t rille_file_follow(const struct rille_file *file, struct rille_job **out, struct rille_error *err);

int32_t rille_file_take_news(struct rille_job *job, struct rille_file_news *out, struct rille_error *err);

int32_t rille_file_open_start(const uint8_t *path,
                              size_t len,
                              const struct rille_file_options *options,
                              struct rille_job **out,
                              struct rille_error *err);

int32_t rille_file_open_take(const struct rille_job *job, struct rille_file **out, struct rille_error *err);

int32_t rille_file_read_start(const struct rille_file *file,
                              const struct rille_file_task *task,
                              struct rille_job **out,
                              struct rille_error *err);

int32_t rille_file_read_take(const struct rille_job *job,
                             struct rille_file_answer *out,
                             struct rille_error *err);

int32_t rille_file_read_lines(struct rille_file *file,
                              int64_t first,
                              uint32_t count,
                              const struct rille_file_window *window,
                              struct rille_file_lines *out,
                              struct rille_error *err);

int32_t rille_file_read_around(struct rille_file *file,
                               int64_t offset,
                               uint32_t before,
                               uint32_t after,
                               const struct rille_file_window *window,
                               struct rille_file_lines *out,
                               struct rille_error *err);

int32_t rille_file_read_last(struct rille_file *file,
                             uint32_t count,
                             const struct rille_file_window *window,
                             struct rille_file_lines *out,
                             struct rille_error *err);

int32_t rille_file_line_at(const struct rille_file *file,
                           int64_t offset,
                           double *out_line,
                           struct rille_error *err);

int32_t rille_file_offset_of(const struct rille_file *file,
                             int64_t line,
                             double *out_offset,
                             struct rille_error *err);

int32_t rille_file_read(const struct rille_file *file,
                        int64_t offset,
                        uint8_t *out,
                        size_t capacity,
                        uint32_t *out_len,
                        struct rille_error *err);

int32_t rille_file_search(const struct rille_file *file,
                          const struct rille_pattern *patterns,
                          uint32_t count,
                          const struct rille_search_options *options,
                          struct rille_job **out,
                          struct rille_error *err);

int32_t rille_file_take(struct rille_job *job,
                        uint32_t limit,
                        struct rille_file_matches *out,
                        struct rille_error *err);

int32_t rille_file_filter(const struct rille_file *file,
                          const struct rille_pattern *patterns,
                          uint32_t count,
                          uint32_t invert,
                          struct rille_file **out,
                          struct rille_job **out_job,
                          struct rille_error *err);

int32_t rille_file_origin(const struct rille_file *file,
                          int64_t offset,
                          double *out_offset,
                          struct rille_error *err);

int32_t rille_fuzzy_new(const struct rille_fuzzy_options *options,
                        struct rille_fuzzy **out,
                        struct rille_error *err);

void rille_fuzzy_free(struct rille_fuzzy *fuzzy);

int32_t rille_fuzzy_push(const struct rille_fuzzy *fuzzy,
                         const uint8_t *const *items,
                         const uint32_t *lengths,
                         uint32_t count,
                         uint32_t *out_len,
                         struct rille_error *err);

int32_t rille_fuzzy_push_lines(const struct rille_fuzzy *fuzzy,
                               const uint8_t *text,
                               size_t len,
                               uint32_t *out_len,
                               struct rille_error *err);

int32_t rille_fuzzy_feed(const struct rille_fuzzy *fuzzy,
                         const struct rille_job *job,
                         struct rille_error *err);

uint32_t rille_fuzzy_len(const struct rille_fuzzy *fuzzy);

int32_t rille_fuzzy_clear(const struct rille_fuzzy *fuzzy, struct rille_error *err);

int32_t rille_fuzzy_text(const struct rille_fuzzy *fuzzy,
                         uint32_t index,
                         struct rille_buffer *buffer,
                         struct rille_error *err);

int32_t rille_fuzzy_boost(const struct rille_fuzzy *fuzzy,
                          uint32_t first,
                          const int32_t *boosts,
                          uint32_t count,
                          struct rille_error *err);

int32_t rille_fuzzy_stats(const struct rille_fuzzy *fuzzy,
                          struct rille_fuzzy_size *out,
                          struct rille_error *err);

int32_t rille_fuzzy_query(const struct rille_fuzzy *fuzzy,
                          const uint8_t *query,
                          size_t len,
                          struct rille_fuzzy_row *rows,
                          uint32_t limit,
                          struct rille_fuzzy_found *found,
                          struct rille_error *err);

int32_t rille_fuzzy_start(const struct rille_fuzzy *fuzzy,
                          const uint8_t *query,
                          size_t len,
                          uint32_t limit,
                          struct rille_job **out,
                          struct rille_error *err);

int32_t rille_fuzzy_results(struct rille_job *job,
                            struct rille_fuzzy_row *rows,
                            uint32_t capacity,
                            struct rille_fuzzy_found *found,
                            struct rille_error *err);

int32_t rille_fuzzy_positions(const struct rille_fuzzy *fuzzy,
                              const uint8_t *query,
                              size_t len,
                              uint32_t index,
                              uint32_t *out,
                              uint32_t *out_count,
                              struct rille_error *err);

int32_t rille_matcher_new(const uint8_t *query,
                          size_t len,
                          const struct rille_fuzzy_options *options,
                          struct rille_matcher **out,
                          struct rille_error *err);

void rille_matcher_free(struct rille_matcher *matcher);

int32_t rille_matcher_match(struct rille_matcher *matcher,
                            const uint8_t *text,
                            size_t len,
                            uint32_t *positions,
                            struct rille_fuzzy_hit *out,
                            struct rille_error *err);

int32_t rille_matcher_filter(struct rille_matcher *matcher,
                             const uint8_t *const *items,
                             const uint32_t *lengths,
                             uint32_t count,
                             struct rille_fuzzy_row *rows,
                             struct rille_fuzzy_found *found,
                             struct rille_error *err);

int32_t rille_diff_new(const uint8_t *a,
                       size_t a_len,
                       const uint8_t *b,
                       size_t b_len,
                       const struct rille_diff_options *options,
                       struct rille_diff **out,
                       struct rille_error *err);

int32_t rille_diff_start(const uint8_t *a,
                         size_t a_len,
                         const uint8_t *b,
                         size_t b_len,
                         const struct rille_diff_options *options,
                         struct rille_job **out,
                         struct rille_error *err);

int32_t rille_diff_take(const struct rille_job *job, struct rille_diff **out, struct rille_error *err);

void rille_diff_free(struct rille_diff *diff);

uint32_t rille_diff_count(const struct rille_diff *diff);

uint32_t rille_diff_exact(const struct rille_diff *diff);

const struct rille_hunk *rille_diff_hunks(const struct rille_diff *diff);

int32_t rille_diff_session_new(const uint8_t *base,
                               size_t len,
                               const struct rille_diff_options *options,
                               struct rille_diff_session **out,
                               struct rille_error *err);

int32_t rille_diff_session_base(struct rille_diff_session *session,
                                const uint8_t *base,
                                size_t len,
                                struct rille_error *err);

int32_t rille_diff_session_text(struct rille_diff_session *session,
                                const uint8_t *text,
                                size_t len,
                                struct rille_error *err);

int32_t rille_diff_session_edit(struct rille_diff_session *session,
                                uint32_t first,
                                uint32_t removed,
                                const uint8_t *lines,
                                size_t len,
                                uint32_t count,
                                struct rille_error *err);

int32_t rille_diff_session_hunks(const struct rille_diff_session *session,
                                 uint32_t first,
                                 uint32_t last,
                                 struct rille_hunk *hunks,
                                 uint32_t capacity,
                                 uint32_t *count,
                                 struct rille_error *err);

int32_t rille_diff_session_state(const struct rille_diff_session *session,
                                 struct rille_diff_state *out,
                                 struct rille_error *err);

int32_t rille_diff_session_start(const struct rille_diff_session *session,
                                 struct rille_job **out,
                                 struct rille_error *err);

int32_t rille_diff_session_take(struct rille_diff_session *session,
                                const struct rille_job *job,
                                uint32_t *taken,
                                struct rille_error *err);

void rille_diff_session_free(struct rille_diff_session *session);

int32_t rille_diff_unified(const struct rille_patch *patch,
                           const struct rille_unified_options *options,
                           struct rille_buffer *out,
                           struct rille_error *err);

int32_t rille_diff_apply(const struct rille_patch *patch,
                         const uint8_t *text,
                         size_t len,
                         const struct rille_apply_options *options,
                         struct rille_buffer *out,
                         uint32_t *out_misfit,
                         struct rille_error *err);

int32_t rille_diff_merge3(const struct rille_merge *merge,
                          struct rille_buffer *out,
                          struct rille_buffer *conflicts,
                          struct rille_error *err);

int32_t rille_inline_new(struct rille_inline **out, struct rille_error *err);

void rille_inline_free(struct rille_inline *diff);

int32_t rille_inline_compare(struct rille_inline *diff,
                             const uint8_t *a,
                             size_t a_len,
                             const uint8_t *b,
                             size_t b_len,
                             uint32_t unit,
                             struct rille_error *err);

uint32_t rille_inline_count(const struct rille_inline *diff);

uint32_t rille_inline_exact(const struct rille_inline *diff);

const struct rille_inline_span *rille_inline_spans(const struct rille_inline *diff);
typedef struct rille_abi_2 rille_abi_2;
]],
}
