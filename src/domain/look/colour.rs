//! A colour as screens show it, as eyes see it (OKLCH, by Björn Ottosson), and how well one is read on another (WCAG 2.2).

use std::fmt;

use serde::{Deserialize, Serialize};

/// sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colour(pub [u8; 3]);

impl Colour {
    /// Six hexadecimal digits.
    pub fn parse(text: &str) -> Option<Colour> {
        if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let part = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).ok();
        Some(Colour([part(0)?, part(2)?, part(4)?]))
    }

    /// Lightness from 0 to 1, chroma, hue in degrees.
    pub fn to_oklch(self) -> [f64; 3] {
        let [red, green, blue] = self.linear();
        let long = (0.412_221_470_8 * red + 0.536_332_536_3 * green + 0.051_445_992_9 * blue).cbrt();
        let medium = (0.211_903_498_2 * red + 0.680_699_545_1 * green + 0.107_396_956_6 * blue).cbrt();
        let short = (0.088_302_461_9 * red + 0.281_718_837_6 * green + 0.629_978_700_5 * blue).cbrt();
        let lightness = 0.210_454_255_3 * long + 0.793_617_785_0 * medium - 0.004_072_046_8 * short;
        let a = 1.977_998_495_1 * long - 2.428_592_205_0 * medium + 0.450_593_709_9 * short;
        let b = 0.025_904_037_1 * long + 0.782_771_766_2 * medium - 0.808_675_766_0 * short;
        [lightness, a.hypot(b), b.atan2(a).to_degrees()]
    }

    /// Where screens show nothing so colourful, as colourful as they can.
    pub fn of_oklch([lightness, chroma, hue]: [f64; 3]) -> Colour {
        let (mut least, mut most) = (0.0, chroma);
        if let Some(colour) = within(lightness, chroma, hue) {
            return colour;
        }
        for _ in 0..24 {
            let middle = f64::midpoint(least, most);
            match within(lightness, middle, hue) {
                Some(_) => least = middle,
                None => most = middle,
            }
        }
        within(lightness, least, hue).unwrap_or(if lightness > 0.5 { Colour([255; 3]) } else { Colour([0; 3]) })
    }

    fn linear(self) -> [f64; 3] {
        self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn luminance(self) -> f64 {
        let [red, green, blue] = self.linear();
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

/// The colour, if screens show it.
fn within(lightness: f64, chroma: f64, hue: f64) -> Option<Colour> {
    let (sine, cosine) = hue.to_radians().sin_cos();
    let (a, b) = (chroma * cosine, chroma * sine);
    let long = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let medium = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let short = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    let linear = [
        4.076_741_662_1 * long - 3.307_711_591_3 * medium + 0.230_969_929_2 * short,
        -1.268_438_004_6 * long + 2.609_757_401_1 * medium - 0.341_319_396_5 * short,
        -0.004_196_086_3 * long - 0.703_418_614_7 * medium + 1.707_614_701_0 * short,
    ];
    // half a step of a screen beyond the edge is the edge
    if !linear.iter().all(|part| (-0.000_5..=1.002).contains(part)) {
        return None;
    }
    Some(Colour(linear.map(|part| {
        let part = part.clamp(0.0, 1.0);
        let part = if part <= 0.003_130_8 { 12.92 * part } else { 1.055 * part.powf(1.0 / 2.4) - 0.055 };
        (part * 255.0).round() as u8
    })))
}

/// From 1 (the same) to 21 (black on white).
pub fn contrast(one: Colour, other: Colour) -> f64 {
    let (one, other) = (one.luminance(), other.luminance());
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// `#1f6b3f`
impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Colour([red, green, blue]) = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_on_white_has_twenty_one_to_one_and_a_known_grey_what_it_is_known_for() {
        let (black, white) = (Colour([0; 3]), Colour([255; 3]));
        assert!((contrast(black, white) - 21.0).abs() < 1e-9);
        assert!((contrast(white, Colour([0x76; 3])) - 4.54).abs() < 0.01);
        assert!((contrast(white, white) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_colour_comes_back_from_how_eyes_see_it() {
        for parts in [[0, 0, 0], [255, 255, 255], [255, 0, 0], [31, 107, 63], [15, 76, 129], [255, 213, 79]] {
            assert_eq!(Colour::of_oklch(Colour(parts).to_oklch()), Colour(parts));
        }
    }

    #[test]
    fn what_no_screen_shows_becomes_less_colourful_and_nothing_else() {
        let [lightness, chroma, hue] = Colour::of_oklch([0.7, 0.9, 145.0]).to_oklch();
        assert!((lightness - 0.7).abs() < 0.01 && (hue - 145.0).abs() < 1.0 && chroma < 0.3, "{lightness} {chroma} {hue}");
    }
}
