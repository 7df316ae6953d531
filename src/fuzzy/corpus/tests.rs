//! Tests of the corpus: stored items and directories, and the reported sizes.

use super::*;

fn corpus(items: impl IntoIterator<Item = String>) -> Corpus {
    let mut corpus = Corpus::default();
    items.into_iter().for_each(|item| corpus.push(item.as_bytes()).unwrap());
    corpus
}

#[test]
fn directories_that_are_all_different_are_no_longer_kept() {
    let apart = corpus((0..20_000).map(|n| format!("directory {n}/item")));
    assert!((TRIAL / 2..=12_000).contains(&apart.directories()), "{}", apart.directories());
    let together = corpus((0..20_000).map(|n| format!("directory {}/item {n}", n / 5)));
    assert_eq!(together.directories(), 4001);
    let mut text = Vec::new();
    assert!(apart.text(19_999, &mut text) && text == b"directory 19999/item");
}

#[test]
fn the_weight_counts_full_blocks_and_their_directories() {
    let name = "n".repeat(50);
    let items = corpus((0..10_000).map(|n| format!("{name}{n}")));
    assert!(items.memory_usage() >= 10_000 * 50, "{}", items.memory_usage());
    let directories = corpus((0..4000).map(|n| format!("{name}{n}/x")));
    assert!(directories.memory_usage() >= 4000 * 50, "{}", directories.memory_usage());
}

#[test]
fn an_item_of_a_too_long_or_too_deep_directory_is_returned_unchanged() {
    let long = format!("{}/", "a".repeat(MAX_DIR_BYTES - 1));
    let longer = format!("{}/", "a".repeat(MAX_DIR_BYTES));
    let (deep, deeper) = ("a/".repeat(64), "a/".repeat(65));
    let items = [long, longer, deep, deeper].map(|directory| directory + "name");
    let corpus = corpus(items.clone());
    let snapshot = corpus.snapshot().expect("memory");
    let lens = items.iter().enumerate().map(|(at, item)| {
        let mut text = Vec::new();
        assert!(corpus.text(at, &mut text) && text == item.as_bytes());
        snapshot.directory(snapshot.blocks[0].run(at).directory).text.len()
    });
    // Paths beyond the maximum are stored without a directory.
    assert_eq!(lens.collect::<Vec<_>>(), [MAX_DIR_BYTES, 0, 128, 0]);
}
