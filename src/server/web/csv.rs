//! CSV for spreadsheets: UTF-8 with the mark that they know it by, and no text that they would take for a formula.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use laurel_engine::usecase::AppError;

/// A cell: texts are made harmless, numbers stand as they are.
pub enum Cell {
    Text(String),
    Number(String),
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into())
    }

    pub fn number(number: impl ToString) -> Cell {
        Cell::Number(number.to_string())
    }

    fn written(self) -> String {
        match self {
            // a spreadsheet shows the apostrophe's text and runs nothing
            Cell::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => format!("'{text}"),
            Cell::Text(text) | Cell::Number(text) => text,
        }
    }
}

/// A table on its way into a file.
pub struct Csv(csv::Writer<Vec<u8>>);

impl Csv {
    pub fn new(columns: &[&str]) -> Result<Csv, AppError> {
        let mut csv = Csv(csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".into()));
        csv.0.write_record(columns).map_err(failed)?;
        Ok(csv)
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) -> Result<(), AppError> {
        self.0.write_record(cells.into_iter().map(Cell::written)).map_err(failed)
    }

    /// What follows in a file that has been begun.
    pub fn more() -> Csv {
        Csv(csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new()))
    }

    /// What has been written since the last time.
    pub fn take(&mut self) -> Result<Vec<u8>, AppError> {
        std::mem::replace(self, Csv::more()).0.into_inner().map_err(failed)
    }

    /// The answer that a browser saves under this name.
    pub fn attachment(self, name: &str) -> Result<Response, AppError> {
        let bytes = self.0.into_inner().map_err(failed)?;
        Ok(attachment(bytes, "text/csv; charset=utf-8", name))
    }
}

/// A file to save. Nobody keeps it on the way: it is one member's own.
pub fn attachment(bytes: Vec<u8>, content_type: &'static str, name: &str) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(disposition) = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> AppError {
    AppError::Internal(anyhow::Error::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_no_formula_and_a_number_is_a_number() {
        let mut csv = Csv::new(&["说明", "points"]).unwrap();
        csv.row([Cell::text("=1+1"), Cell::number("-3.50")]).unwrap();
        csv.row([Cell::text("a \"b\", c"), Cell::number(7)]).unwrap();
        let text = String::from_utf8(csv.0.into_inner().unwrap()).unwrap();
        assert_eq!(text, "\u{feff}说明,points\r\n'=1+1,-3.50\r\n\"a \"\"b\"\", c\",7\r\n");
    }
}
