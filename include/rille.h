/*
 * rille: the native text engine for LuaJIT hosts. The C interface.
 *
 * Generated from src/capi by `BLESS=1 cargo test`; do not edit.
 *
 * Link with -lrille, or load the shared library at run time and compare rille_abi() with RILLE_ABI first.
 *
 * Calls. A function returns a status: RILLE_OK, a positive note, or a negative failure (enum rille_status). It writes
 * its outputs only when it does not fail, and the error block only when it does; the block may be NULL. Functions
 * without a status are getters and cannot fail. Nothing that the library does ends the process or prints.
 *
 * Text is a pointer to bytes and their number; no NUL ends it, and a NUL in it is a byte like any other. NULL with a
 * length of 0 is the empty text. Texts and results are at most 4 GiB - 1 long. Text need not be valid UTF-8: a maximal
 * invalid subsequence, as the WHATWG decoder cuts it, counts as one char. Offsets are in bytes, 0-based, and ranges
 * are half-open.
 *
 * Memory. Input is read during the call and never kept. Output goes to memory of the caller, which may be
 * uninitialised, and has to be aligned for what is written there. Each side frees what it allocated: an object that
 * rille_x_new made is freed by rille_x_free, which takes NULL too.
 *
 * Objects. Each carries its kind. A function that is given an object of another kind returns RILLE_EARG, and the message
 * names both; a getter returns what it returns for NULL, and rille_x_free does nothing. The same holds for an object that
 * was freed, for as long as fewer than 256 others have been freed after it; later, using it is undefined.
 *
 * Options. The first field of a struct of options is its size, sizeof of the struct that the program was compiled with. A
 * library that is newer knows the sizes of all earlier versions and reads no further; any other size is RILLE_EARG. Zeros
 * in all other fields are the defaults.
 *
 * Threads. Every function may be called from any thread. Calls on one object may overlap when both take it as const;
 * else one at a time.
 */


#ifndef RILLE_H
#define RILLE_H

#include <stddef.h>
#include <stdint.h>

/**
 * Bytes of a message in the error block, its final NUL included.
 */
#define RILLE_MESSAGE_SIZE 240

/**
 * Number of the interface that this header describes. It changes whenever a function, a layout or a constant changes
 * in a way that an older caller would not survive.
 */
#define RILLE_ABI 1

/**
 * Bytes of the name of a kind, its final NUL included.
 */
#define RILLE_KIND_SIZE 16

/**
 * The longest text that a job copies, in bytes: 8 MiB. The positions and the second text that a job is given are held
 * to the same bound.
 */
#define RILLE_TEXT_JOB_MAX (8 << 20)

/**
 * Flag i: letters match in either case.
 */
#define RILLE_REGEX_IGNORE_CASE 1

/**
 * Flag m: ^ and $ match at lines too.
 */
#define RILLE_REGEX_MULTI_LINE 2

/**
 * Flag s: . matches a line feed too.
 */
#define RILLE_REGEX_DOT_ALL 4

/**
 * Flag x: white space and comments in the pattern are for the reader.
 */
#define RILLE_REGEX_VERBOSE 8

/**
 * Flag b: Unicode is off. A char is a byte, and classes are those of ASCII.
 */
#define RILLE_REGEX_BYTES 16

/**
 * A match begins where the search does.
 */
#define RILLE_REGEX_ANCHORED 32

/**
 * What rille_regex_captures writes for both ends of a group that took no part in the match.
 */
#define RILLE_UNSET 4294967295

/**
 * ASCII letters match in either case.
 */
#define RILLE_LITERALS_IGNORE_CASE 1

/**
 * The longest literal wins where several begin, rather than the first one in the list.
 */
#define RILLE_LITERALS_LONGEST 2

/**
 * Hidden files and folders are found as well.
 */
#define RILLE_WALK_HIDDEN 1

/**
 * Nothing is ignored because of a .gitignore, .ignore, .git/info/exclude or the user's own list.
 */
#define RILLE_WALK_NO_IGNORE 2

/**
 * Symbolic links are followed. One that leads back to a folder above it is an error among the results.
 */
#define RILLE_WALK_FOLLOW 4

/**
 * Other file systems than that of the root are left out.
 */
#define RILLE_WALK_SAME_FILE_SYSTEM 8

/**
 * Each folder comes in the order of the bytes of its names. It takes about twice as long.
 */
#define RILLE_WALK_SORT 16

/**
 * Folders are results as well.
 */
#define RILLE_WALK_FOLDERS 32

/**
 * Paths in results, and those of texts in memory, are relative to the root.
 */
#define RILLE_WALK_RELATIVE 64

/**
 * Texts of patterns are literals.
 */
#define RILLE_GREP_FIXED 1

/**
 * Letters match in either case.
 */
#define RILLE_GREP_IGNORE_CASE 2

/**
 * Letters match in either case, unless a pattern has an upper-case one.
 */
#define RILLE_GREP_SMART_CASE 4

/**
 * Only whole words match.
 */
#define RILLE_GREP_WORD 8

/**
 * The lines that do not match are found.
 */
#define RILLE_GREP_INVERT 16

/**
 * A match may go over several lines. Files above 64 MiB are errors then.
 */
#define RILLE_GREP_MULTI_LINE 32

/**
 * Files with a zero byte are searched like others; else the search of a file ends there.
 */
#define RILLE_GREP_BINARY 64

/**
 * The index is not started until rille_file_index asks for it.
 */
#define RILLE_FILE_NO_INDEX 1

/**
 * What has no size, such as a pipe or a device, is read into a temporary file instead of being refused.
 */
#define RILLE_FILE_SPOOL 2

/**
 * A gzip or zstd archive, which is known by its first bytes, is unpacked into a temporary file. Anything else is read as it
 * is.
 */
#define RILLE_FILE_UNPACK 4

/**
 * The line has bytes in front of those that are here.
 */
#define RILLE_LINE_CUT_BEFORE 1

/**
 * The line has bytes behind those that are here.
 */
#define RILLE_LINE_CUT_BEHIND 2

/**
 * The search goes back: the last match comes first.
 */
#define RILLE_SEARCH_BACKWARD 1

/**
 * Matches are counted and not told.
 */
#define RILLE_SEARCH_COUNT 2

/**
 * Only the lines that match are counted, and neither told nor looked at to their end.
 */
#define RILLE_SEARCH_LINES 8

/**
 * The search begins at the offset `from` of the options, which else says nothing.
 */
#define RILLE_SEARCH_FROM 4

/**
 * Case never matters. Without this and the next it does in a term that has a capital letter.
 */
#define RILLE_FUZZY_IGNORE_CASE 1

/**
 * Case always matters.
 */
#define RILLE_FUZZY_RESPECT_CASE 2

/**
 * A term without accents finds letters that have some: danco finds Danço.
 */
#define RILLE_FUZZY_NORMALIZE 4

/**
 * Items are paths: what follows a / counts most.
 */
#define RILLE_FUZZY_PATH 8

/**
 * Items are lines of a history: every beginning of a word counts the same.
 */
#define RILLE_FUZZY_HISTORY 16

/**
 * Items consist of columns, parted by the delimiter.
 */
#define RILLE_FUZZY_COLUMNS 32

/**
 * What a function returns. Zero is success, a positive status is success with a note, a negative one is a failure:
 * then no output has been written and the error block tells what was wrong.
 */
typedef enum rille_status {
    /**
     * Success.
     */
    RILLE_OK = 0,
    /**
     * Success, and the text holds at least one invalid UTF-8 sequence.
     */
    RILLE_INVALID = 1,
    /**
     * Success, and nothing was found.
     */
    RILLE_NONE = 2,
    /**
     * Success, and the batch is full while there may be more to come.
     */
    RILLE_MORE = 3,
    /**
     * Success, and the answer is not known yet: a job has to come further.
     */
    RILLE_PENDING = 4,
    /**
     * An argument is wrong: a null pointer, an unknown unit, memory that overlaps.
     */
    RILLE_EARG = -1,
    /**
     * A text or a result is longer than 4 GiB - 1.
     */
    RILLE_ETOOBIG = -2,
    /**
     * The output array is too short for the result.
     */
    RILLE_ESHORT = -3,
    /**
     * The machine has no memory left for this.
     */
    RILLE_ENOMEM = -4,
    /**
     * A mistake inside the library. The handle of the call, if it had one, is from now on of no use.
     */
    RILLE_EPANIC = -5,
    /**
     * An earlier call on this handle ended with RILLE_EPANIC, so that its state cannot be trusted. Free it.
     */
    RILLE_EPOISONED = -6,
    /**
     * A pattern or a template is wrong; the offset tells where.
     */
    RILLE_EPATTERN = -7,
    /**
     * A limit that was set, or its default, would be passed.
     */
    RILLE_ELIMIT = -8,
    /**
     * The job has failed; the message tells why.
     */
    RILLE_EJOB = -9,
    /**
     * The object belongs to the process that this one was forked from. Make another one here.
     */
    RILLE_EFORK = -10,
    /**
     * The system refused something: a file, a folder, a descriptor.
     */
    RILLE_EIO = -11,
    /**
     * A file is another one than it was when it was looked at. Refresh it.
     */
    RILLE_ECHANGED = -12,
} rille_status;

/**
 * What is counted, or kept whole by a reversal.
 */
typedef enum rille_unit {
    /**
     * One byte.
     */
    RILLE_UNIT_BYTE = 0,
    /**
     * One Unicode scalar value, or one maximal invalid subsequence.
     */
    RILLE_UNIT_CHAR = 1,
    /**
     * One 16-bit unit of the text as UTF-16.
     */
    RILLE_UNIT_UTF16 = 2,
    /**
     * One extended grapheme cluster (UAX #29): what a person calls a character.
     */
    RILLE_UNIT_GRAPHEME = 3,
    /**
     * One word (UAX #29): a segment that holds a letter, a digit or an ideograph.
     */
    RILLE_UNIT_WORD = 4,
    /**
     * One line, ended by LF, CR LF or the end of the text.
     */
    RILLE_UNIT_LINE = 5,
    /**
     * One display cell of a terminal, as rille_text_width measures without options.
     */
    RILLE_UNIT_CELL = 6,
    /**
     * One sentence (UAX #29), with the white space behind it.
     */
    RILLE_UNIT_SENTENCE = 7,
    /**
     * What stands between two places at which a line may be broken (UAX #14), with the white space behind it.
     */
    RILLE_UNIT_LINEBREAK = 8,
} rille_unit;

/**
 * Something of PCRE that linear time excludes, or that patterns here have not.
 */
typedef enum rille_pcre {
    /**
     * Look-ahead: (?=a), (?!a).
     */
    RILLE_PCRE_LOOK_AHEAD = 1,
    /**
     * Look-behind: (?<=a), (?<!a).
     */
    RILLE_PCRE_LOOK_BEHIND = 2,
    /**
     * A back-reference: \1, \g{1}, \k<name>, (?P=name).
     */
    RILLE_PCRE_BACK_REFERENCE = 3,
    /**
     * A possessive quantifier: a*+, a++, a?+.
     */
    RILLE_PCRE_POSSESSIVE = 4,
    /**
     * An atomic group: (?>a).
     */
    RILLE_PCRE_ATOMIC = 5,
    /**
     * Recursion or a call of a group: (?R), (?1), (?&name).
     */
    RILLE_PCRE_RECURSION = 6,
    /**
     * A condition: (?(1)a|b).
     */
    RILLE_PCRE_CONDITIONAL = 7,
    /**
     * A verb or a call-out: (*SKIP), (?C1).
     */
    RILLE_PCRE_VERB = 8,
    /**
     * The begin of the match set anew: \K.
     */
    RILLE_PCRE_KEEP = 9,
    /**
     * The place where the last match ended: \G.
     */
    RILLE_PCRE_LAST_MATCH = 10,
    /**
     * Groups that have the same numbers in each branch: (?|a|b).
     */
    RILLE_PCRE_BRANCH_RESET = 11,
} rille_pcre;

/**
 * How a text is mapped.
 */
typedef enum rille_case {
    /**
     * Capital letters.
     */
    RILLE_CASE_UPPER = 0,
    /**
     * Small letters.
     */
    RILLE_CASE_LOWER = 1,
    /**
     * Folded: texts that differ in case only become the same. Not for showing.
     */
    RILLE_CASE_FOLD = 2,
} rille_case;

/**
 * A normalisation form of UAX #15.
 */
typedef enum rille_form {
    /**
     * Canonical composition: what most text is in.
     */
    RILLE_FORM_NFC = 0,
    /**
     * Canonical decomposition.
     */
    RILLE_FORM_NFD = 1,
    /**
     * Compatibility composition.
     */
    RILLE_FORM_NFKC = 2,
    /**
     * Compatibility decomposition.
     */
    RILLE_FORM_NFKD = 3,
} rille_form;

/**
 * Whose idea of width it is.
 */
typedef enum rille_style {
    /**
     * What terminals do. A grapheme cluster takes the cells of its scalar values together, but at most two: 2 for an
     * East Asian Wide or Fullwidth one, 0 for a combining mark, a format character or a control character, 1 for any
     * other and for a maximal invalid subsequence. U+FE0F makes an emoji 2 cells wide. A tab goes to the next tab stop.
     */
    RILLE_STYLE_TERMINAL = 0,
    /**
     * What Neovim (0.11 or later) shows, as its strdisplaywidth() tells: a cluster takes the cells of its first scalar
     * value; an Arabic lam and the alef behind it are one cell; ^A for a control character, <ff> for an invalid byte, <200b> for a format character. It differs where
     * Neovim decodes what is no UTF-8 (surrogates, overlong forms, forms above U+10FFFF), where an invalid byte follows
     * a prepended character, for characters and rules of segmentation that are younger than Neovim's tables, and where
     * isprint, display, emoji, noarabicshape, termbidi, setcellwidths() or a window that wraps change what is shown.
     */
    RILLE_STYLE_NEOVIM = 1,
    /**
     * What Neovim's nvim_strwidth() tells: the same, but a tab or another ASCII control character is one cell. It
     * differs as before, and where a mark follows an invalid byte, to which it belongs here.
     */
    RILLE_STYLE_STRWIDTH = 2,
} rille_style;

/**
 * Where a text is cut.
 */
typedef enum rille_side {
    /**
     * The end of the text goes.
     */
    RILLE_SIDE_RIGHT = 0,
    /**
     * The beginning goes.
     */
    RILLE_SIDE_LEFT = 1,
    /**
     * The middle goes.
     */
    RILLE_SIDE_MIDDLE = 2,
} rille_side;

/**
 * Where a text stands in the cells that it is given.
 */
typedef enum rille_align {
    /**
     * At the left.
     */
    RILLE_ALIGN_LEFT = 0,
    /**
     * At the right.
     */
    RILLE_ALIGN_RIGHT = 1,
    /**
     * In the middle; an odd cell is left at the right.
     */
    RILLE_ALIGN_CENTER = 2,
} rille_align;

/**
 * Where a job is.
 */
typedef enum rille_job_state {
    /**
     * It waits for a thread, or runs.
     */
    RILLE_JOB_RUNNING = 0,
    /**
     * It has come to its end.
     */
    RILLE_JOB_DONE = 1,
    /**
     * It was cancelled, and has stopped. What it had found before can still be taken.
     */
    RILLE_JOB_CANCELLED = 2,
    /**
     * It could not go on; rille_job_failure tells why. What it had found before can still be taken.
     */
    RILLE_JOB_FAILED = 3,
} rille_job_state;

/**
 * What a path leads to.
 */
typedef enum rille_path_kind {
    /**
     * A regular file.
     */
    RILLE_PATH_FILE = 0,
    /**
     * A folder.
     */
    RILLE_PATH_FOLDER = 1,
    /**
     * A symbolic link that was not followed.
     */
    RILLE_PATH_LINK = 2,
    /**
     * A pipe, a socket or a device.
     */
    RILLE_PATH_OTHER = 3,
    /**
     * Something that could not be read, a folder for example; the message tells why. The walk went on beside it.
     */
    RILLE_PATH_ERROR = 4,
} rille_path_kind;

/**
 * What a result of a search is.
 */
typedef enum rille_grep_kind {
    /**
     * A line that matches; with RILLE_GREP_MULTI_LINE several if a match goes over them, or if they follow each other.
     */
    RILLE_GREP_MATCH = 0,
    /**
     * A line beside one that matches.
     */
    RILLE_GREP_CONTEXT = 1,
    /**
     * A file or folder that could not be read; the text tells why. The search went on beside it.
     */
    RILLE_GREP_ERROR = 2,
    /**
     * The search of a file, or all of it, ended before its time; the text tells why.
     */
    RILLE_GREP_STOPPED = 3,
} rille_grep_kind;

/**
 * What has become of a file.
 */
typedef enum rille_file_change {
    /**
     * It is as it was.
     */
    RILLE_FILE_SAME = 0,
    /**
     * There is more of it, and what was known is still true.
     */
    RILLE_FILE_GROWN = 1,
    /**
     * It has become shorter: it is read anew, and line numbers and offsets of before mean nothing.
     */
    RILLE_FILE_TRUNCATED = 2,
    /**
     * Another file has its path, or other bytes are in it: it is read anew.
     */
    RILLE_FILE_REPLACED = 3,
} rille_file_change;

/**
 * What a result of a search in a file is.
 */
typedef enum rille_match_kind {
    /**
     * A match.
     */
    RILLE_MATCH = 0,
    /**
     * The line here is above a mebibyte and was searched in pieces, while a match may be longer than the 64 KiB that these
     * have in common: there a long match may be cut or missed.
     */
    RILLE_MATCH_PARTIAL = 1,
} rille_match_kind;

/**
 * Which function a job calls.
 */
typedef enum rille_text_verb {
    /**
     * rille_text_reverse by the unit `what`. The result has a text.
     */
    RILLE_TEXT_REVERSE = 0,
    /**
     * rille_text_validate. The result has one number, the length of the valid prefix.
     */
    RILLE_TEXT_VALIDATE = 1,
    /**
     * rille_text_repair. The result has a text.
     */
    RILLE_TEXT_REPAIR = 2,
    /**
     * rille_text_count of the unit `what`. The result has one number.
     */
    RILLE_TEXT_COUNT = 3,
    /**
     * rille_text_offsets of `positions`. The result has as many numbers.
     */
    RILLE_TEXT_OFFSETS = 4,
    /**
     * rille_text_width by `layout`. The result has one number.
     */
    RILLE_TEXT_WIDTH = 5,
    /**
     * rille_text_truncate by `layout`. The result has the text and four numbers, those of a rille_cut.
     */
    RILLE_TEXT_TRUNCATE = 6,
    /**
     * rille_text_pad by `layout`. The result has the text and two numbers: cells missing at the left and at the right.
     */
    RILLE_TEXT_PAD = 7,
    /**
     * rille_text_wrap by `layout`, all lines. The result has the text and four numbers for each line, those of a
     * rille_line.
     */
    RILLE_TEXT_WRAP = 8,
    /**
     * rille_text_case by the mapping `what`. The result has a text.
     */
    RILLE_TEXT_CASE = 9,
    /**
     * rille_text_equal_fold with the text `other`. The result has one number, 1 or 0.
     */
    RILLE_TEXT_EQUAL_FOLD = 10,
    /**
     * rille_text_normalize to the form `what`. The result has a text.
     */
    RILLE_TEXT_NORMALIZE = 11,
} rille_text_verb;

/**
 * A growing piece of memory to which results are appended, so that making the next one allocates nothing.
 *
 * It belongs to the caller, who frees it with rille_buffer_free. Functions that take it as const may run at the same
 * time in several threads; the others need it for themselves, from whichever thread.
 */
typedef struct rille_buffer rille_buffer;

/**
 * A file of any size, open for reading, of which nothing is ever written.
 *
 * It is read in blocks, of which some are kept: it is no memory map, so a file that somebody truncates is a failure with
 * a sentence and not the end of the process. What the file grows by is there after rille_file_refresh.
 *
 * It belongs to the caller, who frees it with rille_file_free; jobs that were started from it go on. Functions that take it
 * as const may run at the same time in several threads; the others need it for themselves. Each call reads from the file
 * at most some megabytes, so it takes less than two milliseconds if the system has them in memory.
 *
 * In a process that was forked after the file was opened it can be used as before: the child has an index and a cache of its
 * own. What jobs fill, which is a file that is spooled or unpacked, or made by rille_file_filter, returns RILLE_EFORK there.
 */
typedef struct rille_file rille_file;

/**
 * Items that are kept in the library and searched with every key that a person types, by fzf's extended query syntax: see
 * rille_fuzzy_query.
 *
 * The index of an item is how many were pushed before it; it stays until rille_fuzzy_clear. Every function takes a corpus
 * as const: any may run at the same time in several threads, and while walks feed it and searches run.
 *
 * It belongs to the caller, who frees it with rille_fuzzy_free at any time: searches and feeds end then. In a process that
 * was forked after it was made it is of no use, and every function returns RILLE_EFORK.
 */
typedef struct rille_fuzzy rille_fuzzy;

/**
 * Work that runs on a thread of the library: a directory walk, for example. The function that starts it tells what it
 * does, and which function takes its results.
 *
 * A job is over when rille_job_poll no longer says RILLE_JOB_RUNNING and there is nothing left to take. Results that
 * nobody takes hold 4 MiB for each job and a little more; then the job waits until some are taken.
 *
 * As many jobs run at the same time as there are processors, at most 8; the others queue. A job that waits does not count,
 * whether it waits for its results to be taken, for input or for a change of a file: 1,024 jobs may wait for their results
 * or for input, and one more fails; jobs that follow files have no thread between two looks, and no limit. A job that can
 * have no thread fails with a sentence.
 *
 * A job that was cancelled and does not stop within 10 milliseconds is abandoned: it is RILLE_JOB_CANCELLED from then on,
 * and its threads no longer count, wherever they are: in a read from a server that does not answer, or in the compiler of a
 * pattern. While 16 jobs are stuck like that no more threads are started, and jobs that find none fail with a sentence.
 *
 * It belongs to the caller, who frees it with rille_job_free at any time: that cancels it and does not wait. Functions
 * that take it as const may run at the same time in several threads; the others need it for themselves. In a process
 * that was forked after the job was started it has failed.
 */
typedef struct rille_job rille_job;

/**
 * A list of literals that are searched for in one pass.
 *
 * It belongs to the caller, who frees it with rille_literals_free. Every function but that one takes it as const:
 * threads may search with it at the same time.
 */
typedef struct rille_literals rille_literals;

/**
 * A query made ready for single texts and short lists: see rille_fuzzy_query for what it means.
 *
 * It belongs to the caller, who frees it with rille_matcher_free. One call at a time, from any thread.
 */
typedef struct rille_matcher rille_matcher;

/**
 * A descriptor that becomes readable when a job that it watches has something to take, or is over.
 *
 * It belongs to the caller, who frees it with rille_notifier_free. A notifier and the jobs that it watches may be freed in
 * any order. Every function but that one takes it as const: threads may call them at the same time.
 */
typedef struct rille_notifier rille_notifier;

/**
 * A compiled pattern, which searches in linear time whatever the pattern and the text.
 *
 * It belongs to the caller, who frees it with rille_regex_free. Every function but that one takes it as const: threads
 * may search with it at the same time.
 */
typedef struct rille_regex rille_regex;

/**
 * A list of patterns that are searched for in one pass, which tells which of them match.
 *
 * It belongs to the caller, who frees it with rille_regexset_free. Every function but that one takes it as const:
 * threads may search with it at the same time.
 */
typedef struct rille_regexset rille_regexset;

/**
 * A replacement of matches in text that is fed in chunks. A match may cross any border between them: what comes out is the
 * same however the text was cut.
 *
 * It belongs to the caller, who frees it with rille_stream_free. One call at a time, from whichever thread.
 */
typedef struct rille_stream rille_stream;

/**
 * How many handles of one kind are alive in the process, and how much memory they hold.
 */
typedef struct rille_stat {
    /**
     * The kind of handle, for example "buffer", ended by a NUL.
     */
    char kind[RILLE_KIND_SIZE];
    /**
     * Live handles.
     */
    int64_t handles;
    /**
     * Native memory that they hold, in bytes.
     */
    int64_t bytes;
} rille_stat;

/**
 * What went wrong, in memory of the caller: 256 bytes, written by the library only when a call fails. Every function
 * that takes one also takes NULL.
 */
typedef struct rille_error {
    /**
     * The status that was returned as well.
     */
    int32_t status;
    /**
     * Length of the message in bytes, without its NUL.
     */
    uint32_t length;
    /**
     * Byte offset of the mistake in the input, 0-based, or -1 if it has no place there.
     */
    int64_t offset;
    /**
     * A sentence in UTF-8 for a person, ended by a NUL and cut at a character boundary where it is too long.
     */
    char message[RILLE_MESSAGE_SIZE];
} rille_error;

/**
 * Between which units positions are converted. Set `size` to sizeof(rille_offset_options).
 */
typedef struct rille_offset_options {
    /**
     * sizeof(rille_offset_options).
     */
    uint32_t size;
    /**
     * The unit of the positions: RILLE_UNIT_BYTE, RILLE_UNIT_CHAR, RILLE_UNIT_UTF16, RILLE_UNIT_GRAPHEME or
     * RILLE_UNIT_CELL.
     */
    uint32_t from;
    /**
     * The unit of the results, one of the same.
     */
    uint32_t to;
} rille_offset_options;

/**
 * Which segments a batch has, where it begins, and how many it takes. Set `size` to sizeof(rille_segment_options).
 */
typedef struct rille_segment_options {
    /**
     * sizeof(rille_segment_options).
     */
    uint32_t size;
    /**
     * RILLE_UNIT_GRAPHEME, RILLE_UNIT_WORD, RILLE_UNIT_SENTENCE, RILLE_UNIT_LINE or RILLE_UNIT_LINEBREAK.
     */
    uint32_t unit;
    /**
     * Offset in the text to begin at: 0, or what the batch before wrote to `out_next`. Behind the end there is nothing.
     */
    uint32_t from;
    /**
     * How many spans the output has room for.
     */
    uint32_t capacity;
} rille_segment_options;

/**
 * Options of the functions that measure in display cells. Set `size` and leave zero what shall be as by default.
 */
typedef struct rille_layout_options {
    /**
     * sizeof(rille_layout_options), so that a later version can tell what this one did not know.
     */
    uint32_t size;
    /**
     * How many cells there are to truncate, pad or wrap to. The width alone needs none.
     */
    uint32_t cells;
    /**
     * One of the RILLE_STYLE_ constants.
     */
    uint32_t style;
    /**
     * Cells of a character whose East Asian Width is Ambiguous: 1, which is also meant by 0, or 2.
     */
    uint32_t ambiguous;
    /**
     * Cells from one tab stop to the next; 0 means 8.
     */
    uint32_t tabstop;
    /**
     * The column at which the text begins, 0-based; in a wrapped text every line does.
     */
    uint32_t column;
    /**
     * rille_text_truncate: one of the RILLE_SIDE_ constants.
     */
    uint32_t side;
    /**
     * rille_text_pad: one of the RILLE_ALIGN_ constants.
     */
    uint32_t align;
    /**
     * rille_text_wrap: not 0 if a word that is longer than a line shall not be cut.
     */
    uint32_t keep_long_words;
    /**
     * rille_text_wrap: the offset at which to begin, which must be the start of a line.
     */
    uint32_t start;
    /**
     * rille_text_truncate: what stands for the text that is cut; NULL for U+2026, "…". It is not copied: it must stay
     * where it is during the call.
     */
    const uint8_t *ellipsis;
    /**
     * Length of the ellipsis in bytes. With 0 and a pointer that is not NULL there is none.
     */
    size_t ellipsis_len;
} rille_layout_options;

/**
 * What is shown of a truncated text: its bytes from 0 to `head`, then the ellipsis, then its bytes from `tail` to its
 * end.
 */
typedef struct rille_cut {
    /**
     * End of what stays of the beginning, in bytes. The length of the text if all of it fits.
     */
    uint32_t head;
    /**
     * Start of what stays of the end, in bytes. The length of the text if nothing does.
     */
    uint32_t tail;
    /**
     * Length in bytes of the ellipsis that stands between them: 0 if all of the text fits, or if the ellipsis does not.
     */
    uint32_t ellipsis;
    /**
     * Cells that the whole takes.
     */
    uint32_t cells;
} rille_cut;

/**
 * A piece of memory that is only read.
 */
typedef struct rille_slice {
    /**
     * The bytes; NULL is fine if there are none.
     */
    const uint8_t *ptr;
    /**
     * How many they are.
     */
    size_t len;
} rille_slice;

/**
 * One line of a wrapped text.
 */
typedef struct rille_line {
    /**
     * Offset in bytes at which it begins.
     */
    uint32_t start;
    /**
     * Offset at which it ends: before white space and a line end, which belong to no line.
     */
    uint32_t stop;
    /**
     * Offset at which the next line begins; the length of the text behind the last one.
     */
    uint32_t next;
    /**
     * Cells that it takes.
     */
    uint32_t cells;
} rille_line;

/**
 * What a job of rille_text_start does. Set `size` to sizeof(rille_text_task), and of the rest what the verb names.
 */
typedef struct rille_text_task {
    /**
     * sizeof(rille_text_task).
     */
    uint32_t size;
    /**
     * One of rille_text_verb.
     */
    uint32_t verb;
    /**
     * A unit, a mapping or a form, as the verb says.
     */
    uint32_t what;
    /**
     * How many positions there are.
     */
    uint32_t count;
    /**
     * The positions of RILLE_TEXT_OFFSETS. They are copied.
     */
    const uint32_t *positions;
    /**
     * Their units.
     */
    const struct rille_offset_options *offset;
    /**
     * The layout of RILLE_TEXT_WIDTH, RILLE_TEXT_TRUNCATE, RILLE_TEXT_PAD and RILLE_TEXT_WRAP; NULL for the default. It is
     * copied.
     */
    const struct rille_layout_options *layout;
    /**
     * The second text of RILLE_TEXT_EQUAL_FOLD. It is copied.
     */
    const uint8_t *other;
    /**
     * Its length in bytes.
     */
    size_t other_len;
} rille_text_task;

/**
 * What a job of rille_text_start has found. The pointers are valid until the job is freed.
 */
typedef struct rille_text_result {
    /**
     * The numbers, as the verb names them; NULL if it names none.
     */
    const uint32_t *numbers;
    /**
     * The text, as the verb names it; NULL if it names none.
     */
    const uint8_t *text;
    /**
     * Length of the text in bytes.
     */
    size_t len;
    /**
     * How many numbers there are.
     */
    uint32_t count;
    /**
     * Reserved; always 0.
     */
    uint32_t reserved;
} rille_text_result;

/**
 * How a pattern is compiled. Set `size` to sizeof(rille_regex_options); zeros are the default.
 */
typedef struct rille_regex_options {
    /**
     * sizeof(rille_regex_options).
     */
    uint32_t size;
    /**
     * Any of the RILLE_REGEX_ constants, added.
     */
    uint32_t flags;
    /**
     * Bytes that the compiled pattern may take; 0 for 10 MiB.
     */
    uint32_t size_limit;
    /**
     * 0.
     */
    uint32_t reserved;
} rille_regex_options;

/**
 * Where a batch of matches begins, and how many it takes. Set `size` to sizeof(rille_scan); zeros are the default.
 */
typedef struct rille_scan {
    /**
     * sizeof(rille_scan).
     */
    uint32_t size;
    /**
     * Offset in the text to begin at. What is before it is looked at by ^ and \b. Behind the end nothing is found.
     */
    uint32_t from;
    /**
     * Not 0 if a match has ended at `from`, so that an empty one there would be found twice. To go on after a full
     * batch, set this to 1 and `from` to the end of the last match.
     */
    uint32_t after;
    /**
     * How many matches the output has room for.
     */
    uint32_t capacity;
} rille_scan;

/**
 * What takes the place of matches. Set `size` to sizeof(rille_replacement); zeros are the default.
 */
typedef struct rille_replacement {
    /**
     * sizeof(rille_replacement).
     */
    uint32_t size;
    /**
     * How many matches are replaced at most; 0 for all.
     */
    uint32_t limit;
    /**
     * Not 0 if the text is to be taken as it is; else it is a template: $0 is the match, $1 a group, ${name} a named
     * group, $$ a dollar sign.
     */
    uint32_t literal;
    /**
     * 0.
     */
    uint32_t reserved;
    /**
     * The text or the template; NULL for the empty one.
     */
    const uint8_t *text;
    /**
     * Its length in bytes.
     */
    size_t len;
} rille_replacement;

/**
 * How literals are searched for. Set `size` to sizeof(rille_literals_options); zeros are the default.
 */
typedef struct rille_literals_options {
    /**
     * sizeof(rille_literals_options).
     */
    uint32_t size;
    /**
     * Any of the RILLE_LITERALS_ constants, added.
     */
    uint32_t flags;
    /**
     * Bytes that the fast form may take; 0 for 16 MiB. Beyond that it is a smaller one of half the speed.
     */
    uint32_t memory_limit;
    /**
     * 0.
     */
    uint32_t reserved;
} rille_literals_options;

/**
 * What takes the place of hits. Set `size` to sizeof(rille_replacements); zeros are the default.
 */
typedef struct rille_replacements {
    /**
     * sizeof(rille_replacements).
     */
    uint32_t size;
    /**
     * How many hits are replaced at most; 0 for all.
     */
    uint32_t limit;
    /**
     * How many replacements there are: one for each literal, or 1 for all of them.
     */
    uint32_t count;
    /**
     * 0.
     */
    uint32_t reserved;
    /**
     * All replacements one after the other; NULL for the empty text.
     */
    const uint8_t *text;
    /**
     * Length of that text in bytes.
     */
    size_t len;
    /**
     * The offset behind each replacement, `count` numbers, none below the one before.
     */
    const uint32_t *ends;
} rille_replacements;

/**
 * What rille_job_poll tells.
 */
typedef struct rille_progress {
    /**
     * One of rille_job_state.
     */
    uint32_t state;
    /**
     * 1 if there is something to take, else 0.
     */
    uint32_t ready;
    /**
     * How much is done, in the unit that the function which starts the job names: folders, files, bytes.
     */
    double done;
    /**
     * How much there is to do in the same unit, or 0 if that is not known.
     */
    double total;
} rille_progress;

/**
 * What a walk finds. Set `size` to sizeof(rille_walk_options); zeros are the default: files and links that are neither
 * hidden nor ignored.
 */
typedef struct rille_walk_options {
    /**
     * sizeof(rille_walk_options).
     */
    uint32_t size;
    /**
     * Any of the RILLE_WALK_ constants, added.
     */
    uint32_t flags;
    /**
     * How deep to go: 1 is what is in the root itself. 0 is no limit.
     */
    uint32_t max_depth;
    /**
     * How many globs there are.
     */
    uint32_t glob_count;
    /**
     * How many types there are.
     */
    uint32_t type_count;
    /**
     * 0.
     */
    uint32_t reserved;
    /**
     * All globs, one after the other, as in a .gitignore but the other way round: only paths that one of them matches are
     * found. One with a leading ! leaves paths out; the last one that matches counts. They win over what is ignored.
     */
    const uint8_t *globs;
    /**
     * Bytes of all globs.
     */
    size_t globs_len;
    /**
     * Offset behind each glob.
     */
    const uint32_t *glob_ends;
    /**
     * The names of all types, one after the other, as in rg --type-list: only files of these are found. A leading !
     * leaves a type out.
     */
    const uint8_t *types;
    /**
     * Bytes of all types.
     */
    size_t types_len;
    /**
     * Offset behind each type.
     */
    const uint32_t *type_ends;
} rille_walk_options;

/**
 * One path: offsets in the text of its batch.
 */
typedef struct rille_path_entry {
    /**
     * Where the path begins.
     */
    uint32_t start;
    /**
     * Where it ends, and the message of an error begins.
     */
    uint32_t stop;
    /**
     * Where the message ends; the same as `stop` if there is none.
     */
    uint32_t message_stop;
    /**
     * One of rille_path_kind.
     */
    uint32_t kind;
} rille_path_entry;

/**
 * A batch of paths. What it points to is valid until the next batch is taken or the job is freed.
 */
typedef struct rille_paths {
    /**
     * The bytes of all paths. They begin with the root as it was given, a root of "." left away, and need not be UTF-8.
     */
    const uint8_t *text;
    /**
     * Where each path is.
     */
    const struct rille_path_entry *paths;
    /**
     * How many there are.
     */
    uint32_t count;
    /**
     * 0.
     */
    uint32_t reserved;
} rille_paths;

/**
 * One pattern that lines are searched for, in one of its three forms: `regex`, `literals`, or, if both are NULL, a text.
 *
 * A list of patterns matches where one of them does; where several begin, the first one of the list wins. In a line, ^ and $
 * match at its ends, its LF or CR LF left out, whatever the flags are.
 */
typedef struct rille_pattern {
    /**
     * A pattern in the syntax of rille_regex_new.
     */
    const uint8_t *text;
    /**
     * Bytes of the text.
     */
    size_t len;
    /**
     * NULL, or a compiled pattern. It may be freed while the job runs.
     */
    const struct rille_regex *regex;
    /**
     * NULL, or literals. They may be freed while the job runs.
     */
    const struct rille_literals *literals;
} rille_pattern;

/**
 * What a search finds. Set `size` to sizeof(rille_grep_options).
 */
typedef struct rille_grep_options {
    /**
     * sizeof(rille_grep_options).
     */
    uint32_t size;
    /**
     * Any of the RILLE_GREP_ constants, added.
     */
    uint32_t flags;
    /**
     * How many patterns there are, one at least. A line matches if one of them does.
     */
    uint32_t pattern_count;
    /**
     * Lines to tell before and after each that matches.
     */
    uint32_t context;
    /**
     * Most lines of one file, or 0.
     */
    uint32_t max_count;
    /**
     * Most lines in all, or 0. A last result of the kind RILLE_GREP_STOPPED tells that there are more.
     */
    uint32_t max_total;
    /**
     * How many texts in memory there are.
     */
    uint32_t text_count;
    /**
     * 0.
     */
    uint32_t reserved;
    /**
     * The patterns, in any of their forms. Compiled ones are their text with their own flags.
     */
    const struct rille_pattern *patterns;
    /**
     * Texts in memory that are searched first, and instead of files with such a path: for each its path, then the text.
     * They are copied. A path is one as the results have it: with the root as it was given.
     */
    const uint8_t *texts;
    /**
     * Bytes of all paths and texts.
     */
    size_t texts_len;
    /**
     * Offset behind each path and each text: twice as many as there are texts.
     */
    const uint32_t *text_ends;
} rille_grep_options;

/**
 * One line: offsets in the text and the spans of its batch.
 */
typedef struct rille_grep_line {
    /**
     * Where the path begins.
     */
    uint32_t path_start;
    /**
     * Where it ends.
     */
    uint32_t path_stop;
    /**
     * Where the line begins.
     */
    uint32_t start;
    /**
     * Where it ends, without its LF or CR LF.
     */
    uint32_t stop;
    /**
     * Index of its first span.
     */
    uint32_t span;
    /**
     * How many spans it has.
     */
    uint32_t span_count;
    /**
     * One of rille_grep_kind.
     */
    uint32_t kind;
    /**
     * 0.
     */
    uint32_t reserved;
    /**
     * Number of the line in its file, from 1 on; 0 if this is no line.
     */
    double line;
    /**
     * Offset of the line in its file, in bytes, in UTF-16 as well. A byte-order mark is part of the first line, though not of
     * its text.
     */
    double offset;
} rille_grep_line;

/**
 * A batch of lines. What it points to is valid until the next batch is taken or the job is freed.
 */
typedef struct rille_grep_lines {
    /**
     * The bytes of all paths and lines.
     */
    const uint8_t *text;
    /**
     * Where each line is.
     */
    const struct rille_grep_line *lines;
    /**
     * Where each match is in its line: begin and end, two numbers for each.
     */
    const uint32_t *spans;
    /**
     * How many lines there are.
     */
    uint32_t count;
    /**
     * 0.
     */
    uint32_t reserved;
} rille_grep_lines;

/**
 * How a file is opened. Set `size` to sizeof(rille_file_options); zeros are the default.
 */
typedef struct rille_file_options {
    /**
     * sizeof(rille_file_options).
     */
    uint32_t size;
    /**
     * Any of the RILLE_FILE_ constants, added.
     */
    uint32_t flags;
    /**
     * Bytes of the block cache; 0 for 4 MiB.
     */
    uint32_t cache;
    /**
     * Threads of the index and of each search; 0 for as many as there are processors. Never more than 4.
     */
    uint32_t threads;
    /**
     * Bytes of the temporary file at most, against archives that unpack to more than the disk has; 0 for 16 GiB.
     */
    int64_t spool_limit;
    /**
     * Path of the folder of the temporary file; NULL for the system's: what TMPDIR names, else /tmp.
     */
    const uint8_t *spool_folder;
    /**
     * Bytes of that path.
     */
    size_t spool_folder_len;
} rille_file_options;

/**
 * What is known of a file.
 */
typedef struct rille_file_info {
    /**
     * Bytes of the file, as the last refresh saw it.
     */
    double size;
    /**
     * How many lines it has. A last line without a line feed is one.
     */
    double lines;
    /**
     * Bytes from the begin of the file on that the index knows.
     */
    double indexed;
    /**
     * Bytes of memory that the index takes.
     */
    double index_bytes;
    /**
     * Bytes of memory that the file holds or may come to hold in all, its block cache included.
     */
    double bytes;
    /**
     * 1 if the number of lines is exact, 0 if it is an estimate.
     */
    uint32_t exact;
    /**
     * 0.
     */
    uint32_t reserved;
} rille_file_info;

/**
 * What has become of a file that is followed.
 */
typedef struct rille_file_news {
    /**
     * Bytes that the file has now.
     */
    double size;
    /**
     * One of rille_file_change: what the next refresh will tell, unless the file changes again.
     */
    uint32_t change;
    /**
     * 0.
     */
    uint32_t reserved;
} rille_file_news;

/**
 * What of each line is wanted. Set `size` to sizeof(rille_file_window); zeros are the default.
 */
typedef struct rille_file_window {
    /**
     * sizeof(rille_file_window).
     */
    uint32_t size;
    /**
     * Bytes of each line at most; 0 for 64 KiB, 1 GiB at most.
     */
    uint32_t most;
    /**
     * Bytes at the begin of each line that are left out.
     */
    int64_t from;
} rille_file_window;

/**
 * One line of a batch.
 */
typedef struct rille_file_line {
    /**
     * Where its text begins in that of the batch.
     */
    uint32_t start;
    /**
     * Where its text ends, without its LF or CR LF.
     */
    uint32_t stop;
    /**
     * RILLE_LINE_CUT_BEFORE, RILLE_LINE_CUT_BEHIND, both, or 0 if the whole line is here.
     */
    uint32_t flags;
    /**
     * 0.
     */
    uint32_t reserved;
    /**
     * Offset of the begin of the line in the file. If its begin is too far away to be looked for, that of the first byte that
     * is here: then RILLE_LINE_CUT_BEFORE is set.
     */
    double offset;
    /**
     * Bytes of the whole line without its LF or CR LF; -1 if its end is not known yet.
     */
    double length;
} rille_file_line;

/**
 * Lines in a row. What it points to is valid until the next batch of the same file or until the file is freed.
 */
typedef struct rille_file_lines {
    /**
     * The bytes of all lines.
     */
    const uint8_t *text;
    /**
     * Where each is.
     */
    const struct rille_file_line *lines;
    /**
     * Number of the first line, from 1 on; 0 if it is not known yet.
     */
    double first;
    /**
     * How many lines there are.
     */
    uint32_t count;
    /**
     * 1 if the batch ended before its time, as the lines are long; 0 if all that were wanted are here, or the file ends.
     */
    uint32_t more;
} rille_file_lines;

/**
 * What a search in a file finds. Set `size` to sizeof(rille_search_options); zeros are the default: all matches from the
 * begin of the file on.
 */
typedef struct rille_search_options {
    /**
     * sizeof(rille_search_options).
     */
    uint32_t size;
    /**
     * Any of the RILLE_SEARCH_ constants, added.
     */
    uint32_t flags;
    /**
     * Where to begin: forward, each match begins there or behind it; backward, each begins before it.
     */
    int64_t from;
    /**
     * Most matches, or 0. A search that only counts has no limit.
     */
    uint32_t limit;
    /**
     * 0.
     */
    uint32_t reserved;
} rille_search_options;

/**
 * Where a match is.
 */
typedef struct rille_file_match {
    /**
     * Offset of its first byte in the file.
     */
    double offset;
    /**
     * Offset of the line that it is in.
     */
    double line_offset;
    /**
     * Number of that line, from 1 on; 0 if the index had not come so far.
     */
    double line;
    /**
     * Bytes of the match.
     */
    uint32_t length;
    /**
     * One of rille_match_kind.
     */
    uint32_t kind;
} rille_file_match;

/**
 * A batch of matches. What it points to is valid until the next batch is taken or the job is freed.
 */
typedef struct rille_file_matches {
    /**
     * Where each match is.
     */
    const struct rille_file_match *matches;
    /**
     * How many there are until the end of what the search has brought with this batch.
     */
    double total;
    /**
     * How many lines they are in.
     */
    double lines;
    /**
     * How many are in this batch; 0 if they are only counted.
     */
    uint32_t count;
    /**
     * 0.
     */
    uint32_t reserved;
} rille_file_matches;

/**
 * How a corpus or a matcher works. Set `size` to sizeof(rille_fuzzy_options); zeros are the default.
 */
typedef struct rille_fuzzy_options {
    /**
     * sizeof(rille_fuzzy_options).
     */
    uint32_t size;
    /**
     * Any of the RILLE_FUZZY_ constants, added.
     */
    uint32_t flags;
    /**
     * How many chars of a fuzzy term an item may lack, 3 at most; a term of 4 chars may lack one, of 8 chars two, of 12
     * chars three. An item that lacks fewer always comes before one that lacks more.
     */
    uint32_t typos;
    /**
     * Threads of a search; 0 is as many as there are processors, up to 8.
     */
    uint32_t threads;
    /**
     * The byte that parts the columns of an item, with RILLE_FUZZY_COLUMNS.
     */
    uint32_t delimiter;
    /**
     * How many columns are searched; 0 is all.
     */
    uint32_t column_count;
    /**
     * Which columns are searched, counted from 0. A term matches the first one in which it is found.
     */
    const uint32_t *columns;
    /**
     * Bytes that the corpus may hold; 0 is no limit.
     */
    size_t budget;
} rille_fuzzy_options;

/**
 * How much a corpus holds.
 */
typedef struct rille_fuzzy_size {
    /**
     * Items.
     */
    uint32_t items;
    /**
     * Folders that they are in.
     */
    uint32_t folders;
    /**
     * Bytes of native memory.
     */
    double bytes;
} rille_fuzzy_size;

/**
 * One row of a result.
 */
typedef struct rille_fuzzy_row {
    /**
     * Which item: how many were pushed before it.
     */
    uint32_t index;
    /**
     * What it earned, with its boost. For each char of the query that it lacks 1,048,576 less.
     */
    int32_t score;
} rille_fuzzy_row;

/**
 * What a search has found.
 */
typedef struct rille_fuzzy_found {
    /**
     * Rows that were written: the best ones, in their order.
     */
    uint32_t count;
    /**
     * Items that match, among those that were searched.
     */
    uint32_t total;
    /**
     * Items that were searched.
     */
    uint32_t searched;
    /**
     * 1 if the search has come to its end, 0 if better rows may come.
     */
    uint32_t done;
} rille_fuzzy_found;

/**
 * What a text earns that matches.
 */
typedef struct rille_fuzzy_hit {
    /**
     * Its score, as in rille_fuzzy_row.
     */
    int32_t score;
    /**
     * How many positions were written.
     */
    uint32_t count;
} rille_fuzzy_hit;







#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Returns the number of the interface that the loaded library has. Compare it with RILLE_ABI before any other call and
 * do not use the library if it differs.
 */
uint32_t rille_abi(void);

/**
 * Returns the version of the library, for example "0.1.0". The string is static.
 */
const char *rille_version(void);

/**
 * Returns the name of the SIMD kernels that were chosen for this processor: "scalar", "ssse3", "avx2", "avx512" or
 * "neon". The string is static.
 */
const char *rille_cpu(void);

/**
 * Returns the version of Unicode that all of the library is of: "18.0". The string is static.
 */
const char *rille_unicode_version(void);

/**
 * Returns the path of the file that the library was loaded from, as the system's loader knows it, or NULL if it cannot
 * tell. The string is static.
 */
const char *rille_path(void);

/**
 * Tells the live handles and the native memory of each kind of handle, for the whole process.
 *
 * Writes one entry for each kind to `out`, which has room for `capacity` of them, and the number of kinds to `out_count`.
 * A `capacity` of 0 asks for that number alone, and `out` may then be NULL.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL) or RILLE_ESHORT (`capacity` is neither 0 nor enough). Any thread may
 * call it at any time.
 */
int32_t rille_stats(struct rille_stat *out,
                    uint32_t capacity,
                    uint32_t *out_count,
                    struct rille_error *err);

/**
 * Returns where the library keeps the native memory of all live handles of the process, in KiB and up to date: for hosts
 * that collect garbage and have to know what their handles hold, at the price of reading a number. The memory of files and
 * patterns is estimated, and a descriptor counts for 256 KiB. The pointer is static.
 */
const uint32_t *rille_held_kib(void);

/**
 * Makes an empty buffer with room for `capacity` bytes and writes it to `out`.
 *
 * Returns RILLE_OK, RILLE_EARG (`out` is NULL), RILLE_ETOOBIG (above 4 GiB - 1) or RILLE_ENOMEM.
 */
int32_t rille_buffer_new(size_t capacity, struct rille_buffer **out, struct rille_error *err);

/**
 * Frees a buffer. NULL is fine; a buffer that was freed already is not.
 */
void rille_buffer_free(struct rille_buffer *buffer);

/**
 * Returns the length of the content in bytes; 0 for NULL.
 */
uint32_t rille_buffer_len(const struct rille_buffer *buffer);

/**
 * Returns the content, rille_buffer_len bytes without a NUL at their end. The pointer is valid until the next call on
 * this buffer that does not take it as const; NULL for NULL.
 */
const uint8_t *rille_buffer_ptr(const struct rille_buffer *buffer);

/**
 * Empties the buffer and keeps its memory.
 *
 * Returns RILLE_OK or RILLE_EARG (`buffer` is NULL).
 */
int32_t rille_buffer_reset(struct rille_buffer *buffer, struct rille_error *err);

/**
 * Appends the `len` bytes at `text`, which may not lie inside the buffer itself.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL), RILLE_ETOOBIG (the content would pass 4 GiB - 1) or RILLE_ENOMEM.
 */
int32_t rille_buffer_append(struct rille_buffer *buffer,
                            const uint8_t *text,
                            size_t len,
                            struct rille_error *err);

/**
 * Makes room for at least `len` bytes behind the content and writes where it begins to `out`. Fill as much of it as
 * you need and tell so with rille_buffer_commit. The pointer is valid until the next call on this buffer that does not
 * take it as const.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL), RILLE_ETOOBIG (the content could pass 4 GiB - 1) or RILLE_ENOMEM.
 */
int32_t rille_buffer_reserve(struct rille_buffer *buffer,
                             size_t len,
                             uint8_t **out,
                             struct rille_error *err);

/**
 * Adds the first `len` bytes of the last reservation to the content. They must have been written. The rest of the
 * reservation is given back.
 *
 * Returns RILLE_OK or RILLE_EARG (`buffer` is NULL, or `len` is more than was reserved).
 */
int32_t rille_buffer_commit(struct rille_buffer *buffer,
                            size_t len,
                            struct rille_error *err);

/**
 * Reverses a text by bytes, chars or grapheme clusters.
 *
 * Writes exactly `len` bytes to `out`: the units of the text from last to first, the bytes of each in their own order.
 * `unit` is RILLE_UNIT_BYTE, RILLE_UNIT_CHAR or RILLE_UNIT_GRAPHEME. A maximal invalid UTF-8 subsequence is one char
 * and keeps its bytes in order. `out` may not overlap the text.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL, they overlap, or there is no reversal by that unit), RILLE_ETOOBIG
 * or RILLE_ESHORT (`capacity` is below `len`). Any thread may call it at any time.
 */
int32_t rille_text_reverse(const uint8_t *text,
                           size_t len,
                           uint32_t unit,
                           uint8_t *out,
                           size_t capacity,
                           struct rille_error *err);

/**
 * Tells whether a text is valid UTF-8.
 *
 * Writes the length in bytes of the longest valid prefix to `out_valid`: `len` if all of it is valid, else the 0-based
 * offset of the first maximal invalid subsequence.
 *
 * Returns RILLE_OK (valid), RILLE_INVALID (not valid), RILLE_EARG (a pointer is NULL) or RILLE_ETOOBIG. Any thread may
 * call it at any time.
 */
int32_t rille_text_validate(const uint8_t *text,
                            size_t len,
                            uint32_t *out_valid,
                            struct rille_error *err);

/**
 * Tells how long a text will be after rille_text_repair.
 *
 * Writes that length in bytes to `out_len`. It is above `len` by up to twice the number of invalid bytes.
 *
 * Returns RILLE_OK (the text is valid: repair would copy it as it is), RILLE_INVALID (there is something to repair),
 * RILLE_EARG (a pointer is NULL) or RILLE_ETOOBIG (the text or the result is longer than 4 GiB - 1). Any thread may
 * call it at any time.
 */
int32_t rille_text_repair_len(const uint8_t *text,
                              size_t len,
                              uint32_t *out_len,
                              struct rille_error *err);

/**
 * Replaces each maximal invalid subsequence of a text by U+FFFD, so that the result is valid UTF-8.
 *
 * Writes the result to `out` and its length in bytes to `out_len`. How much room it needs is told by
 * rille_text_repair_len; three times `len` is always enough. `out` may not overlap the text.
 *
 * Returns RILLE_OK (the text was valid and has been copied), RILLE_INVALID (something was replaced), RILLE_EARG (a
 * pointer is NULL or they overlap), RILLE_ETOOBIG or RILLE_ESHORT (`capacity` is below what is needed). Any thread may
 * call it at any time.
 */
int32_t rille_text_repair(const uint8_t *text,
                          size_t len,
                          uint8_t *out,
                          size_t capacity,
                          uint32_t *out_len,
                          struct rille_error *err);

/**
 * Counts the units of a text.
 *
 * Writes the number to `out_count`. `unit` is any of the RILLE_UNIT_ constants. A maximal invalid UTF-8 subsequence
 * counts as one char and one UTF-16 unit. Words, sentences, lines and line-break segments are those that
 * rille_text_segments finds: a line ends in LF or CR LF, the last one also at the end of the text; the empty text has no
 * line. The number of cells is what rille_text_width tells without options.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL or the unit is unknown) or RILLE_ETOOBIG. Any thread may call it at
 * any time.
 */
int32_t rille_text_count(const uint8_t *text,
                         size_t len,
                         uint32_t unit,
                         uint32_t *out_count,
                         struct rille_error *err);

/**
 * Converts a position from one unit to another, for example a byte to the UTF-16 column that a language server wants.
 *
 * Writes the result to `out`. Positions are 0-based. One inside a char or a cluster is taken for that of its start, one
 * beyond the end of the text for the end, which is the number of units. An invalid UTF-8 sequence is one char. Cells are those of rille_text_width
 * without options; what takes none is at the cell behind it.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL, or positions are not counted in that unit) or RILLE_ETOOBIG. Any
 * thread may call it at any time.
 */
int32_t rille_text_offset(const uint8_t *text,
                          size_t len,
                          uint32_t position,
                          const struct rille_offset_options *options,
                          uint32_t *out,
                          struct rille_error *err);

/**
 * Converts a list of positions from one unit to another, as rille_text_offset does for one.
 *
 * Writes `count` results to `out`, in the order of the positions. Ascending positions take one scan of the text
 * together; for others it may sort a copy first. `out` may not overlap the positions.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL, they overlap, or positions are not counted in that unit),
 * RILLE_ETOOBIG or RILLE_ENOMEM. Any thread may call it at any time.
 */
int32_t rille_text_offsets(const uint8_t *text,
                           size_t len,
                           const uint32_t *positions,
                           uint32_t count,
                           const struct rille_offset_options *options,
                           uint32_t *out,
                           struct rille_error *err);

/**
 * Finds a batch of segments, from left to right.
 *
 * Writes two offsets for each segment to `out_spans`, which has room for two numbers times the capacity that `options`
 * tells, the number of segments to `out_count`, and where the next batch begins to `out_next`. Clusters, sentences and
 * line-break segments follow each other without a gap; words leave out what stands between them, lines their LF or
 * CR LF. All batches of a text together walk it once.
 *
 * Returns RILLE_OK (there are no more), RILLE_MORE (the batch is full), RILLE_EARG (a pointer is NULL, or there are no
 * segments of that unit) or RILLE_ETOOBIG. Any thread may call it at any time.
 */
int32_t rille_text_segments(const uint8_t *text,
                            size_t len,
                            const struct rille_segment_options *options,
                            uint32_t *out_spans,
                            uint32_t *out_count,
                            uint32_t *out_next,
                            struct rille_error *err);

/**
 * Tells how long a text will be after rille_text_case.
 *
 * Writes that length in bytes to `out_len`. `mapping` is a RILLE_CASE_ constant. Its cost is that of the mapping itself,
 * which can be saved: three times `len` is always enough.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL or the mapping is unknown) or RILLE_ETOOBIG (the text or the result is
 * longer than 4 GiB - 1). Any thread may call it at any time.
 */
int32_t rille_text_case_len(const uint8_t *text,
                            size_t len,
                            uint32_t mapping,
                            uint32_t *out_len,
                            struct rille_error *err);

/**
 * Maps a text to upper or lower case or folds it, by Unicode's full mappings without a language.
 *
 * Writes the result to `out` and its length in bytes to `out_len`. `mapping` is a RILLE_CASE_ constant. With room for
 * three times `len` the text is walked once; with less it is walked first to see whether the room will do. Invalid UTF-8
 * stays as it is. `out` may not overlap the text.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL, they overlap, or the mapping is unknown), RILLE_ETOOBIG or
 * RILLE_ESHORT (`capacity` is below what is needed). Any thread may call it at any time.
 */
int32_t rille_text_case(const uint8_t *text,
                        size_t len,
                        uint32_t mapping,
                        uint8_t *out,
                        size_t capacity,
                        uint32_t *out_len,
                        struct rille_error *err);

/**
 * Tells whether two texts are the same but for case, as folding both and comparing would.
 *
 * Writes 1 or 0 to `out_equal`. Nothing is allocated, and the comparison ends at the first difference.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL) or RILLE_ETOOBIG. Any thread may call it at any time.
 */
int32_t rille_text_equal_fold(const uint8_t *a,
                              size_t a_len,
                              const uint8_t *b,
                              size_t b_len,
                              uint32_t *out_equal,
                              struct rille_error *err);

/**
 * Tells how much of a text is in a normalisation form already.
 *
 * Writes the length in bytes of the longest prefix that is to `out_prefix`: `len` if rille_text_normalize would copy the
 * text as it is. `form` is a RILLE_FORM_ constant. For ASCII it costs no more than reading the text.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL or the form is unknown) or RILLE_ETOOBIG. Any thread may call it at
 * any time.
 */
int32_t rille_text_normalized(const uint8_t *text,
                              size_t len,
                              uint32_t form,
                              uint32_t *out_prefix,
                              struct rille_error *err);

/**
 * Tells how long a text will be after rille_text_normalize.
 *
 * Writes that length in bytes to `out_len`. Its cost is that of normalising, which can be saved: three times `len` is
 * always enough for NFC and NFD, eleven times for NFKC and NFKD.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL or the form is unknown) or RILLE_ETOOBIG (the text or the result is
 * longer than 4 GiB - 1). Any thread may call it at any time.
 */
int32_t rille_text_normalize_len(const uint8_t *text,
                                 size_t len,
                                 uint32_t form,
                                 uint32_t *out_len,
                                 struct rille_error *err);

/**
 * Brings a text to a normalisation form.
 *
 * Writes the result to `out` and its length in bytes to `out_len`. `form` is a RILLE_FORM_ constant. With room for three
 * times `len` (NFC, NFD) or eleven times (NFKC, NFKD) the text is normalised once; with less it is done first to see
 * whether the room will do. Invalid UTF-8 stays as it is and joins with nothing. `out` may not overlap the text.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL, they overlap, or the form is unknown), RILLE_ETOOBIG or RILLE_ESHORT
 * (`capacity` is below what is needed). Any thread may call it at any time.
 */
int32_t rille_text_normalize(const uint8_t *text,
                             size_t len,
                             uint32_t form,
                             uint8_t *out,
                             size_t capacity,
                             uint32_t *out_len,
                             struct rille_error *err);

/**
 * Measures a text in display cells, as one line.
 *
 * Writes the number of cells to `out_cells`. Of `options`, which may be NULL, `style`, `ambiguous`, `tabstop` and
 * `column` count.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL or an option is wrong) or RILLE_ETOOBIG (the text is longer than 4 GiB
 * - 1, or wider than as many cells). Any thread may call it at any time.
 */
int32_t rille_text_width(const uint8_t *text,
                         size_t len,
                         const struct rille_layout_options *options,
                         uint32_t *out_cells,
                         struct rille_error *err);

/**
 * Tells how many cells are missing before and behind a text until it takes `options->cells` of them.
 *
 * Writes the cells before it to `out_left` and those behind it to `out_right`: both are 0 if the text takes as many
 * already. Of `options`, `cells`, `align` and the options of rille_text_width count. Tabs go to their stops from where
 * the text then begins.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL or an option is wrong) or RILLE_ETOOBIG. Any thread may call it at
 * any time.
 */
int32_t rille_text_pad(const uint8_t *text,
                       size_t len,
                       const struct rille_layout_options *options,
                       uint32_t *out_left,
                       uint32_t *out_right,
                       struct rille_error *err);

/**
 * Finds out how to cut a text so that it takes at most `options->cells` cells, together with the ellipsis that stands
 * for what is cut.
 *
 * Writes to `out` what stays: as much as there is room for, in whole grapheme clusters. Nothing is cut from a text that
 * fits. An ellipsis that is wider than the cells is left out. Of `options`, `cells`, `side`, `ellipsis` and the options
 * of rille_text_width count.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL or an option is wrong), RILLE_ETOOBIG. Any thread may call it at any
 * time.
 */
int32_t rille_text_truncate(const uint8_t *text,
                            size_t len,
                            const struct rille_layout_options *options,
                            struct rille_cut *out,
                            struct rille_error *err);

/**
 * Finds out how to cut each of `count` texts, as rille_text_truncate does for one.
 *
 * Writes as many results to `out`, in the order of the texts.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL or an option is wrong), RILLE_ETOOBIG. Any thread may call it at any
 * time.
 */
int32_t rille_text_truncate_list(const struct rille_slice *texts,
                                 uint32_t count,
                                 const struct rille_layout_options *options,
                                 struct rille_cut *out,
                                 struct rille_error *err);

/**
 * Breaks a text into lines that take at most `options->cells` cells, at the break opportunities of UAX #14 (strict, and
 * without a dictionary for Thai, Lao, Khmer and Burmese).
 *
 * Writes up to `capacity` lines to `out` and their number to `out_count`. If that is `capacity`, there may be more: the
 * next call begins where `options->start` is the last line's `next`; the text is at its end if that is its length. The
 * empty text has no line, and `"a\n"` one. A word that is longer than a line is cut between grapheme clusters, unless
 * `keep_long_words` is set; a single cluster that is wider than a line is a line. Of `options`, `cells`,
 * `keep_long_words`, `start` and the options of rille_text_width count.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL, an option is wrong, `cells` or `capacity` is 0, or `start` is beyond
 * the end) or RILLE_ETOOBIG. Any thread may call it at any time.
 */
int32_t rille_text_wrap(const uint8_t *text,
                        size_t len,
                        const struct rille_layout_options *options,
                        struct rille_line *out,
                        uint32_t capacity,
                        uint32_t *out_count,
                        struct rille_error *err);

/**
 * Starts a job that calls a function of `text` on another thread, and writes it to `out`. The text is copied, once, and so
 * is what `task` points to. Take the result with rille_text_take when the job is done. A text that is cheap to look at
 * (see the costs of each function) needs no job.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL, or a verb, a unit or an option is unknown), RILLE_ETOOBIG (the text,
 * the positions or the second text have more than RILLE_TEXT_JOB_MAX bytes) or RILLE_ENOMEM. Any thread may call it at any
 * time.
 */
int32_t rille_text_start(const uint8_t *text,
                         size_t len,
                         const struct rille_text_task *task,
                         struct rille_job **out,
                         struct rille_error *err);

/**
 * Writes what a job of rille_text_start has found to `out`, as often as the caller likes.
 *
 * Returns what the function of the verb would return; or RILLE_PENDING (the job still runs), RILLE_NONE (it was cancelled
 * or has failed) or RILLE_EARG (a pointer is NULL or the job is of another kind). It does not wait. Threads may call it at
 * the same time on one job.
 */
int32_t rille_text_take(const struct rille_job *job,
                        struct rille_text_result *out,
                        struct rille_error *err);

/**
 * Compiles the `len` bytes at `pattern` and writes the result to `out`. `options` may be NULL.
 *
 * The syntax is that of the Rust crate regex: Perl's without look-around and back-references.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL or an option unknown), RILLE_ETOOBIG, RILLE_EPATTERN (the pattern is
 * wrong; the error block has the offset of the mistake in it) or RILLE_ELIMIT (the compiled pattern would pass its size
 * limit). Any thread may call it at any time.
 */
int32_t rille_regex_new(const uint8_t *pattern,
                        size_t len,
                        const struct rille_regex_options *options,
                        struct rille_regex **out,
                        struct rille_error *err);

/**
 * Starts a job that compiles a pattern as rille_regex_new does, on another thread, and writes it to `out`. The pattern is
 * copied. Take the result with rille_regex_take when the job is done.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL or an option unknown) or RILLE_ETOOBIG. Any thread may call it at any
 * time.
 */
int32_t rille_regex_start(const uint8_t *pattern,
                          size_t len,
                          const struct rille_regex_options *options,
                          struct rille_job **out,
                          struct rille_error *err);

/**
 * Writes the pattern that a job of rille_regex_start has compiled to `out`: a new handle each time, which outlives the job.
 *
 * Returns what rille_regex_new would return; or RILLE_PENDING (the job still runs), RILLE_NONE (it was cancelled or has
 * failed) or RILLE_EARG (a pointer is NULL or the job is of another kind). It does not wait. Threads may call it at the
 * same time on one job.
 */
int32_t rille_regex_take(const struct rille_job *job,
                         struct rille_regex **out,
                         struct rille_error *err);

/**
 * Frees a pattern. NULL is fine; a pattern that was freed already is not. Streams made from it go on.
 */
void rille_regex_free(struct rille_regex *regex);

/**
 * Returns the native memory of a compiled pattern in bytes, what threads search in not counted; 0 for NULL.
 */
double rille_regex_bytes(const struct rille_regex *regex);

/**
 * Returns how many groups the pattern has, the whole match not counted; 0 for NULL.
 */
uint32_t rille_regex_groups(const struct rille_regex *regex);

/**
 * Returns the name of a group, ended by a NUL, or NULL if it has none, if there is no such group, or for NULL. Group 0
 * is the whole match and has no name. The string is valid as long as the pattern.
 */
const char *rille_regex_name(const struct rille_regex *regex,
                             uint32_t group);

/**
 * Tells whether a pattern matches a text anywhere from the offset `from` on.
 *
 * The text before `from` is looked at by ^ and \b. Behind the end of the text nothing matches. It stops at the first
 * place that decides, so it is faster than rille_regex_find.
 *
 * Returns RILLE_OK (it matches), RILLE_NONE (it does not), RILLE_EARG (a pointer is NULL) or RILLE_ETOOBIG. Threads may
 * call it at the same time on one pattern.
 */
int32_t rille_regex_test(const struct rille_regex *regex,
                         const uint8_t *text,
                         size_t len,
                         uint32_t from,
                         struct rille_error *err);

/**
 * Finds the first match in a text from the offset `from` on.
 *
 * Writes two offsets to `out_span`, the begin and the end of the match. The text before `from` is looked at by ^ and \b.
 * Behind the end of the text nothing is found.
 *
 * Returns RILLE_OK, RILLE_NONE (there is no match, and nothing was written), RILLE_EARG (a pointer is NULL) or
 * RILLE_ETOOBIG. Threads may call it at the same time on one pattern.
 */
int32_t rille_regex_find(const struct rille_regex *regex,
                         const uint8_t *text,
                         size_t len,
                         uint32_t from,
                         uint32_t *out_span,
                         struct rille_error *err);

/**
 * Finds a batch of matches, from left to right, none overlapping another.
 *
 * Writes two offsets for each match to `out_spans`, which has room for two numbers times the capacity that `scan` tells,
 * and the number of matches to `out_count`. `scan` tells where to begin; to go on after a full batch, see rille_scan.
 *
 * Returns RILLE_OK (there are no more), RILLE_MORE (the batch is full), RILLE_EARG (a pointer is NULL) or RILLE_ETOOBIG.
 * Threads may call it at the same time on one pattern.
 */
int32_t rille_regex_spans(const struct rille_regex *regex,
                          const uint8_t *text,
                          size_t len,
                          const struct rille_scan *scan,
                          uint32_t *out_spans,
                          uint32_t *out_count,
                          struct rille_error *err);

/**
 * Finds a batch of matches with their groups.
 *
 * Writes two offsets for each group of each match to `out_slots`, the whole match first: RILLE_UNSET for both of a group
 * that took no part. It has room for 2 * (1 + rille_regex_groups) numbers times the capacity that `scan` tells. Writes
 * the number of matches to `out_count`. Finding groups costs several times finding matches: see rille_regex_spans.
 *
 * Returns RILLE_OK (there are no more), RILLE_MORE (the batch is full), RILLE_EARG (a pointer is NULL) or RILLE_ETOOBIG.
 * Threads may call it at the same time on one pattern.
 */
int32_t rille_regex_captures(const struct rille_regex *regex,
                             const uint8_t *text,
                             size_t len,
                             const struct rille_scan *scan,
                             uint32_t *out_slots,
                             uint32_t *out_count,
                             struct rille_error *err);

/**
 * Counts the matches of a pattern from the offset `from` on, and writes their number to `out_count`.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL) or RILLE_ETOOBIG. Threads may call it at the same time on one
 * pattern.
 */
int32_t rille_regex_count(const struct rille_regex *regex,
                          const uint8_t *text,
                          size_t len,
                          uint32_t from,
                          uint32_t *out_count,
                          struct rille_error *err);

/**
 * Replaces the matches of a pattern.
 *
 * Appends the text with its matches replaced to `out`, and writes how many there were to `out_count`. `how` tells what
 * takes their place; NULL removes them. The text may not lie in `out`.
 *
 * Returns RILLE_OK, RILLE_NONE (nothing matched, and the text was appended as it is), RILLE_EARG (a pointer is NULL),
 * RILLE_EPATTERN (the template is wrong or names a group that the pattern lacks; the error block has the offset in the
 * template), RILLE_ETOOBIG (the text is too long, or `out` would be) or RILLE_ENOMEM. Threads may call it at the same
 * time on one pattern, each with a buffer of its own.
 */
int32_t rille_regex_replace(const struct rille_regex *regex,
                            const uint8_t *text,
                            size_t len,
                            const struct rille_replacement *how,
                            struct rille_buffer *out,
                            uint32_t *out_count,
                            struct rille_error *err);

/**
 * Compiles a list of patterns and writes the result to `out`.
 *
 * `text` has all patterns one after the other, `len` bytes; `ends` has the offset behind each, `count` numbers, none below
 * the one before. `options` may be NULL; its size limit is for all patterns together. A list of none matches nothing.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL, an option unknown or an end wrong), RILLE_ETOOBIG, RILLE_EPATTERN (a
 * pattern is wrong; the message tells which, counted from 1, and the error block has the offset of the mistake in that
 * pattern), RILLE_ELIMIT (the compiled patterns would pass their size limit) or RILLE_ENOMEM. Any thread may call it at
 * any time.
 */
int32_t rille_regexset_new(const uint8_t *text,
                           size_t len,
                           const uint32_t *ends,
                           uint32_t count,
                           const struct rille_regex_options *options,
                           struct rille_regexset **out,
                           struct rille_error *err);

/**
 * Starts a job that compiles a list of patterns as rille_regexset_new does, on another thread, and writes it to `out`. The
 * list is copied. Take the result with rille_regexset_take when the job is done.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL, an option unknown or an end wrong), RILLE_ETOOBIG or RILLE_ENOMEM. Any
 * thread may call it at any time.
 */
int32_t rille_regexset_start(const uint8_t *text,
                             size_t len,
                             const uint32_t *ends,
                             uint32_t count,
                             const struct rille_regex_options *options,
                             struct rille_job **out,
                             struct rille_error *err);

/**
 * Writes the list of patterns that a job of rille_regexset_start has compiled to `out`: a new handle each time, which
 * outlives the job.
 *
 * Returns what rille_regexset_new would return; or RILLE_PENDING (the job still runs), RILLE_NONE (it was cancelled or has
 * failed) or RILLE_EARG (a pointer is NULL or the job is of another kind). It does not wait. Threads may call it at the
 * same time on one job.
 */
int32_t rille_regexset_take(const struct rille_job *job,
                            struct rille_regexset **out,
                            struct rille_error *err);

/**
 * Frees a list of patterns. NULL is fine; one that was freed already is not.
 */
void rille_regexset_free(struct rille_regexset *set);

/**
 * Returns the native memory of a list of patterns in bytes, what threads search in not counted; 0 for NULL.
 */
double rille_regexset_bytes(const struct rille_regexset *set);

/**
 * Returns how many patterns there are; 0 for NULL.
 */
uint32_t rille_regexset_len(const struct rille_regexset *set);

/**
 * Tells whether any of the patterns matches a text. It stops at the first place that decides.
 *
 * Returns RILLE_OK (one matches), RILLE_NONE (none does), RILLE_EARG (a pointer is NULL) or RILLE_ETOOBIG. Threads may
 * call it at the same time on one list.
 */
int32_t rille_regexset_test(const struct rille_regexset *set,
                            const uint8_t *text,
                            size_t len,
                            struct rille_error *err);

/**
 * Tells which of the patterns match a text.
 *
 * Writes their indices in the list, counted from 0 and ascending, to `out_ids`, and how many there are to `out_count`. A
 * `capacity` of rille_regexset_len is always enough.
 *
 * Returns RILLE_OK, RILLE_NONE (none matches, and 0 was written), RILLE_EARG (a pointer is NULL), RILLE_ETOOBIG or
 * RILLE_ESHORT (`capacity` is below the number of patterns). Threads may call it at the same time on one list.
 */
int32_t rille_regexset_matches(const struct rille_regexset *set,
                               const uint8_t *text,
                               size_t len,
                               uint32_t *out_ids,
                               uint32_t capacity,
                               uint32_t *out_count,
                               struct rille_error *err);

/**
 * Makes an automaton of a list of literals and writes it to `out`.
 *
 * `text` has all literals one after the other, `len` bytes; `ends` has the offset behind each, `count` numbers, each above
 * the one before: no literal may be empty. `options` may be NULL. A list of none matches nothing. Where several literals
 * begin, the first one in the list wins unless the options say otherwise.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL, an option unknown or an end wrong), RILLE_ETOOBIG, RILLE_EPATTERN (a
 * literal is empty; the message tells which, counted from 1), RILLE_ELIMIT (they are too many) or RILLE_ENOMEM. Any
 * thread may call it at any time.
 */
int32_t rille_literals_new(const uint8_t *text,
                           size_t len,
                           const uint32_t *ends,
                           uint32_t count,
                           const struct rille_literals_options *options,
                           struct rille_literals **out,
                           struct rille_error *err);

/**
 * Starts a job that makes an automaton of a list of literals as rille_literals_new does, on another thread, and writes it
 * to `out`. The list is copied. Take the result with rille_literals_take when the job is done.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL, an option unknown or an end wrong), RILLE_ETOOBIG or RILLE_ENOMEM. Any
 * thread may call it at any time.
 */
int32_t rille_literals_start(const uint8_t *text,
                             size_t len,
                             const uint32_t *ends,
                             uint32_t count,
                             const struct rille_literals_options *options,
                             struct rille_job **out,
                             struct rille_error *err);

/**
 * Writes the list of literals that a job of rille_literals_start has made to `out`: a new handle each time, which outlives
 * the job.
 *
 * Returns what rille_literals_new would return; or RILLE_PENDING (the job still runs), RILLE_NONE (it was cancelled or has
 * failed) or RILLE_EARG (a pointer is NULL or the job is of another kind). It does not wait. Threads may call it at the
 * same time on one job.
 */
int32_t rille_literals_take(const struct rille_job *job,
                            struct rille_literals **out,
                            struct rille_error *err);

/**
 * Frees a list of literals. NULL is fine; one that was freed already is not. Streams made from it go on.
 */
void rille_literals_free(struct rille_literals *literals);

/**
 * Returns the native memory of a list of literals in bytes, what threads search in not counted; 0 for NULL.
 */
double rille_literals_bytes(const struct rille_literals *literals);

/**
 * Returns how many literals there are; 0 for NULL.
 */
uint32_t rille_literals_len(const struct rille_literals *literals);

/**
 * Finds the first hit in a text from the offset `from` on.
 *
 * Writes three numbers to `out_hit`: the begin and the end of the hit, and the index of the literal in the list, counted
 * from 0. Behind the end of the text nothing is found.
 *
 * Returns RILLE_OK, RILLE_NONE (there is no hit, and nothing was written), RILLE_EARG (a pointer is NULL) or
 * RILLE_ETOOBIG. Threads may call it at the same time on one list.
 */
int32_t rille_literals_find(const struct rille_literals *literals,
                            const uint8_t *text,
                            size_t len,
                            uint32_t from,
                            uint32_t *out_hit,
                            struct rille_error *err);

/**
 * Finds a batch of hits, from left to right, none overlapping another.
 *
 * Writes three numbers for each hit to `out_hits` as rille_literals_find does; it has room for three numbers times the
 * capacity that `scan` tells. Writes the number of hits to `out_count`. To go on after a full batch, see rille_scan.
 *
 * Returns RILLE_OK (there are no more), RILLE_MORE (the batch is full), RILLE_EARG (a pointer is NULL) or RILLE_ETOOBIG.
 * Threads may call it at the same time on one list.
 */
int32_t rille_literals_spans(const struct rille_literals *literals,
                             const uint8_t *text,
                             size_t len,
                             const struct rille_scan *scan,
                             uint32_t *out_hits,
                             uint32_t *out_count,
                             struct rille_error *err);

/**
 * Counts the hits from the offset `from` on, and writes their number to `out_count`.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL) or RILLE_ETOOBIG. Threads may call it at the same time on one list.
 */
int32_t rille_literals_count(const struct rille_literals *literals,
                             const uint8_t *text,
                             size_t len,
                             uint32_t from,
                             uint32_t *out_count,
                             struct rille_error *err);

/**
 * Replaces hits.
 *
 * Appends the text with its hits replaced to `out`, and writes how many there were to `out_count`. `how` tells what takes
 * their place. The text may not lie in `out`.
 *
 * Returns RILLE_OK, RILLE_NONE (there was no hit, and the text was appended as it is), RILLE_EARG (a pointer is NULL, or
 * there are neither as many replacements as literals nor one), RILLE_ETOOBIG (the text is too long, or `out` would be) or
 * RILLE_ENOMEM. Threads may call it at the same time on one list, each with a buffer of its own.
 */
int32_t rille_literals_replace(const struct rille_literals *literals,
                               const uint8_t *text,
                               size_t len,
                               const struct rille_replacements *how,
                               struct rille_buffer *out,
                               uint32_t *out_count,
                               struct rille_error *err);

/**
 * Makes a stream that replaces the matches of a pattern, and writes it to `out`.
 *
 * `how` tells what takes their place; NULL removes them. `longest` is the longest match to be expected, in bytes, at most
 * 256 MiB. It may be 0 for a pattern that has a longest match by itself, as `a{1,9}b` has. A pattern like `a+` has none:
 * it then sees twice `longest` bytes from each place. A match longer than `longest` ends the stream with RILLE_ELIMIT; what
 * does not end within twice of it is no match, as if the text behind were not there.
 *
 * The pattern may be freed while the stream lives.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL, `longest` is needed or too long, or the pattern is anchored) or
 * RILLE_EPATTERN (the template is wrong; the error block has the offset in it). Any thread may call it at any time.
 */
int32_t rille_stream_new_regex(const struct rille_regex *regex,
                               const struct rille_replacement *how,
                               uint32_t longest,
                               struct rille_stream **out,
                               struct rille_error *err);

/**
 * Makes a stream that replaces literals, and writes it to `out`. `how` tells what takes their place.
 *
 * The list may be freed while the stream lives.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL, or there are neither as many replacements as literals nor one) or
 * RILLE_ENOMEM. Any thread may call it at any time.
 */
int32_t rille_stream_new_literals(const struct rille_literals *literals,
                                  const struct rille_replacements *how,
                                  struct rille_stream **out,
                                  struct rille_error *err);

/**
 * Frees a stream. NULL is fine; one that was freed already is not.
 */
void rille_stream_free(struct rille_stream *stream);

/**
 * Returns the most bytes that the stream holds back between two chunks; 0 for NULL.
 */
uint32_t rille_stream_hold_back(const struct rille_stream *stream);

/**
 * Returns how many matches the stream has replaced so far; 0 for NULL.
 */
double rille_stream_count(const struct rille_stream *stream);

/**
 * Feeds the next chunk, of any length, and appends what is decided by it to `out`.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL, the chunk lies in `out`, or the stream is finished), RILLE_ETOOBIG (the
 * chunk is too long, or `out` would be), RILLE_ELIMIT (a match is longer than declared; the error block has its offset in
 * the stream) or RILLE_ENOMEM. After a failure of the last three kinds the stream gives the same failure for ever.
 */
int32_t rille_stream_feed(struct rille_stream *stream,
                          const uint8_t *text,
                          size_t len,
                          struct rille_buffer *out,
                          struct rille_error *err);

/**
 * Ends the text, and appends all that was held back to `out`. After that the stream takes no more.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL, or the stream is finished already), or as rille_stream_feed.
 */
int32_t rille_stream_finish(struct rille_stream *stream,
                            struct rille_buffer *out,
                            struct rille_error *err);

/**
 * Appends a pattern that matches exactly the `len` bytes at `text` to `out`. It does so with any flags but i.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL, or the text lies in `out`), RILLE_ETOOBIG or RILLE_ENOMEM. Any thread
 * may call it at any time, each with a buffer of its own.
 */
int32_t rille_regex_escape(const uint8_t *text,
                           size_t len,
                           struct rille_buffer *out,
                           struct rille_error *err);

/**
 * Appends a pattern that matches the same bytes as a Lua pattern to `out`.
 *
 * A ^ at the begin is the begin of the text, not that of the search. A position capture becomes an empty group. %b, %f and
 * the back-references %1 to %9 have no like.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL, or the pattern lies in `out`), RILLE_EPATTERN (the Lua pattern is wrong
 * or has no like; the message tells why, and the error block has the offset in it), RILLE_ETOOBIG or RILLE_ENOMEM. Any
 * thread may call it at any time, each with a buffer of its own.
 */
int32_t rille_regex_from_lua(const uint8_t *pattern,
                             size_t len,
                             struct rille_buffer *out,
                             struct rille_error *err);

/**
 * Lists what a PCRE pattern uses that patterns here have not.
 *
 * Writes two numbers for each to `out`, one of the RILLE_PCRE_ constants and the offset in the pattern, from left to right,
 * and how many there are to `out_count`. `out` has room for `capacity` of them, 2 * `capacity` numbers.
 *
 * Returns RILLE_OK, RILLE_NONE (there are none, and 0 was written), RILLE_MORE (there are more than `capacity`), RILLE_EARG
 * (a pointer is NULL) or RILLE_ETOOBIG. Any thread may call it at any time.
 */
int32_t rille_regex_explain_pcre(const uint8_t *pattern,
                                 size_t len,
                                 uint32_t *out,
                                 uint32_t capacity,
                                 uint32_t *out_count,
                                 struct rille_error *err);

/**
 * Frees a job, and cancels it if it runs. It does not wait for that. NULL is fine; a job that was freed already is not.
 */
void rille_job_free(struct rille_job *job);

/**
 * Writes where a job is to `out`. To know whether everything has been taken, poll before you take: results come before
 * the end.
 *
 * Returns RILLE_OK or RILLE_EARG (a pointer is NULL). It takes well under a microsecond. Threads may call it at the same
 * time on one job.
 */
int32_t rille_job_poll(const struct rille_job *job,
                       struct rille_progress *out,
                       struct rille_error *err);

/**
 * Tells why a job has failed, in the error block.
 *
 * Returns RILLE_OK (it has not failed, or not yet), RILLE_EJOB (it has, and the message tells why) or RILLE_EARG (`job` is
 * NULL). Threads may call it at the same time on one job.
 */
int32_t rille_job_failure(const struct rille_job *job,
                          struct rille_error *err);

/**
 * Waits until there is something to take or the job is over, for `milliseconds` at most. This is the only function that
 * blocks: a program with an event loop uses a rille_notifier instead.
 *
 * Returns RILLE_OK, RILLE_NONE (the time has passed without news) or RILLE_EARG (`job` is NULL). Threads may call it at the
 * same time on one job, and others may cancel the job meanwhile.
 */
int32_t rille_job_wait(const struct rille_job *job,
                       uint32_t milliseconds,
                       struct rille_error *err);

/**
 * Tells a job to stop, and does not wait until it has. It is over within 10 milliseconds, and notifiers that watch it are told.
 * One that is over stays as it is.
 *
 * Returns RILLE_OK or RILLE_EARG (`job` is NULL). Threads may call it at the same time on one job.
 */
int32_t rille_job_cancel(const struct rille_job *job,
                         struct rille_error *err);

/**
 * Makes a notifier that watches nothing yet and writes it to `out`.
 *
 * Returns RILLE_OK, RILLE_EARG (`out` is NULL) or RILLE_EIO (the system gives no descriptor). Any thread may call it at any
 * time.
 */
int32_t rille_notifier_new(struct rille_notifier **out,
                           struct rille_error *err);

/**
 * Frees a notifier and closes its descriptor; take it out of your event loop before. The jobs that it watched go on.
 * NULL is fine; a notifier that was freed already is not.
 */
void rille_notifier_free(struct rille_notifier *notifier);

/**
 * Returns the descriptor, which does not block and is closed on exec; -1 for NULL. Wait for it to become readable, by
 * poll, epoll, kqueue or an event loop, but leave reading to rille_notifier_drain and closing to rille_notifier_free.
 */
int32_t rille_notifier_fd(const struct rille_notifier *notifier);

/**
 * Lets the descriptor become readable whenever the job has something new to take and when it is over; at once, if it has
 * or is. Watching one job twice is watching it once. The watch ends when either is freed.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL) or RILLE_EFORK. Threads may call it at the same time on one notifier and
 * on one job.
 */
int32_t rille_notifier_watch(const struct rille_notifier *notifier,
                             const struct rille_job *job,
                             struct rille_error *err);

/**
 * Makes the descriptor silent until there are news again. Look at the jobs after this call and not before, and take all
 * that they have: what is there already does not make it readable a second time.
 *
 * Returns RILLE_OK (there were news), RILLE_NONE (there were none), RILLE_EARG (`notifier` is NULL) or RILLE_EFORK. It does
 * not block. Threads may call it at the same time on one notifier.
 */
int32_t rille_notifier_drain(const struct rille_notifier *notifier,
                             struct rille_error *err);

/**
 * Starts a walk over the tree under `root`, a path of `len` bytes, and writes the job to `out`. `options` may be NULL. The
 * results are paths, for rille_walk_take; the unit of progress is the path.
 *
 * The walk runs on as many threads as there are processors, up to 8. The working directory and the environment are
 * looked at in this call and not later.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL, an option unknown or an end wrong), RILLE_ETOOBIG, RILLE_EIO (the root is
 * no folder that can be read) or RILLE_EPATTERN (a glob or a type is wrong; the message tells which, counted from 1). Any
 * thread may call it at any time.
 */
int32_t rille_walk_start(const uint8_t *root,
                         size_t len,
                         const struct rille_walk_options *options,
                         struct rille_job **out,
                         struct rille_error *err);

/**
 * Takes up to `most` paths of a job that rille_walk_start has started and writes where they are to `out`. The batch before
 * is gone then.
 *
 * Returns RILLE_OK, RILLE_NONE (there is nothing now, and the count is 0) or RILLE_EARG (a pointer is NULL, `most` is 0 or the
 * job is of another kind). It does not wait. One call at a time on one job.
 */
int32_t rille_walk_take(struct rille_job *job,
                        uint32_t most,
                        struct rille_paths *out,
                        struct rille_error *err);

/**
 * Starts a search through the tree under `root`, a path of `len` bytes, and writes the job to `out`. `tree` tells which files
 * are searched, and may be NULL: then those that rille_walk_start finds. The results are lines, for rille_grep_take; the
 * unit of progress is the file.
 *
 * The search runs on as many threads as there are processors, up to 8, or on one in the order of paths if the tree is to
 * be sorted. Files are read in pieces. A byte-order mark is seen, and UTF-16 is translated. A line above 8 MiB is an error
 * among the results. A line is searched without its LF or CR LF; with RILLE_GREP_MULTI_LINE $ is before either. The working directory and the environment are looked at in this call and not later.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL, there is no pattern, an option unknown or an end wrong), RILLE_ETOOBIG,
 * RILLE_EIO (the root is no folder that can be read) or RILLE_EPATTERN (a pattern, a glob or a type is wrong; if there
 * are several, the message names which, counted from 1, and the offset of the error is the place in that pattern). A pattern that is too big to be compiled is a failure of the job. Any thread may call it at
 * any time.
 */
int32_t rille_grep_start(const uint8_t *root,
                         size_t len,
                         const struct rille_walk_options *tree,
                         const struct rille_grep_options *grep,
                         struct rille_job **out,
                         struct rille_error *err);

/**
 * Takes up to `most` lines of a job that rille_grep_start has started and writes where they are to `out`. It may be fewer
 * though there are more; take until there are none. The batch before is gone then.
 *
 * Returns RILLE_OK, RILLE_NONE (there is nothing now, and the count is 0) or RILLE_EARG (a pointer is NULL, `most` is 0 or the
 * job is of another kind). It does not wait. One call at a time on one job.
 */
int32_t rille_grep_take(struct rille_job *job,
                        uint32_t most,
                        struct rille_grep_lines *out,
                        struct rille_error *err);

/**
 * Opens a file by its path of `len` bytes and writes it to `out`. `options` may be NULL.
 *
 * It takes some kilobytes of reading, whatever the size of the file, and starts the job that makes the index of lines,
 * unless the options say otherwise or the file is so small that it is made at once.
 *
 * What is spooled or unpacked, as the flags say, has a size of 0 at first and grows by itself: what has arrived can be read
 * at once, rille_file_refresh tells of it, and a notifier that watches the job of rille_file_index rings. That job reads it
 * to its end; when it fails or is cancelled, what has arrived stays. The number of lines is exact after its end and not
 * before. The temporary file has no name and is gone with the last one that reads it.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL or an option unknown), RILLE_ETOOBIG or RILLE_EIO (the file cannot be
 * opened, or is a folder, or a pipe or a device without RILLE_FILE_SPOOL; or there is no temporary file; the message tells).
 * Any thread may call it at any time.
 */
int32_t rille_file_open(const uint8_t *path,
                        size_t len,
                        const struct rille_file_options *options,
                        struct rille_file **out,
                        struct rille_error *err);

/**
 * Closes a file. Jobs that were started from it go on, but for the one that makes its index, if nobody else has it. NULL is
 * fine; a file that was freed already is not.
 */
void rille_file_free(struct rille_file *file);

/**
 * Writes what is known of a file to `out`.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL), RILLE_ECHANGED (it has been truncated; refresh it), RILLE_EIO or
 * RILLE_EFORK. Threads
 * may call it at the same time on one file.
 */
int32_t rille_file_stat(const struct rille_file *file,
                        struct rille_file_info *out,
                        struct rille_error *err);

/**
 * Looks at what has become of a file, takes it to be so from now on, and writes one of rille_file_change to `out_change`.
 *
 * What the file has grown by is there afterwards; the index goes on where it was, at once for little, else by the job of
 * rille_file_index. If another file has the path, the growth of the old one is told first, and the next refresh tells of the
 * other: so nothing is lost when a log is rotated. A file whose path leads nowhere stays what it was. Bytes that were
 * written over others without a change of the size are found within a tenth of a second.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL), RILLE_ECHANGED (another file has the path and cannot be opened),
 * RILLE_EIO or RILLE_EFORK; after a failure the file is as before. One call at a time on one file.
 */
int32_t rille_file_refresh(struct rille_file *file,
                           uint32_t *out_change,
                           struct rille_error *err);

/**
 * Writes the job that makes the index of a file to `out`: the one that runs, or a new one if the file has more than that has
 * seen. It has no results; the unit of progress is the byte. Freeing it does not end it as long as the file is open, but
 * rille_job_cancel does; it can be started again and goes on where it was.
 *
 * For a file that is spooled or unpacked it is the job that does that, with the bytes of the pipe or of the archive as the
 * unit. Whatever became of it, it is not started again.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL), RILLE_EIO or RILLE_EFORK. Threads may call it at the same time on one file.
 */
int32_t rille_file_index(const struct rille_file *file,
                         struct rille_job **out,
                         struct rille_error *err);

/**
 * Starts a job that has news whenever the file has changed since the last refresh, and writes it to `out`. When there are
 * news, take them with rille_file_take_news, then call rille_file_refresh until it tells that the file is the same.
 *
 * The system tells of changes; where it does not, the job looks once a second. It goes on until it is cancelled or the file
 * is freed, and takes no turn from other jobs. The unit of progress is the piece of news.
 *
 * Returns RILLE_OK, RILLE_EFORK or RILLE_EARG (a pointer is NULL, or the file is made from another one: follow that; or it is spooled: watch the
 * job of rille_file_index). Threads may call it at the same time on one file.
 */
int32_t rille_file_follow(const struct rille_file *file,
                          struct rille_job **out,
                          struct rille_error *err);

/**
 * Takes news of a job that rille_file_follow has started and writes them to `out`.
 *
 * Returns RILLE_OK, RILLE_NONE (there are none now; nothing was written) or RILLE_EARG (a pointer is NULL or the job is of
 * another kind). It does not wait. One call at a time on one job.
 */
int32_t rille_file_take_news(struct rille_job *job,
                             struct rille_file_news *out,
                             struct rille_error *err);

/**
 * Reads up to `count` lines from the one with the number `first` on, counted from 1, and writes where they are to `out`.
 * `window` tells which bytes of each line are wanted, and may be NULL. The batch before is gone then.
 *
 * A batch ends early, and says so, when it has a mebibyte of text or when finding the ends of its lines would take too long; it
 * has one line at least. To go on, ask for what follows its last line. If the end of that line is not known yet (its
 * length is -1), the index has to come further first.
 *
 * Returns RILLE_OK, RILLE_NONE (the file has no such line, and the count is 0), RILLE_PENDING (the index has not come so far;
 * the count is 0), RILLE_EARG (a pointer is NULL, a number negative), RILLE_ELIMIT (the window is too large), RILLE_ECHANGED,
 * RILLE_EIO or RILLE_EFORK. One call at a time on one file.
 */
int32_t rille_file_read_lines(struct rille_file *file,
                              int64_t first,
                              uint32_t count,
                              const struct rille_file_window *window,
                              struct rille_file_lines *out,
                              struct rille_error *err);

/**
 * Reads the line that holds an offset, `before` lines in front of it and `after` lines from it on, and writes where they are
 * to `out`, as rille_file_read_lines does. No index is needed for that, but the number of the first line is 0 without.
 *
 * The line that holds the offset is always there. Of those in front of it there are as many as have half a mebibyte of text.
 *
 * An offset at the end of the file is in no line, unless the last line has no line feed. To read the last lines of a
 * file see rille_file_read_last.
 *
 * Returns RILLE_OK, RILLE_NONE (there is no line, and the count is 0), RILLE_EARG (a pointer is NULL, a number negative),
 * RILLE_ELIMIT (the window is too large), RILLE_ECHANGED, RILLE_EIO or RILLE_EFORK. One call at a time on one file.
 */
int32_t rille_file_read_around(struct rille_file *file,
                               int64_t offset,
                               uint32_t before,
                               uint32_t after,
                               const struct rille_file_window *window,
                               struct rille_file_lines *out,
                               struct rille_error *err);

/**
 * Reads the last `count` lines and writes where they are to `out`, as rille_file_read_around does. If not all of them fit in a
 * batch, these are the newest, and `more` is 1: to go on backwards, ask rille_file_read_around for the byte before the first
 * line, with `count` - 1 less those that are here before it, and 1 after.
 *
 * Returns RILLE_OK, RILLE_NONE (the file is empty or `count` is 0), RILLE_EARG (a pointer is NULL, a number negative),
 * RILLE_ELIMIT (the window is too large), RILLE_ECHANGED, RILLE_EIO or RILLE_EFORK. One call at a time on one file.
 */
int32_t rille_file_read_last(struct rille_file *file,
                             uint32_t count,
                             const struct rille_file_window *window,
                             struct rille_file_lines *out,
                             struct rille_error *err);

/**
 * Writes the number of the line that holds an offset to `out_line`, counted from 1.
 *
 * Returns RILLE_OK, RILLE_NONE (the file ends before; nothing was written), RILLE_PENDING (the index has not come so far;
 * nothing was written), RILLE_EARG (a pointer is NULL, the offset negative), RILLE_ECHANGED, RILLE_EIO or RILLE_EFORK. Threads may call it at
 * the same time on one file.
 */
int32_t rille_file_line_at(const struct rille_file *file,
                           int64_t offset,
                           double *out_line,
                           struct rille_error *err);

/**
 * Writes the offset at which the line with a number begins to `out_offset`; lines are counted from 1.
 *
 * Returns RILLE_OK, RILLE_NONE (the file has no such line; nothing was written), RILLE_PENDING (the index has not come so
 * far; nothing was written), RILLE_EARG (a pointer is NULL, the number negative), RILLE_ECHANGED, RILLE_EIO or RILLE_EFORK. Threads may call
 * it at the same time on one file.
 */
int32_t rille_file_offset_of(const struct rille_file *file,
                             int64_t line,
                             double *out_offset,
                             struct rille_error *err);

/**
 * Reads the bytes from an offset on to `out`, which has room for `capacity` of them, and writes how many there are to
 * `out_len`: fewer than the capacity only at the end of the file. It takes as long as reading them does.
 *
 * Returns RILLE_OK, RILLE_NONE (the file ends before; the length is 0), RILLE_EARG (a pointer is NULL, the offset negative),
 * RILLE_ETOOBIG (the capacity is above 4 GiB - 1), RILLE_ECHANGED, RILLE_EIO or RILLE_EFORK. After a failure what `out` has is of no
 * use. Threads may call it at the same time on one file.
 */
int32_t rille_file_read(const struct rille_file *file,
                        int64_t offset,
                        uint8_t *out,
                        size_t capacity,
                        uint32_t *out_len,
                        struct rille_error *err);

/**
 * Starts a search through what is known of a file, and writes the job to `out`. `patterns` are `count`
 * patterns, of which a line matches one. `options` may be NULL. The results are matches, for
 * rille_file_take; the unit of progress is the byte.
 *
 * The search is by lines, as that of ripgrep: no match goes over the end of one, and ^ and $ are its begin and end, its LF or
 * CR LF left out. Results come in the order of the file, or the other way round if the search goes back.
 *
 * The job fails if the file is truncated meanwhile, cannot be read, or if the pattern is too big. Returns RILLE_OK, RILLE_EARG
 * (a pointer is NULL that must not be, there is no pattern, an option unknown), RILLE_EPATTERN (a text is wrong; if there are
 * several patterns the message names which), RILLE_ECHANGED, RILLE_EIO or RILLE_EFORK. Threads may call it at the same time on
 * one file.
 */
int32_t rille_file_search(const struct rille_file *file,
                          const struct rille_pattern *patterns,
                          uint32_t count,
                          const struct rille_search_options *options,
                          struct rille_job **out,
                          struct rille_error *err);

/**
 * Takes up to `most` matches of a job that rille_file_search has started and writes where they are to `out`. It may be fewer
 * though there are more; take until there are none. The batch before is gone then. A search that only counts has batches
 * without matches, whose totals are what was counted until then.
 *
 * Returns RILLE_OK, RILLE_NONE (there is nothing now, and the count is 0) or RILLE_EARG (a pointer is NULL, `most` is 0 or the
 * job is of another kind). It does not wait. One call at a time on one job.
 */
int32_t rille_file_take(struct rille_job *job,
                        uint32_t most,
                        struct rille_file_matches *out,
                        struct rille_error *err);

/**
 * Makes a file of the lines of another that match, or with `invert` not 0 of those that do not, and writes it to `out`, and the
 * job that fills it to `out_job`. `patterns` are `count` patterns, of which a line matches one.
 *
 * The new file has line numbers and offsets of its own, and is read, searched and filtered as every file. It grows while
 * the job goes on, and its number of lines is exact when the job is done. It reads the lines from the file that was filtered
 * and keeps where they are, which takes two to four bytes for each run of lines; above 256 MiB of that the job fails. It
 * has what was known of the file in this call, and is of no use once that is truncated. The job has no results; its unit of
 * progress is the byte of the file.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL that must not be, there is no pattern), RILLE_EPATTERN (a text is wrong),
 * RILLE_ECHANGED, RILLE_EIO or RILLE_EFORK. Threads may call it at the same time on one file.
 */
int32_t rille_file_filter(const struct rille_file *file,
                          const struct rille_pattern *patterns,
                          uint32_t count,
                          uint32_t invert,
                          struct rille_file **out,
                          struct rille_job **out_job,
                          struct rille_error *err);

/**
 * Writes the offset at which a byte of a file that rille_file_filter has made stands in the file that was filtered to
 * `out_offset`.
 *
 * Returns RILLE_OK, RILLE_NONE (there is no such byte, or the file is no filter; nothing was written), RILLE_EARG (a pointer is
 * NULL, the offset negative), RILLE_ECHANGED, RILLE_EIO or RILLE_EFORK. Threads may call it at the same time on one file.
 */
int32_t rille_file_origin(const struct rille_file *file,
                          int64_t offset,
                          double *out_offset,
                          struct rille_error *err);

/**
 * Makes an empty corpus and writes it to `out`. `options` may be NULL.
 *
 * Returns RILLE_OK or RILLE_EARG (a pointer is NULL or an option unknown).
 */
int32_t rille_fuzzy_new(const struct rille_fuzzy_options *options,
                        struct rille_fuzzy **out,
                        struct rille_error *err);

/**
 * Frees a corpus. NULL is fine; a corpus that was freed already is not.
 */
void rille_fuzzy_free(struct rille_fuzzy *fuzzy);

/**
 * Adds items behind those that are there: `count` texts of any bytes, the first of which is at `items[0]` and has
 * `lengths[0]` bytes. Writes how many items there are now to `out_len`. They are copied.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL), RILLE_ETOOBIG (an item has 2 GiB or more), RILLE_ELIMIT (the budget
 * would not be kept), RILLE_ENOMEM or RILLE_EFORK. Unless it is RILLE_OK, RILLE_EARG or RILLE_EFORK, the items before the
 * one that was refused are in.
 */
int32_t rille_fuzzy_push(const struct rille_fuzzy *fuzzy,
                         const uint8_t *const *items,
                         const uint32_t *lengths,
                         uint32_t count,
                         uint32_t *out_len,
                         struct rille_error *err);

/**
 * Adds the lines of a text of `len` bytes as items: what stands between line feeds, without a carriage return before
 * them. Else as rille_fuzzy_push.
 */
int32_t rille_fuzzy_push_lines(const struct rille_fuzzy *fuzzy,
                               const uint8_t *text,
                               size_t len,
                               uint32_t *out_len,
                               struct rille_error *err);

/**
 * Lets a walk that rille_walk_start has started add all that it finds, but what it could not read, without any of it
 * passing through the host. The walk has nothing to take from then on; when it is over, everything is in. It fails if an
 * item is refused. Freeing the job ends the feed.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL or the job is no walk) or RILLE_EFORK. It does not wait.
 */
int32_t rille_fuzzy_feed(const struct rille_fuzzy *fuzzy,
                         const struct rille_job *job,
                         struct rille_error *err);

/**
 * How many items a corpus has; 0 for NULL.
 */
uint32_t rille_fuzzy_len(const struct rille_fuzzy *fuzzy);

/**
 * Removes all items and boosts; a running search is cancelled, and feeds go on.
 *
 * Returns RILLE_OK, RILLE_EARG (`fuzzy` is NULL) or RILLE_EFORK. The memory is given back on another thread.
 */
int32_t rille_fuzzy_clear(const struct rille_fuzzy *fuzzy, struct rille_error *err);

/**
 * Appends the text of an item to a buffer.
 *
 * Returns RILLE_OK, RILLE_NONE (there is no such item), RILLE_EARG (a pointer is NULL) or RILLE_EFORK.
 */
int32_t rille_fuzzy_text(const struct rille_fuzzy *fuzzy,
                         uint32_t index,
                         struct rille_buffer *buffer,
                         struct rille_error *err);

/**
 * Sets what is added to the scores of `count` items, the first of which is `first`: how often a file is used, for example.
 * A char that matches earns 16 and up to 10 more. Items that are not there yet may have a boost as well. The order of
 * an empty query does not change.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL) or RILLE_EFORK. A search that runs keeps to what was set when it started.
 */
int32_t rille_fuzzy_boost(const struct rille_fuzzy *fuzzy,
                          uint32_t first,
                          const int32_t *boosts,
                          uint32_t count,
                          struct rille_error *err);

/**
 * Writes how much a corpus holds to `out`.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL) or RILLE_EFORK.
 */
int32_t rille_fuzzy_stats(const struct rille_fuzzy *fuzzy,
                          struct rille_fuzzy_size *out,
                          struct rille_error *err);

/**
 * Searches, and returns when it is done: writes the best rows to `rows`, which has room for `limit` of them, and what there
 * is to `found`.
 *
 * The query of `len` bytes is in fzf's extended syntax; there are no wrong ones, only too large ones.
 * Between spaces it has terms, all of which
 * have to match: abc finds items that have these chars in this order, 'abc those that hold abc, 'abc' those that hold it as
 * a word, ^abc those that begin with it, abc$ those that end with it, ^abc$ those that are it; ! before a term leaves out
 * what it finds, where !abc is !'abc; a | between terms is "or"; a backslash before a space makes it a part of the term.
 * ^ and $ pass over white space at an item's ends.
 *
 * Rows are in the order of their scores, then of their lengths, the shorter first, then of their indexes. Those of an
 * empty query, and of one whose terms all have a !, are in the order of their indexes.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL), RILLE_ETOOBIG (the query has more than 64 terms, those on either side
 * of a | counted, or more than 8,192 bytes), RILLE_ENOMEM or RILLE_EFORK. A host that must not wait has rille_fuzzy_start.
 */
int32_t rille_fuzzy_query(const struct rille_fuzzy *fuzzy,
                          const uint8_t *query,
                          size_t len,
                          struct rille_fuzzy_row *rows,
                          uint32_t limit,
                          struct rille_fuzzy_found *found,
                          struct rille_error *err);

/**
 * Starts a search as rille_fuzzy_query does it on threads of the library, and writes the job to `out`. The search that was
 * started before is cancelled. Its results are for rille_fuzzy_results; its unit of progress is the item.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL), RILLE_ETOOBIG (as for rille_fuzzy_query) or RILLE_EFORK. It takes some
 * microseconds, however many items there are. Without memory for the rows the job fails.
 */
int32_t rille_fuzzy_start(const struct rille_fuzzy *fuzzy,
                          const uint8_t *query,
                          size_t len,
                          uint32_t limit,
                          struct rille_job **out,
                          struct rille_error *err);

/**
 * Writes the latest rows of a job that rille_fuzzy_start has started to `rows`, which has room for `capacity` of them, and
 * what there is to `found`. They take the place of those before: while the search runs they are the best of what has been
 * searched.
 *
 * Returns RILLE_OK, RILLE_NONE (there is nothing new; `found` tells whether the search is done, and no rows) or RILLE_EARG
 * (a pointer is NULL or the job is of another kind). It does not wait. One call at a time on one job.
 */
int32_t rille_fuzzy_results(struct rille_job *job,
                            struct rille_fuzzy_row *rows,
                            uint32_t capacity,
                            struct rille_fuzzy_found *found,
                            struct rille_error *err);

/**
 * Writes where an item matches a query to `out`, which has room for `len` numbers, as many as the query has bytes: the
 * offset in bytes of each char of the item that matches, ascending; and how many there are to `out_count`.
 *
 * Returns RILLE_OK, RILLE_NONE (the item does not match or is not there), RILLE_EARG (a pointer is NULL), RILLE_ETOOBIG (as
 * for rille_fuzzy_query), RILLE_ENOMEM or RILLE_EFORK.
 */
int32_t rille_fuzzy_positions(const struct rille_fuzzy *fuzzy,
                              const uint8_t *query,
                              size_t len,
                              uint32_t index,
                              uint32_t *out,
                              uint32_t *out_count,
                              struct rille_error *err);

/**
 * Makes a matcher of a query of `len` bytes and writes it to `out`. `options` may be NULL; a budget and threads mean
 * nothing here.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL or an option unknown) or RILLE_ETOOBIG (as for rille_fuzzy_query).
 */
int32_t rille_matcher_new(const uint8_t *query,
                          size_t len,
                          const struct rille_fuzzy_options *options,
                          struct rille_matcher **out,
                          struct rille_error *err);

/**
 * Frees a matcher. NULL is fine; a matcher that was freed already is not.
 */
void rille_matcher_free(struct rille_matcher *matcher);

/**
 * Writes what a text of `len` bytes earns to `out`. With `positions`, which has room for as many numbers as the query has
 * bytes, it also writes where: the offset in bytes of each char that matches, ascending. `positions` may be NULL.
 *
 * Returns RILLE_OK, RILLE_NONE (the text does not match), RILLE_EARG (a pointer is NULL), RILLE_ETOOBIG or RILLE_ENOMEM.
 */
int32_t rille_matcher_match(struct rille_matcher *matcher,
                            const uint8_t *text,
                            size_t len,
                            uint32_t *positions,
                            struct rille_fuzzy_hit *out,
                            struct rille_error *err);

/**
 * Ranks `count` texts, given as for rille_fuzzy_push: writes those that match to `rows`, which has room for `count` of
 * them, in the order of rille_fuzzy_query, and what there is to `found`.
 *
 * Returns RILLE_OK, RILLE_EARG (a pointer is NULL) or RILLE_ENOMEM. It is for short lists: nothing is kept between two
 * calls, and it takes a quarter of a microsecond for each text that matches.
 */
int32_t rille_matcher_filter(struct rille_matcher *matcher,
                             const uint8_t *const *items,
                             const uint32_t *lengths,
                             uint32_t count,
                             struct rille_fuzzy_row *rows,
                             struct rille_fuzzy_found *found,
                             struct rille_error *err);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* RILLE_H */
