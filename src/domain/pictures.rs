//! Pictures: what is taken as one, and in which sizes it is shown.

use crate::refusal::Fault;

/// What a picture is for. It decides the sizes, and the kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureKind {
    /// A photograph or drawing: JPEG.
    Reward,
    /// Square, and what is clear stays so: PNG.
    Logo,
}

/// An uploaded file has at most so many bytes.
pub const MOST_BYTES: usize = 10 * 1024 * 1024;
/// And its picture so many pixels: whoever decodes it needs up to eight bytes for each.
pub const MOST_MEGAPIXELS: u32 = 25;
/// Less looks torn on a phone.
pub const LEAST_SIDE: u32 = 96;

impl PictureKind {
    pub const ALL: [PictureKind; 2] = [PictureKind::Reward, PictureKind::Logo];

    /// The widths that it is made in, the smallest first. None is larger than what was uploaded.
    pub const fn widths(self) -> [u32; 3] {
        match self {
            PictureKind::Reward => [320, 640, 1280],
            PictureKind::Logo => [96, 192, 512],
        }
    }

    pub const fn ending(self) -> &'static str {
        match self {
            PictureKind::Reward => "jpg",
            PictureKind::Logo => "png",
        }
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            PictureKind::Reward => "image/jpeg",
            PictureKind::Logo => "image/png",
        }
    }
}

/// Whether a picture of this size is looked at any further.
///
/// # Errors
/// `TooManyPixels`, `TooFewPixels`.
pub fn check_size(width: u32, height: u32) -> Result<(), Fault> {
    if u64::from(width) * u64::from(height) > u64::from(MOST_MEGAPIXELS) * 1_000_000 {
        return Err(Fault::TooManyPixels { megapixels: MOST_MEGAPIXELS });
    }
    if width.min(height) < LEAST_SIDE {
        return Err(Fault::TooFewPixels { least: LEAST_SIDE });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_or_too_small_is_refused_by_its_size_alone() {
        assert_eq!(check_size(5_000, 5_000), Ok(()));
        assert_eq!(check_size(96, 96), Ok(()));
        let too_many = Err(Fault::TooManyPixels { megapixels: 25 });
        assert_eq!(check_size(5_000, 5_001), too_many);
        assert_eq!(check_size(u32::MAX, u32::MAX), too_many, "without an overflow");
        assert_eq!(check_size(4_000, 95), Err(Fault::TooFewPixels { least: 96 }));
    }
}
