//! Functions that describe the library itself.

use super::boundary::boundary_get;
use crate::text::{UNICODE_VERSION, kernel};
use once_cell::race::OnceBox;
use std::ffi::{CString, c_char, c_void};
use std::ptr::null;

/// Version of the interface that this header describes. It changes whenever a function, a layout or a constant changes
/// in a way that breaks programs compiled before.
pub const RILLE_ABI: u32 = 2;

/// Returns the interface version of the loaded library. Compare it with RILLE_ABI before any other call, and do not use
/// the library if they differ.
#[unsafe(no_mangle)]
pub extern "C" fn rille_abi() -> u32 {
    boundary_get(0, || {
        // The first call of every host.
        crate::job::pin();
        RILLE_ABI
    })
}

/// Returns the version of the library, for example "0.1.0". The string is static.
#[unsafe(no_mangle)]
pub extern "C" fn rille_version() -> *const c_char {
    boundary_get(null(), || concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast())
}

/// Returns the name of the SIMD kernels that were chosen for this processor: "scalar", "ssse3", "avx2", "avx512" or
/// "neon". The string is static.
#[unsafe(no_mangle)]
pub extern "C" fn rille_cpu() -> *const c_char {
    static NAME: OnceBox<CString> = OnceBox::new();
    boundary_get(null(), || {
        NAME.get_or_init(|| Box::new(CString::new(kernel::name()).unwrap_or_default())).as_ptr()
    })
}

/// Returns the version of Unicode of all functions: "18.0". The string is static.
#[unsafe(no_mangle)]
pub extern "C" fn rille_unicode_version() -> *const c_char {
    static VERSION: OnceBox<CString> = OnceBox::new();
    boundary_get(null(), || {
        VERSION.get_or_init(|| Box::new(CString::new(UNICODE_VERSION).unwrap_or_default())).as_ptr()
    })
}

/// Returns the path of the file that the library was loaded from, as the system's loader knows it, or NULL if that is
/// unknown. The string is static.
#[unsafe(no_mangle)]
pub extern "C" fn rille_path() -> *const c_char {
    boundary_get(null(), path)
}

#[cfg(unix)]
fn path() -> *const c_char {
    static PATH: OnceBox<CString> = OnceBox::new();
    let found = PATH.get_or_try_init(|| {
        let mut info = std::mem::MaybeUninit::<libc::Dl_info>::zeroed();
        let here = rille_path as *const c_void;
        // SAFETY: `dladdr` takes any address, and fills the block when it returns other than 0.
        let name = unsafe {
            if libc::dladdr(here, info.as_mut_ptr()) == 0 {
                return Err(());
            }
            info.assume_init().dli_fname
        };
        if name.is_null() {
            return Err(());
        }
        // SAFETY: the loader's name of the file ends with a NUL; it is copied at once.
        Ok(Box::new(unsafe { std::ffi::CStr::from_ptr(name) }.to_owned()))
    });
    found.map_or(null(), |path| path.as_ptr())
}

#[cfg(windows)]
fn path() -> *const c_char {
    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn GetModuleHandleExW(flags: u32, name: *const u16, module: *mut *mut c_void) -> i32;
        fn GetModuleFileNameW(module: *mut c_void, name: *mut u16, size: u32) -> u32;
    }
    const UNCHANGED_REFCOUNT: u32 = 2;
    const FROM_ADDRESS: u32 = 4;
    static PATH: OnceBox<CString> = OnceBox::new();
    let found = PATH.get_or_try_init(|| {
        let (here, mut module) = (rille_path as *const u16, std::ptr::null_mut());
        let mut name = [0; 1024];
        // SAFETY: with these flags the name is any address in the module. There is room for the result, and for as many
        // units of the path as are stated.
        let len = unsafe {
            if GetModuleHandleExW(UNCHANGED_REFCOUNT | FROM_ADDRESS, here, &raw mut module) == 0 {
                return Err(());
            }
            GetModuleFileNameW(module, name.as_mut_ptr(), name.len() as u32) as usize
        };
        // A longer path is cut, and so unknown.
        if len == 0 || len >= name.len() {
            return Err(());
        }
        let path = String::from_utf16_lossy(&name[..len]).replace('\\', "/");
        CString::new(path).map(Box::new).map_err(|_| ())
    });
    found.map_or(null(), |path| path.as_ptr())
}

#[cfg(not(any(unix, windows)))]
fn path() -> *const c_char {
    null()
}
