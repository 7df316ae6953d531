// Generated from src/capi by `BLESS=1 cargo test`; do not edit.

prototypes! {
    fn rille_buffer_new(capacity: usize, out: *mut *mut rille_buffer, err: *mut rille_error) -> i32;
    fn rille_buffer_free(buffer: *mut rille_buffer);
    fn rille_buffer_len(buffer: *const rille_buffer) -> u32;
    fn rille_buffer_ptr(buffer: *const rille_buffer) -> *const u8;
    fn rille_buffer_reset(buffer: *mut rille_buffer, err: *mut rille_error) -> i32;
    fn rille_buffer_append(buffer: *mut rille_buffer, text: *const u8, len: usize, err: *mut rille_error) -> i32;
    fn rille_buffer_reserve(buffer: *mut rille_buffer, len: usize, out: *mut *mut u8, err: *mut rille_error) -> i32;
    fn rille_buffer_commit(buffer: *mut rille_buffer, len: usize, err: *mut rille_error) -> i32;
    fn rille_inline_new(out: *mut *mut rille_inline, err: *mut rille_error) -> i32;
    fn rille_inline_free(diff: *mut rille_inline);
    fn rille_inline_compare(diff: *mut rille_inline, a: *const u8, a_len: usize, b: *const u8, b_len: usize, unit: u32, err: *mut rille_error) -> i32;
    fn rille_inline_count(diff: *const rille_inline) -> u32;
    fn rille_inline_exact(diff: *const rille_inline) -> u32;
    fn rille_inline_spans(diff: *const rille_inline) -> *const rille_inline_span;
    fn rille_diff_merge3(merge: *const rille_merge, out: *mut rille_buffer, conflicts: *mut rille_buffer, err: *mut rille_error) -> i32;
    fn rille_diff_new(a: *const u8, a_len: usize, b: *const u8, b_len: usize, options: *const rille_diff_options, out: *mut *mut rille_diff, err: *mut rille_error) -> i32;
    fn rille_diff_start(a: *const u8, a_len: usize, b: *const u8, b_len: usize, options: *const rille_diff_options, out: *mut *mut rille_job, err: *mut rille_error) -> i32;
    fn rille_diff_take(job: *const rille_job, out: *mut *mut rille_diff, err: *mut rille_error) -> i32;
    fn rille_diff_free(diff: *mut rille_diff);
    fn rille_diff_count(diff: *const rille_diff) -> u32;
    fn rille_diff_exact(diff: *const rille_diff) -> u32;
    fn rille_diff_hunks(diff: *const rille_diff) -> *const rille_hunk;
    fn rille_diff_unified(patch: *const rille_patch, options: *const rille_unified_options, out: *mut rille_buffer, err: *mut rille_error) -> i32;
    fn rille_diff_apply(patch: *const rille_patch, text: *const u8, len: usize, options: *const rille_apply_options, out: *mut rille_buffer, out_misfit: *mut u32, err: *mut rille_error) -> i32;
    fn rille_diff_session_new(base: *const u8, len: usize, options: *const rille_diff_options, out: *mut *mut rille_diff_session, err: *mut rille_error) -> i32;
    fn rille_diff_session_base(session: *mut rille_diff_session, base: *const u8, len: usize, err: *mut rille_error) -> i32;
    fn rille_diff_session_text(session: *mut rille_diff_session, text: *const u8, len: usize, err: *mut rille_error) -> i32;
    fn rille_diff_session_edit(session: *mut rille_diff_session, first: u32, removed: u32, lines: *const u8, len: usize, count: u32, err: *mut rille_error) -> i32;
    fn rille_diff_session_hunks(session: *const rille_diff_session, first: u32, last: u32, hunks: *mut rille_hunk, capacity: u32, count: *mut u32, err: *mut rille_error) -> i32;
    fn rille_diff_session_state(session: *const rille_diff_session, out: *mut rille_diff_state, err: *mut rille_error) -> i32;
    fn rille_diff_session_start(session: *const rille_diff_session, out: *mut *mut rille_job, err: *mut rille_error) -> i32;
    fn rille_diff_session_take(session: *mut rille_diff_session, job: *const rille_job, taken: *mut u32, err: *mut rille_error) -> i32;
    fn rille_diff_session_free(session: *mut rille_diff_session);
    fn rille_file_follow(file: *const rille_file, out: *mut *mut rille_job, err: *mut rille_error) -> i32;
    fn rille_file_take_news(job: *mut rille_job, out: *mut rille_file_news, err: *mut rille_error) -> i32;
    fn rille_file_open_start(path: *const u8, len: usize, options: *const rille_file_options, out: *mut *mut rille_job, err: *mut rille_error) -> i32;
    fn rille_file_open_take(job: *const rille_job, out: *mut *mut rille_file, err: *mut rille_error) -> i32;
    fn rille_file_read_start(file: *const rille_file, task: *const rille_file_task, out: *mut *mut rille_job, err: *mut rille_error) -> i32;
    fn rille_file_read_take(job: *const rille_job, out: *mut rille_file_answer, err: *mut rille_error) -> i32;
    fn rille_file_open(path: *const u8, len: usize, options: *const rille_file_options, out: *mut *mut rille_file, err: *mut rille_error) -> i32;
    fn rille_file_free(file: *mut rille_file);
    fn rille_file_stat(file: *const rille_file, out: *mut rille_file_info, err: *mut rille_error) -> i32;
    fn rille_file_refresh(file: *mut rille_file, out_change: *mut u32, err: *mut rille_error) -> i32;
    fn rille_file_index(file: *const rille_file, out: *mut *mut rille_job, err: *mut rille_error) -> i32;
    fn rille_file_read_lines(file: *mut rille_file, first: i64, count: u32, window: *const rille_file_window, out: *mut rille_file_lines, err: *mut rille_error) -> i32;
    fn rille_file_read_around(file: *mut rille_file, offset: i64, before: u32, after: u32, window: *const rille_file_window, out: *mut rille_file_lines, err: *mut rille_error) -> i32;
    fn rille_file_read_last(file: *mut rille_file, count: u32, window: *const rille_file_window, out: *mut rille_file_lines, err: *mut rille_error) -> i32;
    fn rille_file_line_at(file: *const rille_file, offset: i64, out_line: *mut f64, err: *mut rille_error) -> i32;
    fn rille_file_offset_of(file: *const rille_file, line: i64, out_offset: *mut f64, err: *mut rille_error) -> i32;
    fn rille_file_read(file: *const rille_file, offset: i64, out: *mut u8, capacity: usize, out_len: *mut u32, err: *mut rille_error) -> i32;
    fn rille_file_search(file: *const rille_file, patterns: *const rille_pattern, count: u32, options: *const rille_search_options, out: *mut *mut rille_job, err: *mut rille_error) -> i32;
    fn rille_file_take(job: *mut rille_job, limit: u32, out: *mut rille_file_matches, err: *mut rille_error) -> i32;
    fn rille_file_filter(file: *const rille_file, patterns: *const rille_pattern, count: u32, invert: u32, out: *mut *mut rille_file, out_job: *mut *mut rille_job, err: *mut rille_error) -> i32;
    fn rille_file_origin(file: *const rille_file, offset: i64, out_offset: *mut f64, err: *mut rille_error) -> i32;
    fn rille_matcher_new(query: *const u8, len: usize, options: *const rille_fuzzy_options, out: *mut *mut rille_matcher, err: *mut rille_error) -> i32;
    fn rille_matcher_free(matcher: *mut rille_matcher);
    fn rille_matcher_match(matcher: *mut rille_matcher, text: *const u8, len: usize, positions: *mut u32, out: *mut rille_fuzzy_hit, err: *mut rille_error) -> i32;
    fn rille_matcher_filter(matcher: *mut rille_matcher, items: *const *const u8, lengths: *const u32, count: u32, rows: *mut rille_fuzzy_row, found: *mut rille_fuzzy_found, err: *mut rille_error) -> i32;
    fn rille_fuzzy_new(options: *const rille_fuzzy_options, out: *mut *mut rille_fuzzy, err: *mut rille_error) -> i32;
    fn rille_fuzzy_free(fuzzy: *mut rille_fuzzy);
    fn rille_fuzzy_push(fuzzy: *const rille_fuzzy, items: *const *const u8, lengths: *const u32, count: u32, out_len: *mut u32, err: *mut rille_error) -> i32;
    fn rille_fuzzy_push_lines(fuzzy: *const rille_fuzzy, text: *const u8, len: usize, out_len: *mut u32, err: *mut rille_error) -> i32;
    fn rille_fuzzy_feed(fuzzy: *const rille_fuzzy, job: *const rille_job, err: *mut rille_error) -> i32;
    fn rille_fuzzy_len(fuzzy: *const rille_fuzzy) -> u32;
    fn rille_fuzzy_clear(fuzzy: *const rille_fuzzy, err: *mut rille_error) -> i32;
    fn rille_fuzzy_text(fuzzy: *const rille_fuzzy, index: u32, buffer: *mut rille_buffer, err: *mut rille_error) -> i32;
    fn rille_fuzzy_boost(fuzzy: *const rille_fuzzy, first: u32, boosts: *const i32, count: u32, err: *mut rille_error) -> i32;
    fn rille_fuzzy_stats(fuzzy: *const rille_fuzzy, out: *mut rille_fuzzy_size, err: *mut rille_error) -> i32;
    fn rille_fuzzy_query(fuzzy: *const rille_fuzzy, query: *const u8, len: usize, rows: *mut rille_fuzzy_row, limit: u32, found: *mut rille_fuzzy_found, err: *mut rille_error) -> i32;
    fn rille_fuzzy_start(fuzzy: *const rille_fuzzy, query: *const u8, len: usize, limit: u32, out: *mut *mut rille_job, err: *mut rille_error) -> i32;
    fn rille_fuzzy_results(job: *mut rille_job, rows: *mut rille_fuzzy_row, capacity: u32, found: *mut rille_fuzzy_found, err: *mut rille_error) -> i32;
    fn rille_fuzzy_positions(fuzzy: *const rille_fuzzy, query: *const u8, len: usize, index: u32, out: *mut u32, out_count: *mut u32, err: *mut rille_error) -> i32;
    fn rille_grep_start(root: *const u8, len: usize, tree: *const rille_walk_options, grep: *const rille_grep_options, out: *mut *mut rille_job, err: *mut rille_error) -> i32;
    fn rille_grep_take(job: *mut rille_job, limit: u32, out: *mut rille_grep_lines, err: *mut rille_error) -> i32;
    fn rille_gunzip_new(out: *mut *mut rille_gunzip, err: *mut rille_error) -> i32;
    fn rille_gunzip_free(gunzip: *mut rille_gunzip);
    fn rille_gunzip_feed(gunzip: *mut rille_gunzip, text: *const u8, len: usize, last: u32, out: *mut rille_buffer, err: *mut rille_error) -> i32;
    fn rille_gunzip_reset(gunzip: *mut rille_gunzip, err: *mut rille_error) -> i32;
    fn rille_job_free(job: *mut rille_job);
    fn rille_job_poll(job: *const rille_job, out: *mut rille_progress, err: *mut rille_error) -> i32;
    fn rille_job_failure(job: *const rille_job, err: *mut rille_error) -> i32;
    fn rille_job_wait(job: *const rille_job, milliseconds: u32, err: *mut rille_error) -> i32;
    fn rille_job_cancel(job: *const rille_job, err: *mut rille_error) -> i32;
    fn rille_abi() -> u32;
    fn rille_version() -> *const u8;
    fn rille_cpu() -> *const u8;
    fn rille_unicode_version() -> *const u8;
    fn rille_path() -> *const u8;
    fn rille_listener_new(directory: *const u8, len: usize, out: *mut *mut rille_listener, err: *mut rille_error) -> i32;
    fn rille_listener_free(listener: *mut rille_listener);
    fn rille_listener_path(listener: *const rille_listener) -> *const u8;
    fn rille_listener_accept(listener: *const rille_listener, token: u32, out: *mut *mut rille_notifier, err: *mut rille_error) -> i32;
    fn rille_notifier_new(out: *mut *mut rille_notifier, err: *mut rille_error) -> i32;
    fn rille_notifier_free(notifier: *mut rille_notifier);
    fn rille_notifier_fd(notifier: *const rille_notifier) -> i32;
    fn rille_notifier_watch(notifier: *const rille_notifier, job: *const rille_job, err: *mut rille_error) -> i32;
    fn rille_notifier_drain(notifier: *const rille_notifier, err: *mut rille_error) -> i32;
    fn rille_literals_new(text: *const u8, len: usize, ends: *const u32, count: u32, options: *const rille_literals_options, out: *mut *mut rille_literals, err: *mut rille_error) -> i32;
    fn rille_literals_start(text: *const u8, len: usize, ends: *const u32, count: u32, options: *const rille_literals_options, out: *mut *mut rille_job, err: *mut rille_error) -> i32;
    fn rille_literals_take(job: *const rille_job, out: *mut *mut rille_literals, err: *mut rille_error) -> i32;
    fn rille_literals_free(literals: *mut rille_literals);
    fn rille_literals_bytes(literals: *const rille_literals) -> f64;
    fn rille_literals_len(literals: *const rille_literals) -> u32;
    fn rille_literals_find(literals: *const rille_literals, text: *const u8, len: usize, from: u32, out_hit: *mut u32, err: *mut rille_error) -> i32;
    fn rille_literals_spans(literals: *const rille_literals, text: *const u8, len: usize, scan: *const rille_scan, out_hits: *mut u32, out_count: *mut u32, err: *mut rille_error) -> i32;
    fn rille_literals_count(literals: *const rille_literals, text: *const u8, len: usize, from: u32, out_count: *mut u32, err: *mut rille_error) -> i32;
    fn rille_literals_replace(literals: *const rille_literals, text: *const u8, len: usize, how: *const rille_replacements, out: *mut rille_buffer, out_count: *mut u32, err: *mut rille_error) -> i32;
    fn rille_regex_new(pattern: *const u8, len: usize, options: *const rille_regex_options, out: *mut *mut rille_regex, err: *mut rille_error) -> i32;
    fn rille_regex_start(pattern: *const u8, len: usize, options: *const rille_regex_options, out: *mut *mut rille_job, err: *mut rille_error) -> i32;
    fn rille_regex_take(job: *const rille_job, out: *mut *mut rille_regex, err: *mut rille_error) -> i32;
    fn rille_regex_free(regex: *mut rille_regex);
    fn rille_regex_bytes(regex: *const rille_regex) -> f64;
    fn rille_regex_groups(regex: *const rille_regex) -> u32;
    fn rille_regex_name(regex: *const rille_regex, group: u32) -> *const u8;
    fn rille_regex_test(regex: *const rille_regex, text: *const u8, len: usize, from: u32, err: *mut rille_error) -> i32;
    fn rille_regex_find(regex: *const rille_regex, text: *const u8, len: usize, from: u32, out_span: *mut u32, err: *mut rille_error) -> i32;
    fn rille_regex_spans(regex: *const rille_regex, text: *const u8, len: usize, scan: *const rille_scan, out_spans: *mut u32, out_count: *mut u32, err: *mut rille_error) -> i32;
    fn rille_regex_captures(regex: *const rille_regex, text: *const u8, len: usize, scan: *const rille_scan, out_slots: *mut u32, out_count: *mut u32, err: *mut rille_error) -> i32;
    fn rille_regex_count(regex: *const rille_regex, text: *const u8, len: usize, from: u32, out_count: *mut u32, err: *mut rille_error) -> i32;
    fn rille_regex_replace(regex: *const rille_regex, text: *const u8, len: usize, how: *const rille_replacement, out: *mut rille_buffer, out_count: *mut u32, err: *mut rille_error) -> i32;
    fn rille_regexset_new(text: *const u8, len: usize, ends: *const u32, count: u32, options: *const rille_regex_options, out: *mut *mut rille_regexset, err: *mut rille_error) -> i32;
    fn rille_regexset_start(text: *const u8, len: usize, ends: *const u32, count: u32, options: *const rille_regex_options, out: *mut *mut rille_job, err: *mut rille_error) -> i32;
    fn rille_regexset_take(job: *const rille_job, out: *mut *mut rille_regexset, err: *mut rille_error) -> i32;
    fn rille_regexset_free(set: *mut rille_regexset);
    fn rille_regexset_bytes(set: *const rille_regexset) -> f64;
    fn rille_regexset_len(set: *const rille_regexset) -> u32;
    fn rille_regexset_test(set: *const rille_regexset, text: *const u8, len: usize, err: *mut rille_error) -> i32;
    fn rille_regexset_matches(set: *const rille_regexset, text: *const u8, len: usize, out_ids: *mut u32, capacity: u32, out_count: *mut u32, err: *mut rille_error) -> i32;
    fn rille_scanner_new_regexset(set: *const rille_regexset, options: *const rille_scanner_options, out: *mut *mut rille_scanner, err: *mut rille_error) -> i32;
    fn rille_scanner_new_literals(literals: *const rille_literals, options: *const rille_scanner_options, out: *mut *mut rille_scanner, err: *mut rille_error) -> i32;
    fn rille_scanner_start_regexset(set: *const rille_regexset, options: *const rille_scanner_options, out: *mut *mut rille_job, err: *mut rille_error) -> i32;
    fn rille_scanner_start_literals(literals: *const rille_literals, options: *const rille_scanner_options, out: *mut *mut rille_job, err: *mut rille_error) -> i32;
    fn rille_scanner_take(job: *const rille_job, out: *mut *mut rille_scanner, err: *mut rille_error) -> i32;
    fn rille_scanner_free(scanner: *mut rille_scanner);
    fn rille_scanner_feed(scanner: *mut rille_scanner, text: *const u8, len: usize, last: u32, out_count: *mut u32, err: *mut rille_error) -> i32;
    fn rille_scanner_new_ids(scanner: *const rille_scanner) -> *const u32;
    fn rille_scanner_matches(scanner: *mut rille_scanner, out_ids: *mut u32, capacity: u32, out_count: *mut u32, err: *mut rille_error) -> i32;
    fn rille_scanner_first(scanner: *const rille_scanner, id: u32) -> f64;
    fn rille_scanner_limited(scanner: *const rille_scanner) -> u32;
    fn rille_scanner_len(scanner: *const rille_scanner) -> u32;
    fn rille_scanner_reset(scanner: *mut rille_scanner, err: *mut rille_error) -> i32;
    fn rille_scanner_new_like(scanner: *mut rille_scanner, out: *mut *mut rille_scanner, err: *mut rille_error) -> i32;
    fn rille_stream_new_regex(regex: *const rille_regex, how: *const rille_replacement, longest: u32, out: *mut *mut rille_stream, err: *mut rille_error) -> i32;
    fn rille_stream_new_literals(literals: *const rille_literals, how: *const rille_replacements, out: *mut *mut rille_stream, err: *mut rille_error) -> i32;
    fn rille_stream_free(stream: *mut rille_stream);
    fn rille_stream_hold_back(stream: *const rille_stream) -> u32;
    fn rille_stream_count(stream: *const rille_stream) -> f64;
    fn rille_stream_feed(stream: *mut rille_stream, text: *const u8, len: usize, out: *mut rille_buffer, err: *mut rille_error) -> i32;
    fn rille_stream_finish(stream: *mut rille_stream, out: *mut rille_buffer, err: *mut rille_error) -> i32;
    fn rille_stream_reset(stream: *mut rille_stream, err: *mut rille_error) -> i32;
    fn rille_stream_new_like(stream: *mut rille_stream, out: *mut *mut rille_stream, err: *mut rille_error) -> i32;
    fn rille_regex_escape(text: *const u8, len: usize, out: *mut rille_buffer, err: *mut rille_error) -> i32;
    fn rille_regex_from_lua(pattern: *const u8, len: usize, out: *mut rille_buffer, err: *mut rille_error) -> i32;
    fn rille_regex_explain_pcre(pattern: *const u8, len: usize, out: *mut u32, capacity: u32, out_count: *mut u32, err: *mut rille_error) -> i32;
    fn rille_stats(out: *mut rille_stat, capacity: u32, out_count: *mut u32, err: *mut rille_error) -> i32;
    fn rille_held_kib() -> *const u32;
    fn rille_text_case_len(text: *const u8, len: usize, mapping: u32, out_len: *mut u32, err: *mut rille_error) -> i32;
    fn rille_text_case(text: *const u8, len: usize, mapping: u32, out: *mut u8, capacity: usize, out_len: *mut u32, err: *mut rille_error) -> i32;
    fn rille_text_equal_fold(a: *const u8, a_len: usize, b: *const u8, b_len: usize, out_equal: *mut u32, err: *mut rille_error) -> i32;
    fn rille_text_count(text: *const u8, len: usize, unit: u32, out_count: *mut u32, err: *mut rille_error) -> i32;
    fn rille_text_start(text: *const u8, len: usize, task: *const rille_text_task, out: *mut *mut rille_job, err: *mut rille_error) -> i32;
    fn rille_text_take(job: *const rille_job, out: *mut rille_text_result, err: *mut rille_error) -> i32;
    fn rille_text_normalized(text: *const u8, len: usize, form: u32, out_prefix: *mut u32, err: *mut rille_error) -> i32;
    fn rille_text_normalize_len(text: *const u8, len: usize, form: u32, out_len: *mut u32, err: *mut rille_error) -> i32;
    fn rille_text_normalize(text: *const u8, len: usize, form: u32, out: *mut u8, capacity: usize, out_len: *mut u32, err: *mut rille_error) -> i32;
    fn rille_text_offset(text: *const u8, len: usize, position: u32, options: *const rille_offset_options, out: *mut u32, err: *mut rille_error) -> i32;
    fn rille_text_offsets(text: *const u8, len: usize, positions: *const u32, count: u32, options: *const rille_offset_options, out: *mut u32, err: *mut rille_error) -> i32;
    fn rille_text_reverse(text: *const u8, len: usize, unit: u32, out: *mut u8, capacity: usize, err: *mut rille_error) -> i32;
    fn rille_text_segments(text: *const u8, len: usize, options: *const rille_segment_options, out_spans: *mut u32, out_count: *mut u32, out_next: *mut u32, err: *mut rille_error) -> i32;
    fn rille_text_truncate(text: *const u8, len: usize, options: *const rille_layout_options, out: *mut rille_cut, err: *mut rille_error) -> i32;
    fn rille_text_truncate_list(texts: *const rille_slice, count: u32, options: *const rille_layout_options, out: *mut rille_cut, err: *mut rille_error) -> i32;
    fn rille_text_validate(text: *const u8, len: usize, out_valid: *mut u32, err: *mut rille_error) -> i32;
    fn rille_text_repair_len(text: *const u8, len: usize, out_len: *mut u32, err: *mut rille_error) -> i32;
    fn rille_text_repair(text: *const u8, len: usize, out: *mut u8, capacity: usize, out_len: *mut u32, err: *mut rille_error) -> i32;
    fn rille_text_width(text: *const u8, len: usize, options: *const rille_layout_options, out_cells: *mut u32, err: *mut rille_error) -> i32;
    fn rille_text_pad(text: *const u8, len: usize, options: *const rille_layout_options, out_left: *mut u32, out_right: *mut u32, err: *mut rille_error) -> i32;
    fn rille_text_wrap(text: *const u8, len: usize, options: *const rille_layout_options, out: *mut rille_line, capacity: u32, out_count: *mut u32, err: *mut rille_error) -> i32;
    fn rille_walk_start(root: *const u8, len: usize, options: *const rille_walk_options, out: *mut *mut rille_job, err: *mut rille_error) -> i32;
    fn rille_walk_take(job: *mut rille_job, limit: u32, out: *mut rille_paths, err: *mut rille_error) -> i32;
}

options! {
    struct rille_merge { size: u32, style: u32, favor: u32, reserved: u32, base: *const u8, base_len: usize, ours: *const u8, ours_len: usize, theirs: *const u8, theirs_len: usize, ours_name: *const u8, ours_name_len: usize, base_name: *const u8, base_name_len: usize, theirs_name: *const u8, theirs_name_len: usize }
    struct rille_diff_options { size: u32, algorithm: u32, space: u32, flags: u32, deadline: u32, reserved: u32, memory_limit: i64 }
    struct rille_patch { size: u32, count: u32, hunks: *const rille_hunk, a: *const u8, a_len: usize, b: *const u8, b_len: usize }
    struct rille_unified_options { size: u32, context: u32, flags: u32, reserved: u32, a_name: *const u8, a_name_len: usize, b_name: *const u8, b_name_len: usize }
    struct rille_apply_options { size: u32, hunk: u32, flags: u32, reserved: u32 }
    struct rille_file_task { size: u32, verb: u32, at: i64, count: i64, before: u32, limit: u32, window: *const rille_file_window }
    struct rille_file_options { size: u32, flags: u32, cache: u32, threads: u32, spool_limit: i64, spool_directory: *const u8, spool_directory_len: usize }
    struct rille_file_window { size: u32, max_bytes: u32, from: i64 }
    struct rille_search_options { size: u32, flags: u32, from: i64, limit: u32, reserved: u32 }
    struct rille_fuzzy_options { size: u32, flags: u32, typos: u32, threads: u32, delimiter: u32, column_count: u32, columns: *const u32, memory_limit: usize }
    struct rille_grep_options { size: u32, flags: u32, pattern_count: u32, context: u32, limit_per_file: u32, limit: u32, text_count: u32, reserved: u32, patterns: *const rille_pattern, texts: *const u8, texts_len: usize, text_ends: *const u32 }
    struct rille_literals_options { size: u32, flags: u32, memory_limit: u32, reserved: u32 }
    struct rille_replacements { size: u32, limit: u32, count: u32, reserved: u32, text: *const u8, len: usize, ends: *const u32 }
    struct rille_scan { size: u32, from: u32, after: u32, capacity: u32 }
    struct rille_regex_options { size: u32, flags: u32, memory_limit: u32, reserved: u32 }
    struct rille_replacement { size: u32, limit: u32, literal: u32, reserved: u32, text: *const u8, len: usize }
    struct rille_scanner_options { size: u32, memory_limit: u32, max_bytes: i64 }
    struct rille_text_task { size: u32, verb: u32, what: u32, count: u32, positions: *const u32, offset: *const rille_offset_options, layout: *const rille_layout_options, other: *const u8, other_len: usize }
    struct rille_layout_options { size: u32, cells: u32, style: u32, ambiguous: u32, tabstop: u32, column: u32, side: u32, align: u32, keep_long_words: u32, start: u32, ellipsis: *const u8, ellipsis_len: usize }
    struct rille_offset_options { size: u32, from: u32, to: u32 }
    struct rille_segment_options { size: u32, unit: u32, from: u32, capacity: u32 }
    struct rille_walk_options { size: u32, flags: u32, max_depth: u32, glob_count: u32, type_count: u32, reserved: u32, globs: *const u8, globs_len: usize, glob_ends: *const u32, types: *const u8, types_len: usize, type_ends: *const u32 }
}

opaque! {
    rille_buffer
    rille_inline
    rille_inline_span
    rille_conflict
    rille_hunk
    rille_diff
    rille_diff_state
    rille_diff_session
    rille_error
    rille_file_news
    rille_file_answer
    rille_file
    rille_file_info
    rille_file_line
    rille_file_lines
    rille_file_match
    rille_file_matches
    rille_fuzzy_hit
    rille_matcher
    rille_fuzzy_row
    rille_fuzzy_found
    rille_fuzzy_size
    rille_fuzzy
    rille_grep_line
    rille_grep_lines
    rille_gunzip
    rille_job
    rille_progress
    rille_listener
    rille_notifier
    rille_literals
    rille_pattern
    rille_regex
    rille_regexset
    rille_scanner
    rille_stream
    rille_stat
    rille_text_result
    rille_cut
    rille_slice
    rille_line
    rille_path_entry
    rille_paths
}

pub static HANDLES: &[&str] = &["rille_buffer", "rille_inline", "rille_diff", "rille_diff_session", "rille_file", "rille_matcher", "rille_fuzzy", "rille_gunzip", "rille_job", "rille_listener", "rille_notifier", "rille_literals", "rille_regex", "rille_regexset", "rille_scanner", "rille_stream"];
