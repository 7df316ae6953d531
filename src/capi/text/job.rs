//! Jobs that call functions of `text`, for texts that would block the host for more than a millisecond.

use super::layout::rille_layout_options;
use super::offset::rille_offset_options;
use super::truncate::CutOptions;
use super::width::cells;
use super::*;
use crate::capi::boundary::{boundary_at, required};
use crate::capi::error::rille_status;
use crate::capi::job::rille_job;
use crate::capi::outcome::Outcome;
use crate::memory;
use crate::text::{Align, CASE_GROWTH, Case, Form, WidthOptions};
use std::mem::MaybeUninit;

/// Maximum length in bytes of a text that a job copies: 8 MiB. The same maximum holds for the positions and for the
/// second text of a job.
pub const RILLE_TEXT_JOB_MAX: u32 = 8 << 20;

/// The function that a job calls.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rille_text_verb {
    /// rille_text_reverse by the unit `what`. The result has a text.
    RILLE_TEXT_REVERSE = 0,
    /// rille_text_validate. The result has one number, the length of the valid prefix.
    RILLE_TEXT_VALIDATE = 1,
    /// rille_text_repair. The result has a text.
    RILLE_TEXT_REPAIR = 2,
    /// rille_text_count of the unit `what`. The result has one number.
    RILLE_TEXT_COUNT = 3,
    /// rille_text_offsets of `positions`. The result has as many numbers.
    RILLE_TEXT_OFFSETS = 4,
    /// rille_text_width by `layout`. The result has one number.
    RILLE_TEXT_WIDTH = 5,
    /// rille_text_truncate by `layout`. The result has the text and four numbers, those of a rille_cut.
    RILLE_TEXT_TRUNCATE = 6,
    /// rille_text_pad by `layout`. The result has the text and two numbers: the padding at the left and at the right in
    /// cells.
    RILLE_TEXT_PAD = 7,
    /// rille_text_wrap by `layout`, all lines. The result has the text and four numbers for each line, those of a
    /// rille_line.
    RILLE_TEXT_WRAP = 8,
    /// rille_text_case by the mapping `what`. The result has a text.
    RILLE_TEXT_CASE = 9,
    /// rille_text_equal_fold with the text `other`. The result has one number, 1 or 0.
    RILLE_TEXT_EQUAL_FOLD = 10,
    /// rille_text_normalize to the form `what`. The result has a text.
    RILLE_TEXT_NORMALIZE = 11,
}

/// The task of a job of rille_text_start: a function and its arguments.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_text_task {
    /// sizeof(rille_text_task).
    pub size: u32,
    /// One of rille_text_verb.
    pub verb: u32,
    /// A unit, a mapping or a form, as the verb says.
    pub what: u32,
    /// Number of positions.
    pub count: u32,
    /// The positions of RILLE_TEXT_OFFSETS. They are copied.
    pub positions: *const u32,
    /// The units of the positions.
    pub offset: *const rille_offset_options,
    /// The layout of RILLE_TEXT_WIDTH, RILLE_TEXT_TRUNCATE, RILLE_TEXT_PAD and RILLE_TEXT_WRAP; NULL for the default. It is
    /// copied.
    pub layout: *const rille_layout_options,
    /// The second text of RILLE_TEXT_EQUAL_FOLD. It is copied.
    pub other: *const u8,
    /// Length of the second text in bytes.
    pub other_len: usize,
}

// SAFETY: numbers and pointers, the size first.
unsafe impl Zeroed for rille_text_task {}

/// The result of a job of rille_text_start. The pointers are valid until the job is freed.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_text_result {
    /// The numbers, if the verb has any; otherwise NULL.
    pub numbers: *const u32,
    /// The text, if the verb has one; otherwise NULL.
    pub text: *const u8,
    /// Length of the text in bytes.
    pub len: usize,
    /// Number of numbers.
    pub count: u32,
    /// Always 0.
    pub reserved: u32,
}

#[cfg(target_pointer_width = "64")]
const _: () = {
    assert!(size_of::<rille_text_task>() == 56);
    assert!(std::mem::offset_of!(rille_text_task, positions) == 16);
    assert!(size_of::<rille_text_result>() == 32);
    assert!(std::mem::offset_of!(rille_text_result, count) == 24);
};

/// A checked task that owns its arguments.
enum Task {
    Reverse(Unit),
    Validate,
    Repair,
    Count(Unit),
    Offsets { positions: Vec<u32>, from: Unit, to: Unit },
    Width(WidthOptions),
    Truncate(CutOptions),
    Pad { cells: usize, align: Align, options: WidthOptions },
    Wrap { cells: usize, keep: bool, options: WidthOptions },
    Case(Case),
    EqualFold(Vec<u8>),
    Normalize(Form),
}

/// The result of a task.
#[derive(Default)]
struct Found {
    status: Option<rille_status>,
    numbers: Vec<u32>,
    text: Vec<u8>,
}

type TaskResult = Result<Found, Failure>;

impl Task {
    /// Checks a task from C and copies its arguments.
    ///
    /// # Safety
    ///
    /// The pointers of the task are null or as its documentation says.
    unsafe fn read(task: &rille_text_task) -> Result<Task, Failure> {
        // SAFETY: the caller vouches for the layout.
        let layout = || unsafe { rille_layout_options::read(task.layout) };
        Ok(match VERBS.into_iter().find(|&verb| verb as u32 == task.verb) {
            Some(RILLE_TEXT_REVERSE) => match super::unit(task.what)? {
                unit @ (Unit::Byte | Unit::Char | Unit::Grapheme) => Task::Reverse(unit),
                _ => return Err(super::reverse::no_such_unit()),
            },
            Some(RILLE_TEXT_VALIDATE) => Task::Validate,
            Some(RILLE_TEXT_REPAIR) => Task::Repair,
            Some(RILLE_TEXT_COUNT) => Task::Count(super::unit(task.what)?),
            Some(RILLE_TEXT_OFFSETS) => {
                // SAFETY: the caller vouches for the options.
                let options = unsafe { super::options(task.offset) }?;
                let (from, to) = (super::unit(options.from)?, super::unit(options.to)?);
                // A short text shows whether positions are counted in these units.
                text::offset(b"", 0, from, to).ok_or_else(super::offset::no_such_unit)?;
                let bytes = (task.count as usize).saturating_mul(size_of::<u32>());
                bounded(bytes, "the positions have")?;
                // SAFETY: the caller vouches for the positions.
                let positions =
                    unsafe { values(task.positions, task.count as usize, "positions") }?;
                Task::Offsets { positions: copied(positions)?, from, to }
            }
            Some(RILLE_TEXT_WIDTH) => Task::Width(layout()?.options()?),
            // SAFETY: the caller vouches for the layout.
            Some(RILLE_TEXT_TRUNCATE) => Task::Truncate(unsafe { CutOptions::read(task.layout) }?),
            Some(RILLE_TEXT_PAD) => {
                let layout = layout()?;
                let (cells, align) = (layout.cells as usize, layout.align()?);
                Task::Pad { cells, align, options: layout.options()? }
            }
            Some(RILLE_TEXT_WRAP) => {
                let layout = layout()?;
                super::wrap::check_cells(&layout)?;
                let (cells, keep) = (layout.cells as usize, layout.keep_long_words != 0);
                Task::Wrap { cells, keep, options: layout.options()? }
            }
            Some(RILLE_TEXT_CASE) => Task::Case(super::case::mapping(task.what)?),
            Some(RILLE_TEXT_EQUAL_FOLD) => {
                // SAFETY: the caller vouches for the text.
                let other = unsafe { slice(task.other, task.other_len) }?;
                bounded(other.len(), "the second text has")?;
                Task::EqualFold(copied(other)?)
            }
            Some(RILLE_TEXT_NORMALIZE) => Task::Normalize(super::normalize::form(task.what)?),
            None => {
                let message =
                    format!("unknown verb {}; it must be one of rille_text_verb", task.verb);
                return Err(Failure::new(RILLE_EARG, message));
            }
        })
    }

    fn run(&self, input: Vec<u8>) -> TaskResult {
        let number = |number: usize| vec![number as u32];
        let mut found = Found::default();
        match self {
            Task::Reverse(unit) => {
                found.text = written(input.len(), |out| {
                    text::reverse(&input, *unit, out);
                    input.len()
                })?;
            }
            Task::Validate => {
                let valid = text::validate(&input);
                found.status = (valid < input.len()).then_some(RILLE_INVALID);
                found.numbers = number(valid);
            }
            Task::Repair => match text::repair_len(&input) {
                None => found.text = input,
                Some(len) => {
                    found.status = Some(RILLE_INVALID);
                    found.text = written(len, |out| {
                        text::repair(&input, out);
                        len
                    })?;
                }
            },
            Task::Count(unit) => found.numbers = number(text::count(&input, *unit)),
            Task::Offsets { positions, from, to } => {
                let mut refused = None;
                found.numbers = written(positions.len(), |out| {
                    let known = text::offsets(&input, positions, *from, *to, out);
                    refused = known.err();
                    if refused.is_none() { positions.len() } else { 0 }
                })?;
                if let Some(refused) = refused {
                    return Err(refused.into());
                }
            }
            Task::Width(options) => found.numbers = vec![cells(text::width(&input, options))?],
            Task::Truncate(manner) => {
                let cut = manner.cut(&input)?;
                found.numbers = vec![cut.head, cut.tail, cut.ellipsis, cut.cells];
                found.text = input;
            }
            Task::Pad { cells, align, options } => {
                let (left, right) = text::pad(&input, *cells, *align, options);
                found.numbers = vec![left as u32, right as u32];
                found.text = input;
            }
            Task::Wrap { cells, keep, options } => {
                for line in text::wrap(&input, 0, *cells, *keep, options) {
                    let cells = super::width::cells(line.cells)?;
                    memory::reserve(&mut found.numbers, 4)?;
                    let (start, stop, next) =
                        (line.start as u32, line.stop as u32, line.next as u32);
                    found.numbers.extend([start, stop, next, cells]);
                }
                found.text = input;
            }
            Task::Case(case) => {
                let most = input.len() * CASE_GROWTH;
                found.text = written(most, |out| text::map_case(&input, *case, out))?;
                found.text.shrink_to_fit();
            }
            Task::EqualFold(other) => {
                found.numbers = number(usize::from(text::equal_fold(&input, other)));
            }
            Task::Normalize(form) if text::normalized(&input, *form) == input.len() => {
                found.text = input;
            }
            Task::Normalize(form) => {
                let len = text::normalize_len(&input, *form);
                found.text = written(len, |out| text::normalize(&input, *form, out))?;
            }
        }
        Ok(found)
    }
}

use rille_text_verb::*;

const VERBS: [rille_text_verb; 12] = [
    RILLE_TEXT_REVERSE,
    RILLE_TEXT_VALIDATE,
    RILLE_TEXT_REPAIR,
    RILLE_TEXT_COUNT,
    RILLE_TEXT_OFFSETS,
    RILLE_TEXT_WIDTH,
    RILLE_TEXT_TRUNCATE,
    RILLE_TEXT_PAD,
    RILLE_TEXT_WRAP,
    RILLE_TEXT_CASE,
    RILLE_TEXT_EQUAL_FOLD,
    RILLE_TEXT_NORMALIZE,
];

/// Refuses an argument that is too long for a job to copy.
fn bounded(bytes: usize, what: &str) -> Result<(), Failure> {
    if bytes <= RILLE_TEXT_JOB_MAX as usize {
        return Ok(());
    }
    let message = format!(
        "{what} {bytes} bytes, and a job copies at most {RILLE_TEXT_JOB_MAX} (8 MiB): open larger texts with rille.file \
         (rille_file_open), or call the function itself"
    );
    Err(Failure::new(RILLE_ETOOBIG, message))
}

fn copied<T: Copy>(from: &[T]) -> Result<Vec<T>, Failure> {
    Ok(memory::copy(from)?)
}

/// Returns a vector of the values that `write` has written. `write` gets room for `most` values and returns their
/// number.
fn written<T>(
    most: usize,
    write: impl FnOnce(&mut [MaybeUninit<T>]) -> usize,
) -> Result<Vec<T>, Failure> {
    let mut all = memory::with_room(most)?;
    let len = write(&mut all.spare_capacity_mut()[..most]).min(most);
    // SAFETY: the capacity is there, and the functions of `text` have written as much of it as they return.
    unsafe { all.set_len(len) };
    Ok(all)
}

/// Starts a job that calls a function of `text` on another thread, and writes it to `out`. The text and the data that
/// `task` points to are copied once. Take the result with rille_text_take when the job is done. A text that takes
/// little time (see the costs of each function) needs no job.
///
/// Returns RILLE_OK, RILLE_EARG (a verb, a unit or an option is unknown) or RILLE_ETOOBIG (the text, the positions or
/// the second text have more than RILLE_TEXT_JOB_MAX bytes).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_start(
    text: *const u8,
    len: usize,
    task: *const rille_text_task,
    out: *mut *mut rille_job,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or `len` bytes, NULL or a task with what it points to, and NULL or a place for the
    // pointer.
    boundary(err, || unsafe {
        let (text, task, out) = (slice(text, len)?, required(task, "task")?, place(out, "out")?);
        bounded(text.len(), "the text has")?;
        let (task, text) = (Task::read(&task)?, copied(text)?);
        out.write(Outcome::<TaskResult>::start(
            move || task.run(text),
            |found| {
                let bytes = |found: &Found| found.text.capacity() + 4 * found.numbers.capacity();
                found.as_ref().map_or(0, bytes)
            },
        ));
        Ok(RILLE_OK)
    })
}

/// Writes the result of a job of rille_text_start to `out`. It may be called again.
///
/// Returns what the function of the verb would return; or RILLE_PENDING (the job still runs), RILLE_NONE (it was
/// cancelled or has failed) or RILLE_EARG (the job is of another kind). It does not wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_take(
    job: *const rille_job,
    out: *mut rille_text_result,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live job, and NULL or a place for the result.
    unsafe {
        boundary_at(job, err, |job| {
            let out = place(out, "out")?;
            Outcome::<TaskResult>::take(job, "a job of a text", |found| {
                let found = found.as_ref().map_err(Failure::clone)?;
                out.write(rille_text_result {
                    numbers: found.numbers.as_ptr(),
                    text: found.text.as_ptr(),
                    len: found.text.len(),
                    count: found.numbers.len() as u32,
                    reserved: 0,
                });
                Ok(found.status.unwrap_or(RILLE_OK))
            })
        })
    }
}
