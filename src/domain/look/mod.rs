//! How a programme looks: its accent colour, with shades that can be read wherever Laurel uses them.

mod colour;

use serde::{Deserialize, Serialize};

use crate::ids::PictureId;
use crate::refusal::Fault;
pub use colour::{Colour, contrast};

/// What the team chooses about the look; nothing chosen is Laurel's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    pub accent: Option<Accent>,
    pub logo: Option<PictureId>,
}

/// A colour as it was chosen. What is shown are its [`Shades`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accent(Colour);

/// The sheets that the accent stands on, by light and by dark: `style/tokens.css` has the same.
const WHITE: Colour = Colour([255, 255, 255]);
const DARK_CARD: Colour = Colour([25, 29, 25]);
const DARK_PAPER: Colour = Colour([14, 17, 14]);

/// Text in the accent colour, and text on it, have at least this contrast to what is around them: WCAG 2.2 AA.
pub const LEAST_CONTRAST: f64 = 4.5;

/// One accent for one appearance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shade {
    /// Links, buttons, what is chosen.
    pub main: Colour,
    /// The same under the mouse.
    pub deep: Colour,
    /// What is written on it.
    pub ink: Colour,
    /// A faint ground of the same hue, that `main` can be read on.
    pub wash: Colour,
}

/// What an accent becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shades {
    pub light: Shade,
    pub dark: Shade,
}

impl Accent {
    /// `#1f6b3f`, or without the sign.
    ///
    /// # Errors
    /// `Characters`.
    pub fn parse(text: &str) -> Result<Accent, Fault> {
        let text = text.trim();
        Colour::parse(text.strip_prefix('#').unwrap_or(text)).map(Accent).ok_or(Fault::NotAColour)
    }

    pub const fn colour(self) -> Colour {
        self.0
    }

    /// Of the same hue, as light or dark as it takes to be read.
    pub fn shades(self) -> Shades {
        let [lightness, chroma, hue] = self.0.to_oklch();
        let light = {
            let wash = Colour::of_oklch([0.955, chroma.min(0.03), hue]);
            // as it was chosen if that can be read, else darker
            let main = darker(lightness, chroma, hue, &[WHITE, wash]);
            Shade { main, deep: moved(main, -0.06), ink: WHITE, wash }
        };
        let dark = {
            let wash = Colour::of_oklch([0.27, chroma.min(0.04), hue]);
            let main = lighter(lightness.max(0.72), chroma.min(0.15), hue, &[DARK_CARD, DARK_PAPER, wash]);
            let ink = Colour::of_oklch([0.17, chroma.min(0.03), hue]);
            Shade { main, deep: moved(main, 0.06), ink, wash }
        };
        Shades { light, dark }
    }
}

fn readable(colour: Colour, on: &[Colour]) -> bool {
    on.iter().all(|ground| contrast(colour, *ground) >= LEAST_CONTRAST)
}

/// The steps end at black and at white, which can be read on every ground that this is called with.
fn darker(lightness: f64, chroma: f64, hue: f64, on: &[Colour]) -> Colour {
    let steps = (0..=100).map(|step| lightness - f64::from(step) * lightness / 100.0);
    let mut shades = steps.map(|lightness| Colour::of_oklch([lightness, chroma, hue]));
    shades.find(|shade| readable(*shade, on)).unwrap_or(Colour([0, 0, 0]))
}

fn lighter(lightness: f64, chroma: f64, hue: f64, on: &[Colour]) -> Colour {
    let steps = (0..=100).map(|step| lightness + f64::from(step) * (1.0 - lightness) / 100.0);
    let mut shades = steps.map(|lightness| Colour::of_oklch([lightness, chroma, hue]));
    shades.find(|shade| readable(*shade, on)).unwrap_or(WHITE)
}

fn moved(colour: Colour, by: f64) -> Colour {
    let [lightness, chroma, hue] = colour.to_oklch();
    Colour::of_oklch([(lightness + by).clamp(0.0, 1.0), chroma, hue])
}

impl Shade {
    /// How well a colour is read by light where it is read worst, on white and on the wash.
    pub fn least_contrast(&self, colour: Colour) -> f64 {
        contrast(colour, WHITE).min(contrast(colour, self.wash))
    }
}

impl Shades {
    /// The tokens of the style sheet that an accent changes.
    pub fn style_sheet(&self) -> String {
        let token =
            |name: &str, of: fn(&Shade) -> Colour| format!("--{name}:light-dark({},{});", of(&self.light), of(&self.dark));
        let tokens = [
            token("leaf", |shade| shade.main),
            token("leaf-deep", |shade| shade.deep),
            token("leaf-ink", |shade| shade.ink),
            token("leaf-wash", |shade| shade.wash),
        ];
        format!(":root{{{}}}\n", tokens.concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) {
        let Shades { light, dark } = Accent::parse(text).unwrap().shades();
        for (shade, grounds) in [(light, vec![WHITE, light.wash]), (dark, vec![DARK_CARD, DARK_PAPER, dark.wash])] {
            for main in [shade.main, shade.deep] {
                for ground in &grounds {
                    let ratio = contrast(main, *ground);
                    assert!(ratio >= LEAST_CONTRAST, "{text}: {main} on {ground} has {ratio:.2}");
                }
                let ratio = contrast(shade.ink, main);
                assert!(ratio >= LEAST_CONTRAST, "{text}: {} on {main} has {ratio:.2}", shade.ink);
            }
        }
    }

    #[test]
    fn every_accent_can_be_read_by_light_and_by_dark() {
        // a grid over all colours, the corners among them
        for red in (0..=255).step_by(51) {
            for green in (0..=255).step_by(51) {
                for blue in (0..=255).step_by(51) {
                    check(&Colour([red as u8, green as u8, blue as u8]).to_string());
                }
            }
        }
    }

    #[test]
    fn an_accent_that_can_be_read_stays_as_it_was_chosen() {
        for text in ["#1f6b3f", "#0f4c81", "#7a1f5c"] {
            assert_eq!(Accent::parse(text).unwrap().shades().light.main.to_string(), text);
        }
        let yellow = Accent::parse("#ffd54f").unwrap().shades().light.main;
        assert_ne!(yellow.to_string(), "#ffd54f", "white cannot be read on it");
    }

    #[test]
    fn a_colour_is_six_hexadecimal_digits() {
        assert_eq!(Accent::parse(" 1F6B3F ").unwrap(), Accent::parse("#1f6b3f").unwrap());
        for wrong in ["", "#fff", "green", "#12345g", "#1234567", "é12345", "+12345"] {
            assert_eq!(Accent::parse(wrong), Err(Fault::NotAColour), "{wrong}");
        }
    }

    #[test]
    fn the_style_sheet_has_nothing_but_colours() {
        let sheet = Accent::parse("#0f4c81").unwrap().shades().style_sheet();
        assert!(sheet.starts_with(":root{--leaf:light-dark(#0f4c81,#"), "{sheet}");
        assert_eq!(sheet.matches("light-dark(").count(), 4, "{sheet}");
    }
}
