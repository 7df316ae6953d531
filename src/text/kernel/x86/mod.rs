//! The kernels for x86-64, from Core 2 with `popcnt` (2008) to Ice Lake and Zen 4.

mod avx2;
mod avx512;
mod ssse3;

use super::table::Kernel;

/// Returns every kernel that this CPU can run, fastest first.
pub(super) fn available() -> impl IntoIterator<Item = &'static Kernel> {
    let avx512 = is_x86_feature_detected!("avx512bw") && is_x86_feature_detected!("avx512vbmi");
    let popcnt = is_x86_feature_detected!("popcnt");
    [
        (avx512 && popcnt, &avx512::KERNEL),
        (is_x86_feature_detected!("avx2") && popcnt, &avx2::KERNEL),
        (is_x86_feature_detected!("ssse3") && popcnt, &ssse3::KERNEL),
    ]
    .into_iter()
    .filter_map(|(runs, kernel)| runs.then_some(kernel))
}
