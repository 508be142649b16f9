//! What was uploaded is decoded and encoded anew: whatever else the file held (where a photograph was taken, a script, a second
//! file behind the first) is gone. Rewards become JPEG, the one lossy format that pure Rust writes: WebP without loss would be
//! five to ten times as large for a photograph. A logo becomes PNG, which keeps what is clear and is shown by every mail program.

use std::io::Cursor;
use std::sync::LazyLock;
use std::time::Duration;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType as PngFilter, PngEncoder};
use image::imageops::{self, FilterType};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage, RgbaImage};
use laurel_domain::ids::PictureId;
use laurel_domain::pictures::{MOST_BYTES, MOST_MEGAPIXELS, PictureKind, check_size};
use laurel_domain::refusal::Fault;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::refused;
use crate::usecase::error::AppError;

/// One at a time: each may take a processor for a second, and 200 MB.
static PLACES: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(1));
const PATIENCE: Duration = Duration::from_secs(10);
const QUALITY: u8 = 82;

/// A picture in all its sizes.
#[derive(Clone, Debug)]
pub struct Made {
    pub id: PictureId,
    /// By width.
    pub sizes: Vec<(u32, Vec<u8>)>,
}

/// Makes a picture, away from the threads that answer requests.
///
/// # Errors
/// `invalid` (`picture`), `Unavailable` when too many are waiting.
pub(in crate::usecase) async fn made(file: Vec<u8>, kind: PictureKind) -> Result<Made, AppError> {
    check_file(&file).map_err(refused)?;
    let busy = AppError::Unavailable { retry_after: Duration::from_secs(2), cause: None };
    let Ok(Ok(_place)) = tokio::time::timeout(PATIENCE, PLACES.acquire()).await else { return Err(busy) };
    let work = tokio::task::spawn_blocking(move || make(&file, kind)).await;
    work.map_err(|error| AppError::Internal(error.into()))?.map_err(refused)
}

fn check_file(file: &[u8]) -> Result<(), Fault> {
    match file.len() {
        0 => Err(Fault::Missing),
        bytes if bytes > MOST_BYTES => Err(Fault::TooLarge { most: format!("{} MB", MOST_BYTES / 1024 / 1024) }),
        _ => Ok(()),
    }
}

fn make(file: &[u8], kind: PictureKind) -> Result<Made, Fault> {
    let picture = decode(file)?;
    let mut sizes = Vec::new();
    for width in kind.widths() {
        let body = match kind {
            PictureKind::Reward => jpeg(&fitted(&picture, width)),
            PictureKind::Logo => png(&squared(&picture, width)),
        };
        sizes.push((width, body.map_err(|_| Fault::NotAPicture)?));
    }
    let mut hash = Sha256::new();
    for (width, body) in &sizes {
        hash.update(width.to_be_bytes());
        hash.update(body);
    }
    let hash = hash.finalize();
    let mut first = [0; 16];
    first.copy_from_slice(&hash[..16]);
    Ok(Made { id: PictureId::new(Uuid::from_bytes(first)), sizes })
}

/// By what the file is, whatever it is called; how large its picture is, is known before any of it is decoded.
fn decode(file: &[u8]) -> Result<DynamicImage, Fault> {
    let format = image::guess_format(file).map_err(|_| Fault::NotAPicture)?;
    if ![ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP].contains(&format) {
        return Err(Fault::NotAPicture);
    }
    let reader = || {
        let mut reader = ImageReader::with_format(Cursor::new(file), format);
        let mut limits = Limits::default();
        // a PNG of 16 bits a channel takes eight bytes a pixel
        limits.max_alloc = Some(u64::from(MOST_MEGAPIXELS) * 1_000_000 * 8 + 16 * 1024 * 1024);
        reader.limits(limits);
        reader
    };
    let (width, height) = reader().into_dimensions().map_err(|_| Fault::NotAPicture)?;
    check_size(width, height)?;
    let mut decoder = reader().into_decoder().map_err(|_| Fault::NotAPicture)?;
    // a phone writes how it was held beside the picture, which goes with everything else that stands there
    let orientation = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|_| Fault::NotAPicture)?;
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    Ok(picture)
}

/// No wider than `width`, and no higher than twice that. Fine lines survive the second step; the first is for speed.
fn scaled(picture: &DynamicImage, width: u32, height: u32) -> DynamicImage {
    if picture.width() <= width && picture.height() <= height {
        return picture.clone();
    }
    let rough = match picture.width() > 3 * width || picture.height() > 3 * height {
        true => &picture.thumbnail(2 * width, 2 * height),
        false => picture,
    };
    rough.resize(width, height, FilterType::Lanczos3)
}

/// On white, for JPEG has nothing that is clear.
fn fitted(picture: &DynamicImage, width: u32) -> RgbImage {
    let scaled = scaled(picture, width, 2 * width).into_rgba8();
    RgbImage::from_fn(scaled.width(), scaled.height(), |x, y| {
        let [red, green, blue, alpha] = scaled.get_pixel(x, y).0;
        let over = |colour: u8| ((u32::from(colour) * u32::from(alpha) + 255 * (255 - u32::from(alpha)) + 127) / 255) as u8;
        Rgb([over(red), over(green), over(blue)])
    })
}

/// In the middle of a square, as icons are.
fn squared(picture: &DynamicImage, side: u32) -> RgbaImage {
    let scaled = scaled(picture, side, side).into_rgba8();
    let mut square = RgbaImage::new(side, side);
    let (left, top) = ((side - scaled.width()) / 2, (side - scaled.height()) / 2);
    imageops::replace(&mut square, &scaled, i64::from(left), i64::from(top));
    square
}

fn jpeg(picture: &RgbImage) -> image::ImageResult<Vec<u8>> {
    let mut body = Vec::new();
    JpegEncoder::new_with_quality(&mut body, QUALITY).encode_image(picture)?;
    Ok(body)
}

fn png(picture: &RgbaImage) -> image::ImageResult<Vec<u8>> {
    let mut body = Vec::new();
    picture.write_with_encoder(PngEncoder::new_with_quality(&mut body, CompressionType::Best, PngFilter::Adaptive))?;
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgba;

    fn drawn(width: u32, height: u32) -> DynamicImage {
        RgbaImage::from_fn(width, height, |x, y| Rgba([x as u8, y as u8, 128, if x < width / 2 { 0 } else { 255 }])).into()
    }

    fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut body = Cursor::new(Vec::new());
        picture.write_to(&mut body, format).unwrap();
        body.into_inner()
    }

    fn sizes_of(made: &Made) -> Vec<(u32, u32)> {
        let size = |(_, body): &(u32, Vec<u8>)| {
            let picture = image::load_from_memory(body).unwrap();
            (picture.width(), picture.height())
        };
        made.sizes.iter().map(size).collect()
    }

    #[test]
    fn each_kind_of_file_becomes_jpegs_no_wider_than_asked() {
        for format in [ImageFormat::Png, ImageFormat::WebP] {
            let made = make(&file(&drawn(800, 400), format), PictureKind::Reward).unwrap();
            assert_eq!(sizes_of(&made), [(320, 160), (640, 320), (800, 400)], "{format:?}");
            assert!(made.sizes.iter().all(|(_, body)| body.starts_with(&[0xff, 0xd8, 0xff])));
        }
        let photograph = DynamicImage::from(drawn(300, 900).to_rgb8());
        let made = make(&file(&photograph, ImageFormat::Jpeg), PictureKind::Reward).unwrap();
        assert_eq!(sizes_of(&made), [(213, 640), (300, 900), (300, 900)]);
    }

    #[test]
    fn the_same_picture_has_the_same_id_and_another_has_another() {
        let id = |width| make(&file(&drawn(width, 200), ImageFormat::Png), PictureKind::Reward).unwrap().id;
        assert_eq!(id(300), id(300));
        assert_ne!(id(300), id(301));
    }

    #[test]
    fn what_is_clear_becomes_white_for_a_reward_and_stays_clear_in_a_square_logo() {
        let uploaded = file(&drawn(600, 300), ImageFormat::Png);
        let reward = make(&uploaded, PictureKind::Reward).unwrap();
        let corner = image::load_from_memory(&reward.sizes[2].1).unwrap().to_rgb8().get_pixel(2, 2).0;
        assert!(corner.iter().all(|part| *part > 245), "{corner:?}");
        let logo = make(&uploaded, PictureKind::Logo).unwrap();
        assert_eq!(sizes_of(&logo), [(96, 96), (192, 192), (512, 512)]);
        let square = image::load_from_memory(&logo.sizes[2].1).unwrap().to_rgba8();
        assert_eq!((square.get_pixel(2, 2).0[3], square.get_pixel(400, 256).0[3]), (0, 255));
    }

    #[test]
    fn what_stands_beside_a_picture_is_gone_and_how_the_phone_was_held_is_minded() {
        let plain = file(&DynamicImage::from(drawn(400, 200).to_rgb8()), ImageFormat::Jpeg);
        // an EXIF segment right behind the start: little endian, one entry, orientation 6 (turn right); and a place's name
        let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0SECRET PLACE".to_vec();
        let mut held = plain[..2].to_vec();
        held.extend([0xff, 0xe1]);
        held.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
        held.append(&mut exif);
        held.extend(&plain[2..]);
        let made = make(&held, PictureKind::Reward).unwrap();
        assert_eq!(sizes_of(&made)[1], (200, 400), "turned");
        let holds = |body: &[u8], text: &[u8]| body.windows(text.len()).any(|part| part == text);
        assert!(holds(&held, b"SECRET PLACE"));
        assert!(made.sizes.iter().all(|(_, body)| !holds(body, b"SECRET PLACE") && !holds(body, b"Exif")));
    }

    #[test]
    fn what_is_no_picture_is_refused_and_a_bomb_is_not_unpacked() {
        let refused = |file: &[u8]| make(file, PictureKind::Reward).map(|made| made.id).unwrap_err();
        for text in [&b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..], b"GIF89a\x01\0\x01\0", b"\xff\xd8\xff\xe0", b"%PDF-1.7"]
        {
            assert_eq!(refused(text), Fault::NotAPicture);
        }
        let whole = file(&drawn(400, 300), ImageFormat::Png);
        assert_eq!(refused(&whole[..whole.len() / 2]), Fault::NotAPicture, "broken off");
        assert_eq!(refused(&file(&drawn(400, 50), ImageFormat::Png)), Fault::TooFewPixels { least: 96 });
        // a PNG whose head says 60,000 × 60,000: its checksum is right, so that nothing else is wrong with it
        let mut bomb = whole;
        bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        let sum = crc32(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&sum.to_be_bytes());
        assert_eq!(refused(&bomb), Fault::TooManyPixels { megapixels: 25 });
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 })
        })
    }

    #[tokio::test]
    async fn a_file_that_is_missing_or_too_large_is_refused_before_it_is_looked_at() {
        for (bytes, fault) in [(0, Fault::Missing), (MOST_BYTES + 1, Fault::TooLarge { most: "10 MB".into() })] {
            let error = made(vec![0; bytes], PictureKind::Reward).await.unwrap_err();
            assert!(
                matches!(&error, AppError::Refused(refusal) if *refusal == laurel_domain::refusal::Refusal::field("picture", fault.clone())),
                "{error}"
            );
        }
    }
}
