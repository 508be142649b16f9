//! What English needs and Chinese does not.

/// `1 point`, `2 points`.
pub fn counted(points: &str) -> String {
    if points == "1" { "1 point".to_owned() } else { format!("{points} points") }
}
