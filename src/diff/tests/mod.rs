mod apply;
mod inline;
mod lines;
mod merge;
mod support;
mod unified;
