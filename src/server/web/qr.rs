//! A QR code as one path of SVG: no image, no style, so that it passes the strictest policy.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// Its path, and how many units it is wide and high with its quiet margin; nothing for what is too long for one.
pub fn qr_path(text: &str) -> Option<(String, usize)> {
    const MARGIN: usize = 4;
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let mut path = String::new();
    for (at, _) in code.to_colors().iter().enumerate().filter(|(_, color)| **color == Color::Dark) {
        // writing to a String cannot fail
        let _ = write!(path, "M{} {}h1v1h-1z", at % code.width() + MARGIN, at / code.width() + MARGIN);
    }
    Some((path, code.width() + 2 * MARGIN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_a_square_with_a_margin_and_three_corners() {
        let (path, size) = qr_path("7KQ2-M9XA-3FHW").unwrap();
        assert_eq!(size, 21 + 8);
        for corner in ["M4 4h", "M24 4h", "M4 24h"] {
            assert!(path.contains(corner), "{corner}");
        }
        assert!(!path.contains("M0 ") && qr_path(&"x".repeat(5_000)).is_none());
    }
}
