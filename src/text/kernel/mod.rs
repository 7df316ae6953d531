//! Placeholder until the kernels land.
use std::mem::MaybeUninit;
pub fn reverse_bytes(source: &[u8], out: &mut [MaybeUninit<u8>]) {
    for (o, s) in out.iter_mut().zip(source.iter().rev()) {
        o.write(*s);
    }
}
pub fn reverse_chars(source: &str, out: &mut [MaybeUninit<u8>]) {
    let mut end = out.len();
    for c in source.chars() {
        let mut b = [0; 4];
        let b = c.encode_utf8(&mut b).as_bytes();
        end -= b.len();
        for (i, x) in b.iter().enumerate() {
            out[end + i].write(*x);
        }
    }
}
pub fn count_chars(source: &[u8]) -> usize {
    String::from_utf8_lossy(source).chars().count()
}
pub fn count_utf16(source: &[u8]) -> usize {
    String::from_utf8_lossy(source).encode_utf16().count()
}
pub fn count_newlines(source: &[u8]) -> usize {
    source.iter().filter(|b| **b == b'\n').count()
}
pub fn name() -> &'static str {
    "scalar"
}
