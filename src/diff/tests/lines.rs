use crate::diff::Lines;

#[test]
fn lines_split_after_each_line_feed() {
    let cases: [(&[u8], &[&[u8]]); 6] = [
        (b"", &[]),
        (b"\n", &[b"\n"]),
        (b"a", &[b"a"]),
        (b"a\n", &[b"a\n"]),
        (b"a\r\n\nb\0c", &[b"a\r\n", b"\n", b"b\0c"]),
        (b"\n\n", &[b"\n", b"\n"]),
    ];
    for (text, expected) in cases {
        let lines = Lines::new(text).unwrap();
        let all: Vec<&[u8]> = (0..lines.len()).map(|index| lines.get(index)).collect();
        assert_eq!(all, expected);
        assert_eq!(Lines::count(text), expected.len());
        assert_eq!(lines.range(0, lines.len()), text);
        assert_eq!(lines.offset(lines.len()), text.len());
        for index in 0..lines.len() {
            assert_eq!(
                lines.without_end(index),
                lines.get(index).strip_suffix(b"\n").unwrap_or(lines.get(index))
            );
        }
    }
}
