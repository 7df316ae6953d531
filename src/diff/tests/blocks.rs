use super::Random;
use crate::diff::session::blocks::{Blocks, Extent, Item};

#[derive(Clone, Copy, Debug, PartialEq)]
struct Line(u32);

impl Item for Line {
    fn extent(&self) -> Extent {
        Extent { a: self.0 % 3, b: 1 }
    }
}

#[test]
fn blocks_equal_a_list_after_any_replacements() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for start in [0, 1, 100, 768, 769, 5000] {
        let mut list: Vec<Line> = (0..start).map(Line).collect();
        let mut blocks = Blocks::new(&list).unwrap();
        for round in 0..600 {
            let first = random.below(list.len() + 1);
            let most = if round % 50 == 0 { 3000 } else { 4 };
            let removed = random.below(most.min(list.len() - first) + 1);
            // Lists shrink to nothing and grow again.
            let count = random.below(if round / 100 % 2 == 0 { most + 1 } else { 2 });
            let items: Vec<Line> = (0..count).map(|_| Line(random.below(7) as u32)).collect();
            list.splice(first..first + removed, items.iter().copied());
            blocks.replace(first..first + removed, &items).unwrap();
            assert_eq!(blocks.len(), list.len());
            let mut all = Vec::new();
            blocks.copy(0..list.len(), &mut all).unwrap();
            assert_eq!(all, list);
            let index = random.below(list.len() + 1);
            let extent = list[..index].iter().fold(0, |sum, line| sum + line.0 % 3);
            let place = blocks.at(index);
            assert_eq!((place.index, place.before), (index, Extent { a: extent, b: index as u32 }));
            assert_eq!(blocks.from(place).next(), list.get(index).copied());
            let found = blocks.find(|end| end.b as usize > index);
            assert_eq!((found.index, found.before), (index, place.before));
        }
    }
}
