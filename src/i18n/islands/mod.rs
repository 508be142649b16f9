//! The only texts that are sent to browsers as part of the WASM. Keep them few: props can carry a text as well.

mod en;
mod zh;

use super::Lang;

pub struct Islands {
    pub copy: &'static str,
    pub copied: &'static str,
    pub no_connection: &'static str,
}

impl Lang {
    pub const fn islands(self) -> &'static Islands {
        match self {
            Lang::Zh => &zh::ISLANDS,
            Lang::En => &en::ISLANDS,
        }
    }
}
