//! Checks that a list of hunks is a script: the changes from one text to another, in order.

use super::{Hunk, Lines};

impl Hunk {
    /// Returns the index of the first line of the first text after the hunk.
    pub fn a_stop(&self) -> u64 {
        u64::from(self.a_first) + u64::from(self.a_count)
    }

    /// Returns the index of the first line of the second text after the hunk.
    pub fn b_stop(&self) -> u64 {
        u64::from(self.b_first) + u64::from(self.b_count)
    }

    /// Returns the hunk that undoes this one.
    pub fn reversed(&self) -> Hunk {
        Hunk {
            a_first: self.b_first,
            a_count: self.b_count,
            b_first: self.a_first,
            b_count: self.a_count,
        }
    }
}

/// Checks that hunks are those of two texts: in order, without overlaps, within both texts, and with equally many lines
/// between them in both. Returns what is wrong with the first hunk that is not.
pub fn check(hunks: &[Hunk], a: &Lines<'_>, b: &Lines<'_>) -> Result<(), String> {
    let (a_len, b_len) = (a.len() as u64, b.len() as u64);
    let (mut a_done, mut b_done) = (0, 0);
    for (i, hunk) in hunks.iter().enumerate() {
        let (a_first, b_first) = (u64::from(hunk.a_first), u64::from(hunk.b_first));
        let number = i + 1;
        if hunk.a_stop() > a_len || hunk.b_stop() > b_len {
            return Err(format!(
                "hunk {number} is not within the texts: they have {a_len} and {b_len} lines"
            ));
        } else if a_first < a_done || b_first < b_done {
            return Err(format!("hunk {number} does not follow the hunk before it"));
        } else if a_first - a_done != b_first - b_done {
            return Err(format!(
                "hunk {number} does not have equally many lines before it in both texts"
            ));
        }
        (a_done, b_done) = (hunk.a_stop(), hunk.b_stop());
    }
    if a_len - a_done != b_len - b_done {
        return Err("the texts do not have equally many lines after the last hunk".into());
    }
    Ok(())
}
