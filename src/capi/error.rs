//! Statuses, the error block, and the failure that is written to it.

use crate::memory::NoMemory;
use std::any::Any;
use std::borrow::Cow;
use std::ffi::c_char;

/// The status that a function returns: zero for success, positive for success with a note, negative for a failure.
/// After a failure no output has been written, and the error block describes it.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rille_status {
    /// Success.
    RILLE_OK = 0,
    /// Success; the text has at least one invalid UTF-8 sequence.
    RILLE_INVALID = 1,
    /// Success; nothing was found.
    RILLE_NONE = 2,
    /// Success; the batch is full, and there may be more results.
    RILLE_MORE = 3,
    /// Success; the answer is not known yet, as a job has to progress first.
    RILLE_PENDING = 4,
    /// An argument is wrong: a null pointer, an unknown unit, memory that overlaps.
    RILLE_EARG = -1,
    /// A text or a result is longer than 4 GiB - 1.
    RILLE_ETOOBIG = -2,
    /// The output array is too short for the result.
    RILLE_ESHORT = -3,
    /// The system refused memory.
    RILLE_ENOMEM = -4,
    /// Internal error (a bug in rille). The object of the call, if there was one, can only be freed.
    RILLE_EPANIC = -5,
    /// An earlier call on this object returned RILLE_EPANIC, so its state cannot be trusted. Free it.
    RILLE_EPOISONED = -6,
    /// A pattern or a template is wrong; the error block has the offset.
    RILLE_EPATTERN = -7,
    /// A limit, set or default, would be exceeded.
    RILLE_ELIMIT = -8,
    /// The job has failed; the message says why.
    RILLE_EJOB = -9,
    /// The object belongs to the process that this one was forked from. Make a new one here.
    RILLE_EFORK = -10,
    /// The system refused a resource: a file, a directory, a descriptor.
    RILLE_EIO = -11,
    /// The file has changed since it was last read. Refresh it.
    RILLE_ECHANGED = -12,
}

/// Bytes of a message in the error block, its final NUL included.
pub const RILLE_MESSAGE_SIZE: usize = 240;

/// The error of a failed call, in memory of the caller: 256 bytes, written by the library only when a call fails. Every
/// function that takes one also takes NULL.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_error {
    /// The status that the call has returned.
    pub status: i32,
    /// Length of the message in bytes, without its NUL.
    pub length: u32,
    /// Byte offset of the error in the input, 0-based; -1 if the error has no position in the
    /// input.
    pub offset: i64,
    /// The message in UTF-8, terminated by a NUL; one that is too long is cut at a character boundary.
    pub message: [c_char; RILLE_MESSAGE_SIZE],
}

const _: () = {
    assert!(size_of::<rille_error>() == 256 && align_of::<rille_error>() == 8);
    assert!(std::mem::offset_of!(rille_error, length) == 4);
    assert!(std::mem::offset_of!(rille_error, offset) == 8);
    assert!(std::mem::offset_of!(rille_error, message) == 16);
};

/// A failed call before it is written to the error block.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) status: rille_status,
    /// Byte offset of the error in the input.
    pub(super) offset: Option<u64>,
    pub(super) message: Cow<'static, str>,
}

impl Failure {
    pub(super) fn new(status: rille_status, message: impl Into<Cow<'static, str>>) -> Failure {
        Failure { status, offset: None, message: message.into() }
    }

    /// Returns the failure for a panic, with the message of the panic if it has one.
    pub(super) fn from_panic(panic: Box<dyn Any + Send>) -> Failure {
        if let Some(refused) = NoMemory::in_panic(&*panic) {
            return refused.into();
        }
        let message = match panic.downcast::<String>() {
            Ok(message) => *message,
            Err(panic) => panic.downcast_ref::<&str>().copied().unwrap_or("no message").to_owned(),
        };
        let message = format!("internal error in rille, please report it: {message}");
        Failure::new(rille_status::RILLE_EPANIC, message)
    }

    /// Writes the failure to the error block of the caller, if there is one, and returns its status.
    ///
    /// # Safety
    ///
    /// `err` is null or points to memory of a `rille_error` that the caller may write.
    #[cold]
    #[inline(never)]
    pub(super) unsafe fn report(self, err: *mut rille_error) -> i32 {
        let status = self.status as i32;
        if !err.is_null() && err.is_aligned() {
            let text = &self.message[..self.message.floor_char_boundary(RILLE_MESSAGE_SIZE - 1)];
            let mut message = [0; RILLE_MESSAGE_SIZE];
            for (to, from) in message.iter_mut().zip(text.bytes()) {
                *to = from as c_char;
            }
            let offset = self.offset.and_then(|offset| i64::try_from(offset).ok()).unwrap_or(-1);
            let block = rille_error { status, length: text.len() as u32, offset, message };
            // SAFETY: not null, and the caller vouches for the rest. Written whole, so it may be uninitialised.
            unsafe { err.write(block) };
        }
        status
    }
}

impl From<NoMemory> for Failure {
    fn from(refused: NoMemory) -> Failure {
        Failure::new(rille_status::RILLE_ENOMEM, refused.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::rille_status::*;
    use super::*;
    use std::mem::MaybeUninit;

    #[test]
    fn a_long_message_is_cut_at_a_character() {
        let failure =
            Failure::new(RILLE_EARG, format!("{}€ and more", "x".repeat(RILLE_MESSAGE_SIZE - 3)));
        let mut block = MaybeUninit::uninit();
        // SAFETY: the block is ours; `report` writes it whole.
        let block = unsafe {
            failure.report(block.as_mut_ptr());
            block.assume_init()
        };
        assert_eq!(block.length as usize, RILLE_MESSAGE_SIZE - 3);
        assert!(block.message[RILLE_MESSAGE_SIZE - 3..].iter().all(|&byte| byte == 0));
        assert_eq!(block.offset, -1);
    }

    #[test]
    fn a_null_block_is_fine() {
        // SAFETY: null is allowed.
        let status = unsafe { Failure::new(RILLE_ENOMEM, "").report(std::ptr::null_mut()) };
        assert_eq!(status, RILLE_ENOMEM as i32);
    }
}
