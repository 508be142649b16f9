//! Addresses of pictures, and of the programme's accent. What stands at one never changes, so browsers may keep it for good.

use laurel_domain::ids::PictureId;
use laurel_domain::look::Accent;
use laurel_domain::pictures::PictureKind;

/// `/pictures/0192…-640.jpg`
pub fn picture_url(id: PictureId, kind: PictureKind, width: u32) -> String {
    format!("/pictures/{id}-{width}.{}", kind.ending())
}

/// The style sheet of an accent colour.
pub fn accent_url(accent: Accent) -> String {
    format!("/look/{}.css", accent.colour().to_string().trim_start_matches('#'))
}

/// The picture, the width and the ending that a file's name means.
pub fn asked_picture(file: &str) -> Option<(PictureId, u32, &str)> {
    let (name, ending) = file.rsplit_once('.')?;
    let (id, width) = name.rsplit_once('-')?;
    Some((id.parse().ok()?, width.parse().ok()?, ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_it_was_written() {
        let id: PictureId = "0f0e0d0c-0b0a-0908-0706-050403020100".parse().unwrap();
        let url = picture_url(id, PictureKind::Reward, 640);
        assert_eq!(asked_picture(url.strip_prefix("/pictures/").unwrap()), Some((id, 640, "jpg")));
        for wrong in ["", "x.jpg", "0f0e0d0c-0b0a-0908-0706-050403020100.jpg", "0f0e0d0c-0b0a-0908-0706-050403020100-a.jpg"] {
            assert_eq!(asked_picture(wrong), None, "{wrong}");
        }
    }
}
