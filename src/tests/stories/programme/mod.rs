//! The programme as a whole: the demo.

mod demo;
