mod apply;
mod lines;
mod support;
mod unified;
